/** The night without a leader, on real members: rows that only the dead one has, a forced failover, what is left. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ActionFailed } from '../../../src/actions/action.ts';
import { kill } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import {
  type PatroniCluster,
  type PatroniMember,
  startPatroniCluster,
} from '../../support/patroni/cluster.ts';
import { REST_LOGIN } from '../../support/patroni/settings.ts';
import { describeWith } from '../../support/requirements.ts';
import { type Positions, rows, SET, TABLE } from './positions.ts';
import { type RealStage, startRealStage } from './real-stage.ts';

const PATIENCE = { timeout: 240_000 };

/** One cluster, one night: each test goes on where the one before it ended. */
describeWith(['controlPlane', 'postgres', 'patroni'], 'a cluster without a leader', () => {
  let stage: RealStage;
  let cluster: PatroniCluster;
  let [early, slow, dead]: PatroniMember[] = [];
  beforeAll(async () => {
    [stage, cluster] = await Promise.all([startRealStage(), startPatroniCluster()]);
    await stage.show('prod-patroni', cluster);
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), cluster?.stop()]);
  });
  const look = () => stage.read<Positions>('wal-positions', SET);
  const of = (member: PatroniMember | undefined): PatroniMember => {
    if (!member) throw new Error('the tests before did not get that far');
    return member;
  };

  it(
    'names the dead leader that holds rows nobody else has, and no member that is alive',
    PATIENCE,
    async () => {
      dead = await cluster.settled();
      [early, slow] = cluster.members.filter((member) => member !== dead);
      await dead.sql(TABLE);
      await dead.sql(rows(200));
      await cluster.settled();
      await of(early).stop();
      await dead.sql(rows(2000));
      await waitUntil('the other one has them', async () => {
        const said = await of(slow).sql('select count(*)::int as n from rows');
        return said[0]?.['n'] === 2200;
      });
      const receiver = of(slow).child('walreceiver') ?? 0;
      kill(receiver, 'SIGSTOP');
      // More than the sockets between the two can hold.
      await dead.sql(rows(20_000));
      // Patroni would promote a member that is behind if the leader died before it had published how far it was.
      await waitUntil('the leader has published its position', async () => {
        const { members } = await of(dead).get<{ members: { name: string; lag?: number }[] }>('/cluster');
        return (members.find(({ name }) => name === slow?.name)?.lag ?? 0) > 10_000_000;
      });
      await dead.die();
      kill(receiver, 'SIGTERM');
      kill(receiver, 'SIGCONT');
      await waitUntil('the receiver has ended', () => of(slow).child('walreceiver') !== receiver);
      const seen = await look();
      expect(seen, JSON.stringify(seen)).toMatchObject({ answer: 'newest', newest: dead.name, unread: [] });
      expect(seen.summary).toBe(`${dead.name} has the newest data.`);
      expect(seen.members.find(({ name }) => name === dead?.name)).toMatchObject({
        state: 'stopped',
        role: 'primary',
      });
      expect(seen.members.find(({ name }) => name === slow?.name)?.behind_bytes).toBeGreaterThan(1_048_576);
    },
  );

  it(
    'names nobody when the dead leader cannot be read, and the store knows that data is missing',
    PATIENCE,
    async () => {
      await waitUntil('the leader has vanished from the listing', async () => {
        const { members } = await of(slow).get<{ members: { name: string }[] }>('/cluster');
        return members.every(({ name }) => name !== dead?.name);
      });
      // Another StatefulSet of the two that are left: as if the third were forgotten.
      await stage.show('left', cluster, [of(early), of(slow)], ['left-0', 'left-1']);
      const seen = await stage.read<Positions>('wal-positions', { statefulset: 'left' });
      expect(seen, JSON.stringify(seen)).toMatchObject({ answer: 'unknown', unread: [] });
      expect(seen.summary).toMatch(/store has seen .* written; the most that was read is/);
      expect(seen.at_least).toMatch(/^\d+\/[0-9A-F]+$/);
    },
  );

  it(
    'has diverged after a forced failover, at the place where pg_rewind then finds it',
    PATIENCE,
    async () => {
      const answer = await fetch(`http://${of(slow).ip}:${cluster.restPort}/failover`, {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${REST_LOGIN.username}:${REST_LOGIN.password}`).toString('base64')}`,
        },
        body: JSON.stringify({ candidate: slow?.name }),
      });
      expect([answer.status, await answer.text()]).toEqual([
        200,
        expect.stringMatching(/Successfully failed over/),
      ]);
      const leader = await cluster.settled([of(slow)]);
      expect(leader).toBe(slow);
      await leader.sql(rows(100));
      of(early).start();
      await cluster.settled([of(early), of(slow)]);
      const seen = await look();
      expect(seen, JSON.stringify(seen)).toMatchObject({ answer: 'diverged', equal: [], unread: [] });
      expect(seen.newest).toBeUndefined();
      expect(seen.diverged).toContain(dead?.name);
      const place = /^(\d+\/[0-9A-F]+) on timeline 1$/.exec(seen.diverged_at ?? '');
      expect(place).not.toBeNull();

      // One insert of many rows was never received by the others; one was made after the failover.
      const only = new Map(seen.only_here.map(({ member, commits }) => [member, commits]));
      expect(only.get(of(dead).name)).toBe(1);
      expect(only.get(of(slow).name)).toBeGreaterThanOrEqual(1);

      // Nothing that could erase one side is done.
      for (const [name, params] of [
        ['switchover', { candidate: early?.name }],
        ['reinitialize', { member: early?.name }],
      ] as const) {
        const error = await stage.planned(name, { ...SET, ...params }).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(ActionFailed);
        expect((error as ActionFailed).says).toMatch(
          /^Not done: .* have diverged: .* let a person decide\.$/,
        );
        expect((error as ActionFailed).nothingHappened).toBe(true);
      }

      // Paused, its Patroni may run again: PostgreSQL is not started, nothing is rewound, and it can be read.
      await stage.run('pause', await stage.planned('pause', SET));
      const before = seen.members.find(({ name }) => name === dead?.name);
      of(dead).start();
      await waitUntil('its Patroni has looked', () => /PAUSE: postgres is not running/.test(of(dead).log()));
      const still = await look();
      expect(still).toMatchObject({ answer: 'diverged', diverged_at: seen.diverged_at, unread: [] });
      expect(still.members.find(({ name }) => name === dead?.name)).toEqual(before);
      expect(of(dead).log()).not.toMatch(/running pg_rewind/);

      // A person decides to let go of what only the dead one had: resumed, Patroni erases it.
      await stage.run('resume', await stage.planned('resume', SET));
      await cluster.settled();
      const rewound = /servers diverged at WAL location (\S+) on timeline 1/.exec(of(dead).log());
      expect(rewound?.[1]).toBe(place?.[1]);
      await waitUntil('all are equal', async () => (await look()).equal.length === 3);
    },
  );

  it(
    'names the leader beside a replica whose WAL was recycled, which is then copied anew',
    PATIENCE,
    async () => {
      const leader = await cluster.settled();
      await leader.sql(TABLE);
      const stuck = of(cluster.members.find((member) => member !== leader));
      const [{ name: endSegment } = { name: '' }] = (await leader.sql(
        'select pg_walfile_name(pg_current_wal_lsn()) as name',
      )) as { name: string }[];
      await stuck.stop();
      await leader.sql('alter system set wal_keep_size = 0');
      await leader.sql('select pg_reload_conf()');
      const needed = slotOf(stuck);
      const [{ first: before } = { first: '' }] = await firstSegment(leader);
      await waitUntil('the WAL that it needs is gone', async () => {
        await leader
          .sql(
            `select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${needed}' and not active`,
          )
          .catch(() => undefined);
        for (let round = 0; round < 2; round++) {
          await leader.sql(rows(500));
          await leader.sql('select pg_switch_wal()');
        }
        await leader.sql('checkpoint');
        const [{ first } = { first: '' }] = await firstSegment(leader);
        return first > before && first > endSegment;
      });
      // Patroni does not notice that the slot was dropped. When the store's key has ended it makes a new one by itself.
      await leader.sql(
        `select pg_create_physical_replication_slot('${needed}') where not exists (select from pg_replication_slots where slot_name = '${needed}')`,
      );
      stuck.start();
      await waitUntil(
        'it cannot follow',
        () => /requested WAL segment \S+ has already been removed/.test(readLog(stuck)),
        { seconds: 30, describe: () => readLog(stuck).slice(-3000) },
      );
      const seen = await look();
      expect([seen.newest, ...seen.equal], JSON.stringify(seen)).toContain(leader.name);
      expect([seen.newest, ...seen.equal]).not.toContain(stuck.name);
      const call = await stage.planned('reinitialize', { ...SET, member: stuck.name });
      expect(call.plan).toMatchObject({
        target: { kind: 'Pod', name: stuck.name, owner: { kind: 'StatefulSet', name: 'prod-patroni' } },
        changes: [{ field: `data of ${stuck.name}`, after: `a new copy of ${leader.name}` }],
      });
      expect(await stage.happened('reinitialize', call)).toBe('not made');
      const done = await stage.run('reinitialize', call);
      expect(done).toMatchObject({ member: stuck.name, leader: leader.name });
      expect(await stage.happened('reinitialize', call)).toBe('made');
      await cluster.settled();
      await waitUntil('all are equal', async () => (await look()).equal.length === 3);
      // The same request once more meets another data directory.
      await expect(stage.run('reinitialize', call)).rejects.toMatchObject({
        planChanged: true,
        nothingHappened: true,
      });
      expect(existsSync(stuck.data)).toBe(true);
    },
  );

  it('names nobody while two run as primary, though their data is still the same', PATIENCE, async () => {
    const old = await cluster.settled();
    await old.orphan();
    await waitUntil('another one leads too', async () => {
      const others = cluster.members.filter((member) => member !== old);
      const said = await Promise.all(others.map((member) => member.sql('select pg_is_in_recovery() as is')));
      return said.some(([row]) => row?.['is'] === false);
    });
    const seen = await look();
    expect(seen, JSON.stringify(seen)).toMatchObject({ answer: 'diverged', unread: [] });
    expect(seen.diverged).toContain(old.name);
    expect(seen.summary).toMatch(/have diverged: each of them runs as primary\. A person decides/);
    const { leaders } = await stage.read<{ leaders: number }>('cluster', SET);
    // The listing and the members' own words show one leader only.
    expect(leaders).toBe(1);
    old.start();
    await cluster.settled();
  });
});

/** As Patroni names it. */
function slotOf(member: PatroniMember): string {
  return member.name.replaceAll('-', '_');
}

async function firstSegment(leader: PatroniMember): Promise<{ first: string }[]> {
  return (await leader.sql(
    "select min(name) as first from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'",
  )) as { first: string }[];
}

/** Patroni's own log and that of PostgreSQL, which it has on its output. */
function readLog(member: PatroniMember): string {
  return member.log();
}
