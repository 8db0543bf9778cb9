/** Who has the newest data, asked of real members in the states that the facts were measured in. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kill } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import {
  type PatroniCluster,
  type PatroniMember,
  startPatroniCluster,
} from '../../support/patroni/cluster.ts';
import { startPostgres } from '../../support/postgres-server.ts';
import { describeWith } from '../../support/requirements.ts';
import { type Positions, rows, SET, TABLE } from './positions.ts';
import { type RealStage, startRealStage } from './real-stage.ts';

const PATIENCE = { timeout: 150_000 };

describeWith(['controlPlane', 'postgres', 'patroni'], 'patroni.wal-positions on a real cluster', () => {
  let stage: RealStage;
  let cluster: PatroniCluster;
  beforeAll(async () => {
    [stage, cluster] = await Promise.all([startRealStage(), startPatroniCluster()]);
    await stage.show('prod-patroni', cluster);
    await (await cluster.leader()).sql(TABLE);
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), cluster?.stop()]);
  });
  const names = () => cluster.members.map(({ name }) => name).toSorted();
  const look = () => stage.read<Positions>('wal-positions', SET);
  /** A server writes by itself now and then, so one look may fall in between. */
  const allEqual = async (): Promise<Positions> => {
    let last: Positions | undefined;
    return await waitUntil(
      'all are equal',
      async () => {
        last = await look();
        return last.equal.length === 3 ? last : undefined;
      },
      { seconds: 60, describe: () => JSON.stringify(last) },
    );
  };
  const others = (one: PatroniMember) =>
    cluster.members.filter((member) => member !== one) as [PatroniMember, PatroniMember];

  it('says that all are equal when nothing is written, also at the end of a segment', PATIENCE, async () => {
    const leader = await cluster.settled();
    for (const text of ['select 1', 'select pg_switch_wal()', rows(50)]) {
      await leader.sql(text);
      await cluster.settled();
      const seen = await allEqual();
      expect(seen).toMatchObject({ answer: 'equal', equal: names(), unread: [], unknowns: [] });
      expect(seen.members.map(({ role }) => role).toSorted()).toEqual(['primary', 'standby', 'standby']);
      expect(new Set(seen.members.map((one) => one.wal_position)).size).toBe(1);
    }
  });

  it(
    'names the leader while a walreceiver is frozen, and says how far that member is behind',
    PATIENCE,
    async () => {
      const leader = await cluster.settled();
      const [frozen] = others(leader);
      const receiver = frozen.child('walreceiver') ?? 0;
      expect(receiver).toBeGreaterThan(0);
      kill(receiver, 'SIGSTOP');
      try {
        await leader.sql(rows(3000));
        const seen = await look();
        // The third one is as far as the leader, or not yet.
        expect([seen.newest, ...seen.equal], JSON.stringify(seen)).toContain(leader.name);
        expect([seen.newest, ...seen.equal]).not.toContain(frozen.name);
        const one = seen.members.find(({ name }) => name === frozen.name);
        expect(one?.behind_bytes).toBeGreaterThan(2_000_000);
      } finally {
        kill(receiver, 'SIGCONT');
      }
      await cluster.settled();
    },
  );

  it('counts what was received and is not applied', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [frozen] = others(leader);
    const startup = frozen.child('startup') ?? 0;
    expect(startup).toBeGreaterThan(0);
    kill(startup, 'SIGSTOP');
    try {
      await leader.sql(rows(2000));
      const seen = await allEqual();
      expect(seen.words.find((line) => line.startsWith(frozen.name))).toMatch(/ MiB of it not applied yet$/);
    } finally {
      kill(startup, 'SIGCONT');
    }
    await cluster.settled();
  });

  it('reads a stopped member from its files, to the last record', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [stopped] = others(leader);
    await stopped.stop();
    const before = await look();
    expect([before.newest, ...before.equal], JSON.stringify(before)).toContain(leader.name);
    const one = before.members.find(({ name }) => name === stopped.name);
    expect(one).toMatchObject({ state: 'stopped', role: 'standby', timeline: 1 });
    // A stop is waited for: all that the leader had was received. It may have written a word by itself since.
    expect(one?.behind_bytes).toBeLessThan(4096);
    await leader.sql(rows(500));
    const after = await look();
    expect([after.newest, ...after.equal]).not.toContain(stopped.name);
    expect([after.newest, ...after.equal]).toContain(leader.name);
    expect(after.members.find(({ name }) => name === stopped.name)?.wal_position).toBe(one?.wal_position);
    stopped.start();
    await cluster.settled();
  });

  it('does not compare members of two databases', PATIENCE, async () => {
    const stranger = await startPostgres({ port: cluster.postgresPort });
    try {
      const leader = await cluster.settled();
      const data = join(stranger.volume, 'data');
      const other = { ...leader, ip: '127.0.0.1', data, folder: stranger.socket };
      await stage.show('mixed', cluster, [leader, other], ['mixed-0', 'mixed-1']);
      const seen = await stage.read<Positions>('wal-positions', { statefulset: 'mixed' });
      expect(seen, JSON.stringify(seen)).toMatchObject({
        answer: 'diverged',
        diverged: ['mixed-0', 'mixed-1'],
      });
      expect(seen.summary).toMatch(/not copies of one database: their system identifiers differ/);
      expect(new Set(seen.members.flatMap((one) => one.system_identifier ?? [])).size).toBe(2);
      await expect(
        stage.planned('reinitialize', { statefulset: 'mixed', member: 'mixed-1' }),
      ).rejects.toMatchObject({
        nothingHappened: true,
        says: expect.stringMatching(/^Not done: .*identifiers differ/),
      });
    } finally {
      await stranger.stop();
    }
  });

  it('does not name anybody while a member cannot be read, and names that one', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [gone] = others(leader);
    await stage.removePod(gone.name);
    await waitUntil('the pod is gone', async () => {
      const { members } = await stage.read<{ members: { name: string; state: string }[] }>('members', SET);
      return members.some(({ name, state }) => name === gone.name && state === 'no pod');
    });
    const seen = await look();
    expect(seen).toMatchObject({ answer: 'unknown', equal: [], unread: [gone.name] });
    expect(seen.newest).toBeUndefined();
    expect(seen.summary).toBe(`It is unknown who has the newest data (${gone.name}: it has no pod).`);
  });
});
