import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../../support/requirements.ts';
import { cluster, HEALTHY, members, NAMES, type PatroniStage, startPatroniStage } from './patroni-stage.ts';
import { leader, listed, replica } from './stand-in.ts';

describeWith(['controlPlane'], 'what members of a Patroni cluster say (stand-in for its REST API)', () => {
  let at: PatroniStage;
  beforeAll(async () => {
    at = await startPatroniStage();
  });
  afterAll(async () => {
    await at?.stop();
  });
  beforeEach(() => at.reset());

  it('counts what is not applied, which the listing hides', async () => {
    at.standIns[1].state.patroni = replica(0x5000148, 0x5000148 - 22 * 1024 * 1024);
    const seen = await at.look();
    expect(seen.max_lag_bytes).toBe(22 * 1024 * 1024);
    expect(seen.words[1]).toMatch(/applied up to 0\/3A00148, 22 MiB behind/);
  });

  it('compares positions beyond 32 bits as numbers, not as text', async () => {
    at.standIns[0].state.patroni = leader(2 ** 36 + 0x10);
    at.standIns[1].state.patroni = replica(2 ** 36 - 0x10, 2 ** 36 - 0x10);
    at.standIns[2].state.patroni = replica(2 ** 36 + 0x20, 2 ** 36 + 0x20);
    const [first, second, third] = await at.members();
    expect(first).toMatchObject({ role: 'leader', wal_position: '10/10', lag_bytes: 0 });
    expect(second).toMatchObject({ role: 'replica', wal_position: 'F/FFFFFFF0', lag_bytes: 0x20 });
    // Asked a moment later than the leader: ahead of it, which is no negative lag.
    expect(third).toMatchObject({ wal_position: '10/20', lag_bytes: 0 });
  });

  it('knows a leader by each of its names, and a streaming replica as running', async () => {
    for (const role of ['master', 'primary', 'leader']) {
      at.standIns[0].state.patroni = leader(0x5000148, 1, { role });
      at.standIns[1].state.patroni = replica(0x5000148, 0x5000148, 1, { state: 'streaming' });
      expect(await at.look()).toMatchObject({ leaders: 1, leader: 'prod-patroni-0', not_running: [] });
    }
  });

  it('counts leaders by what they say, not by the listing', async () => {
    at.standIns[1].state.patroni = leader(0x5000100, 2);
    const split = await at.look();
    expect(split).toMatchObject({ leaders: 2, timelines: 2 });
    expect(split.leader).toBeUndefined();
    expect(split.unknowns).toContain('prod-patroni-0 and prod-patroni-1 each say that they lead');
    expect(split.unknowns).toContain('Patroni lists prod-patroni-1 as replica; itself it says leader');
    at.standIns[0].state.patroni = replica(0x5000148, 0x5000148, 1, { cluster_unlocked: true });
    at.standIns[1].state.patroni = replica(0x5000100, 0x5000100, 1, { cluster_unlocked: true });
    const headless = await at.look();
    expect(headless).toMatchObject({ leaders: 0, max_lag_bytes: 0x48 });
    expect(headless.unknowns).toContain('Patroni lists prod-patroni-0 as leader; itself it says replica');
  });

  it('takes the timeline from the listing when a replica cannot say its own (its pg_hba lets nobody ask, measured)', async () => {
    at.standIns[1].state.patroni = { ...replica(0x5000148, 0x5000148), timeline: null };
    const seen = await at.look();
    expect(seen).toMatchObject({ timelines: 1, not_running: [] });
    expect(seen.words[1]).toContain('timeline 1');
  });

  it('does not take a pod that is only labelled for a member that is listed (store in Kubernetes, measured)', async () => {
    at.list({
      members: [
        listed(NAMES[0], 'leader'),
        listed(NAMES[1], 'replica'),
        { name: NAMES[2], role: 'replica', state: '', api_url: null, lag: 'unknown' },
      ],
    });
    at.standIns[2].state.patroni = 'nothing here';
    const seen = await at.look();
    expect(seen).toMatchObject({ expected: 3, members: 2, missing: [NAMES[2]] });
    expect(seen.words[2]).not.toContain('listed as');
  });

  it('names the member that vanished from the listing', async () => {
    at.list({ members: [listed(NAMES[0], 'leader'), listed(NAMES[1], 'replica')] });
    expect(await at.look()).toMatchObject({
      expected: 3,
      members: 2,
      missing: ['prod-patroni-2'],
      unknowns: ['prod-patroni-2 answers, but Patroni does not list it'],
    });
  });

  it('knows a member that is not named after its pod by its address, unless that is shared', async () => {
    const entry = (index: number, host: string) => ({
      ...listed(`pg${index}`, index === 0 ? 'leader' : 'replica'),
      host,
    });
    at.list({ members: at.standIns.map(({ ip }, index) => entry(index, ip)) });
    expect(await at.look()).toEqual(HEALTHY);
    at.list({ members: at.standIns.map((_, index) => entry(index, '127.0.0.21')) });
    expect(await at.look()).toMatchObject({ missing: NAMES, leaders: 1 });
  });

  it('takes a stopping member without positions, and a stopped one in the listing', async () => {
    at.standIns[2].state.patroni = { state: 'stopping', role: 'replica', server_version: 150020 };
    at.list({
      members: [
        listed(NAMES[0], 'leader'),
        listed(NAMES[1], 'replica'),
        listed(NAMES[2], 'replica', 'unknown', 'stopped'),
      ],
      pause: true,
    });
    const seen = await at.look();
    expect(seen).toMatchObject({
      not_running: ['prod-patroni-2'],
      paused: true,
      missing: [],
      unknowns: [],
    });
    expect(seen.words[2]).toBe('prod-patroni-2: replica, stopping');
  });

  it('waits for a hanging member and a hanging store once, side by side, and says what it could not see', async () => {
    at.list('hang');
    at.standIns[1].state.patroni = 'hang';
    at.standIns[2].state.patroni = '<html>Internal error</html>';
    const seen = await at.look();
    expect(seen).toMatchObject({ reachable: 1, members: 1, leaders: 1, not_running: [], missing: [] });
    expect(seen.unknowns).toEqual([
      "Patroni's listing could not be read: its store (etcd or the Kubernetes API) may hang",
      'prod-patroni-1 does not answer (no answer within 3 s), though its pod is ready: it may even lead',
      expect.stringMatching(/^prod-patroni-2 does not answer \(what it answers is not what Patroni answers/),
    ]);
  });

  it('says when the members are not copies of one database', async () => {
    at.standIns[2].state.patroni = replica(1, 1, 1, { database_system_identifier: '7710281048170509836' });
    expect((await at.look()).unknowns).toEqual([
      'the members are not copies of one database: their system identifiers differ',
    ]);
  });

  it('prints commands with real names, whatever is missing', () => {
    expect(cluster.byHand({ statefulset: 'prod-patroni' }, 'shop')).toContain(
      'kubectl -n shop exec prod-patroni-0 -- patronictl list',
    );
    expect(cluster.byHand({}, 'shop').join('\n')).toContain('<statefulset>');
    expect(members.byHand({ service: 'x y' }, 'shop').length).toBeGreaterThan(0);
  });
});
