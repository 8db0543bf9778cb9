// From the first report to room again: who holds the connections, and exactly those that nobody owns are ended.
import { expect, it } from 'vitest';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { outsideAddress } from '../../support/lab/outside.ts';
import { LIMIT, POOLS, RESERVED, ROWS, TOOLS } from '../../support/lab/world/community.ts';
import type { Rights } from '../account.ts';
import { declareAtTheDesk } from '../at-the-desk.ts';
import { PATIENCE } from '../patience.ts';
import { CONTACT } from './configuration.ts';
import type { Session } from './night.ts';
import { ours, type TheNight } from './the-night.ts';

interface Group {
  readonly address: string;
  readonly kind: string;
  readonly owner: string;
  readonly count: number;
}

/** What the runbook shows of who holds them, as far as this night asks. */
interface Who {
  readonly groups: readonly Group[];
  readonly lines: readonly string[];
  readonly orphans: number;
  readonly orphan_sessions: readonly string[];
  readonly maybe_orphans: number;
  readonly maybe_orphan_sessions: readonly string[];
  readonly unknowns: readonly string[];
}

export function surge(the: TheNight, rights: Rights): void {
  let run = 0;
  let before: Session[] = [];
  let who = {} as Who;
  const wide = rights === 'cluster';
  const from = (...addresses: readonly string[]) =>
    before.filter(({ address }) => addresses.includes(address));
  const ids = (sessions: readonly Session[]) => sessions.map(({ id }) => id).toSorted();

  it('is declared; the workload that is not ready leads to the database that takes no more connections', async () => {
    const declared = await declareAtTheDesk(the.desk, 'site is unavailable, the bot does not answer', {
      severity: 'SEV1',
      system: 'Site',
      noticed: 'HTTP 524 from the CDN; the bot takes no commands',
      since: '10 minutes ago',
    });
    the.channel = declared.channel;
    the.at = declared.at;
    const checked = await the.at.start('check-workload', { workload: 'site' });
    const pods = await the.at.check(checked, 'pods');
    expect(pods.verdict).toBe('bad');
    expect(pods.out?.['unknowns']).toEqual(wide ? [] : [`no right to see nodes: ask ${CONTACT}`]);
    const changes = await the.at.check(checked, 'changes');
    expect(changes.out?.['unknowns']).toEqual(wide ? [] : [`no right to see nodes: ask ${CONTACT}`]);
    expect((await the.at.check(checked, 'logs')).says).toBe('The database takes no more connections.');
    await the.at.ended(checked);
    // What kubectl says: the new pod waits, the two of before are still there.
    const ready = await the.night.lab.kubectl(
      'get',
      'deployment/site',
      '-o',
      'jsonpath={.status.readyReplicas}/{.status.updatedReplicas}/{.status.replicas}',
    );
    expect(ready).toBe('2/1/3');
  });

  it('gets in where nobody else is let in, and says by which way', async () => {
    before = await waitUntil('psql is let in', () => the.night.sessions().catch(() => undefined), {
      seconds: PATIENCE,
    });
    run = await the.at.startOffered('postgres-connection-surge', { service: 'postgres' });
    const count = await the.at.check(run, 'count');
    expect(count.verdict).toBe('bad');
    expect(count.out).toMatchObject({
      connected: true,
      max: LIMIT,
      reserved: RESERVED,
      free: 0,
      sees_all: true,
    });
    expect(count.out?.['used']).toBeGreaterThanOrEqual(LIMIT - RESERVED);
    expect(count.out).toMatchObject(
      wide
        ? { way: 'kept session', role: 'watcher', reserved_slot: false }
        : { way: 'psql in the pod', role: 'postgres', reserved_slot: true },
    );
    expect(count.says).toContain(
      wide ? 'Seen by kept session as watcher.' : 'Seen by psql in the pod as postgres.',
    );
  });

  it('tells whose they are: of pods that are gone, of the previous rollout, of the current one, of others', async () => {
    const { gone, previous, current } = the.filled;
    const { lab } = the.night;
    const check = await the.at.check(run, 'who');
    who = check.out as unknown as Who;
    expect(check.verdict).toBe('bad');
    const groupsOf = (...addresses: readonly string[]) =>
      who.groups.filter(({ address }) => addresses.includes(address));
    const counted = (groups: readonly Group[]) => groups.reduce((sum, { count }) => sum + count, 0);
    const kindsOf = (...addresses: readonly string[]) => [
      ...new Set(groupsOf(...addresses).map(({ kind }) => kind)),
    ];
    for (const addresses of [gone, previous, [current]])
      expect(counted(groupsOf(...addresses))).toBe(from(...addresses).length);
    expect(kindsOf(...previous)).toEqual(['previous deployment']);
    expect(groupsOf(...previous)[0]?.owner).toMatch(/^an earlier rollout of deployment site \(pod site-/);
    expect(kindsOf(current)).toEqual(['current deployment']);
    const [bot] = await lab.untilReady('app=bot', 1, PATIENCE);
    expect(groupsOf(bot?.status?.podIP ?? '')).toMatchObject([
      { kind: 'current deployment', owner: 'deployment bot', count: POOLS.bot },
    ]);
    const dashboards = await lab.kubectl(
      'get',
      'pods',
      '-n',
      TOOLS,
      '-o',
      'jsonpath={.items[0].status.podIP} {.items[0].metadata.name}',
    );
    const [elsewhere = '', name = ''] = dashboards.split(' ');
    const outside = outsideAddress(lab);
    if (wide) {
      expect(kindsOf(...gone)).toEqual(['no such pod']);
      expect(groupsOf(elsewhere)).toMatchObject([
        { kind: 'unknown', owner: `pod ${name} of namespace ${TOOLS}`, count: POOLS.dashboards },
      ]);
      expect(groupsOf(outside)).toMatchObject([{ kind: 'outside the cluster', count: 1 }]);
      expect(who.unknowns).toEqual([]);
      expect(who).toMatchObject({ orphans: from(...gone, ...previous).length, maybe_orphans: 0 });
      expect(who.orphan_sessions.toSorted()).toEqual(ids(from(...gone, ...previous)));
    } else {
      expect(kindsOf(...gone, elsewhere, outside)).toEqual(['unknown']);
      for (const address of [...gone, elsewhere])
        expect(groupsOf(address)[0]?.owner).toBe(`${address}, which no pod of ${lab.namespace} has`);
      expect(who.unknowns).toEqual([
        `no right to see pods of other namespaces: ask ${CONTACT}`,
        `no right to see nodes: ask ${CONTACT}`,
        'which addresses are outside the cluster: the nodes do not say which are those of pods',
      ]);
      expect(who.orphan_sessions.toSorted()).toEqual(ids(from(...previous)));
      expect(who.maybe_orphan_sessions.toSorted()).toEqual(ids(from(...gone, elsewhere, outside)));
    }
    expect(check.says).toContain('belong to nobody who still runs');
    expect(check.says).toContain('Most: an earlier rollout of deployment site with');
  });

  it('ends exactly those, and nobody else: not the current rollout, not the others, not its own', async () => {
    const own = await ours(the.night);
    const title = `End ${who.orphan_sessions.length} connections that nobody owns`;
    await the.at.see(run, 'free_orphans', title);
    const planned = (await the.desk.events(1, 'plan_made')).findLast(
      ({ body }) => body.run === run && body.step === 'free_orphans',
    );
    expect(planned?.body.plan.values?.['sessions']).toEqual(who.orphan_sessions.toSorted());
    expect(planned?.body.plan.unknowns.join(' ')).toContain(wide ? '' : `ask ${CONTACT}`);
    const left = ids(await the.night.sessions());
    const missing = () => ids(before).filter((id) => !left.includes(id));
    expect(missing()).toEqual(who.orphan_sessions.toSorted());
    // psql in the pod comes and goes; the session that is kept open is one and the same.
    if (wide) {
      expect(own).toHaveLength(1);
      expect(left).toEqual(expect.arrayContaining(ids(own)));
    }
  });

  if (!wide)
    it('ends what may be of other namespaces only when that was typed; who still runs connects again by itself', async () => {
      const title = `End ${who.maybe_orphan_sessions.length} connections whose owner cannot be seen`;
      const earlier = await the.night.sessions();
      await the.at.type(run, 'free_maybe', title, 'postgres');
      const left = ids(await the.night.sessions());
      const ended = ids(earlier).filter((id) => !left.includes(id) && ids(before).includes(id));
      expect(ended).toEqual(who.maybe_orphan_sessions.toSorted());
      await waitUntil(
        'the dashboards are connected again',
        async () =>
          (await the.night.sessions()).filter(({ application }) => application === 'dashboards').length ===
          POOLS.dashboards,
        { seconds: PATIENCE },
      );
    });

  it('says that there is room and that it would happen again; the rollout ends, as kubectl sees it', async () => {
    const again = await the.at.check(run, 'again');
    expect(again.verdict).toBe('ok');
    expect(again.says).toMatch(/^\d+ of 100 connections used, \d+ free for services\.$/);
    expect((await the.at.check(run, 'limits')).verdict).toBe('warn');
    await the.at.ended(run);
    const { lab } = the.night;
    expect(await lab.kubectl('rollout', 'status', 'deployment/site', `--timeout=${PATIENCE}s`)).toContain(
      'successfully rolled out',
    );
    await lab.untilReady('app=site', 2, PATIENCE);
    expect(await the.night.psql('select count(*) from infractions', 'bot')).toBe(String(ROWS));
    await the.desk.hands.ana.command(the.channel, 'status cause found');
  });
}
