/** The changing actions on a real cluster: what they do, what they refuse, and what they leave to be found. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ActionFailed } from '../../../src/actions/action.ts';
import { kill } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import {
  type PatroniCluster,
  type PatroniMember,
  startPatroniCluster,
} from '../../support/patroni/cluster.ts';
import { describeWith } from '../../support/requirements.ts';
import { rows, SET, TABLE } from './positions.ts';
import { type RealStage, startRealStage } from './real-stage.ts';

const PATIENCE = { timeout: 150_000 };
const UNASKED = "Patroni's store could not be asked which timelines there were";

describeWith(['controlPlane', 'postgres', 'patroni'], 'changing a real Patroni cluster', () => {
  let stage: RealStage;
  let cluster: PatroniCluster;
  beforeAll(async () => {
    [stage, cluster] = await Promise.all([startRealStage(), startPatroniCluster()]);
    await stage.show('prod-patroni', cluster);
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), cluster?.stop()]);
  });
  const others = (one: PatroniMember) =>
    cluster.members.filter((member) => member !== one) as [PatroniMember, PatroniMember];
  const failure = async (promise: Promise<unknown>): Promise<ActionFailed> => {
    const error = await promise.then(
      (value) => new Error(`it did not fail, it gave ${JSON.stringify(value)}`),
      (thrown: unknown) => thrown,
    );
    if (error instanceof ActionFailed) return error;
    throw error;
  };

  it('pauses and resumes, and the members know it', PATIENCE, async () => {
    const leader = await cluster.settled();
    const before = await leader.get('/config');
    const call = await stage.planned('pause', SET);
    expect(call.plan).toMatchObject({
      target: { kind: 'StatefulSet', name: 'prod-patroni', uid: expect.any(String) },
      changes: [{ field: 'pause', before: 'false', after: 'true' }],
      values: { before: false, after: true },
      undo: { ...SET, paused: false },
    });
    expect(await stage.happened('pause', call)).toBe('not made');
    expect(await stage.run('pause', call)).toEqual({ paused: true, unaware: [] });
    expect(await leader.get('/config')).toEqual({ ...before, pause: true });
    expect(await stage.happened('pause', call)).toBe('made');
    for (const member of cluster.members) expect((await member.get('/patroni'))['pause']).toBe(true);
    // Once more is nothing; undone and resumed it is as before.
    expect(await stage.run('pause', call)).toEqual({ paused: true, unaware: [] });
    const resume = await stage.planned('resume', SET);
    expect(resume.plan.values).toEqual({ before: true, after: false });
    const undo = await stage.planned('pause', call.plan.undo as Record<string, unknown>);
    expect(await stage.run('pause', undo)).toEqual({ paused: false, unaware: [] });
    expect(await leader.get('/config')).toEqual(before);
    expect(await stage.run('resume', resume)).toEqual({ paused: false, unaware: [] });
    expect(await stage.happened('resume', resume)).toBe('made');
  });

  it('lets the named member lead, and is refused when asked twice', PATIENCE, async () => {
    const leader = await cluster.settled();
    await leader.sql(TABLE);
    await leader.sql(rows(20));
    await cluster.settled();
    const [next, third] = others(leader);
    const call = await stage.planned('switchover', { ...SET, candidate: next.name, leader: leader.name });
    expect(call.plan).toMatchObject({
      target: { kind: 'StatefulSet', name: 'prod-patroni' },
      changes: [{ field: 'leader', before: leader.name, after: next.name }],
      values: { leader: leader.name, candidate: next.name, timeline: 1 },
      undo: { ...SET, leader: next.name, candidate: leader.name },
    });
    const done = await stage.run<{ following: string[] }>('switchover', call);
    expect(done).toMatchObject({ leader: next.name, timeline: 2, not_following: [] });
    expect(done.following.toSorted()).toEqual([leader.name, third.name].toSorted());
    expect(await stage.happened('switchover', call)).toBe('made');
    expect(await cluster.settled()).toBe(next);
    expect(await next.sql('select count(*)::int as n from rows')).toEqual([{ n: 20 }]);
    const again = await failure(stage.run('switchover', call));
    expect(again).toMatchObject({ planChanged: true, nothingHappened: true });
    expect(again.says).toMatch(new RegExp(`^${next.name} leads now, not ${leader.name}`));

    const history = await stage.read<{ changes: number; last_leader: string; lines: string[] }>(
      'history',
      SET,
    );
    expect(history).toMatchObject({ changes: 1, timeline: 2, last_leader: next.name });
    expect(history.lines[0]).toMatch(/^timeline 1 was left at \d+\/[0-9A-F]+, .*, then prod-patroni-\d led$/);
  });

  it(
    'refuses a switchover while a member does not receive, or to one that leads or is not there',
    PATIENCE,
    async () => {
      const leader = await cluster.settled();
      const [next, deaf] = others(leader);
      expect((await failure(stage.planned('switchover', { ...SET, candidate: leader.name }))).says).toMatch(
        /leads already/,
      );
      expect((await failure(stage.planned('switchover', { ...SET, candidate: 'nobody' }))).says).toMatch(
        /^nobody is no member of prod-patroni\. Its members are /,
      );
      expect(
        (await failure(stage.planned('switchover', { ...SET, candidate: next.name, leader: next.name })))
          .says,
      ).toMatch(/leads now, not/);
      await deaf.stop();
      const said = await failure(stage.planned('switchover', { ...SET, candidate: next.name }));
      expect(said).toMatchObject({ nothingHappened: true });
      expect(said.says).toMatch(
        new RegExp(`^Not done: ${deaf.name} does not receive from ${leader.name} .*Repair it first\\.$`),
      );
      deaf.start();
      await cluster.settled();
      expect((await failure(stage.planned('reinitialize', { ...SET, member: leader.name }))).says).toMatch(
        /is the leader/,
      );
    },
  );

  it('finds a switchover that Patroni refuses, and says that nothing happened', PATIENCE, async () => {
    const leader = await cluster.settled();
    await leader.sql(TABLE);
    await cluster.settled();
    const [next] = others(leader);
    const call = await stage.planned('switchover', { ...SET, candidate: next.name });
    // Frozen since a moment ago: its leader has not missed it yet.
    const receiver = next.child('walreceiver') ?? 0;
    kill(receiver, 'SIGSTOP');
    try {
      await leader.sql(rows(20_000));
      const { maximum_lag_on_failover: limit } = await leader.get<{ maximum_lag_on_failover: number }>(
        '/config',
      );
      expect(limit).toBe(1_048_576);
      // By what it has published Patroni judges how far a candidate is behind.
      await waitUntil('the leader has published its position', async () => {
        const { members } = await leader.get<{ members: { name: string; lag?: number }[] }>('/cluster');
        return (members.find(({ name }) => name === next.name)?.lag ?? 0) > limit;
      });
      const said = await failure(stage.run('switchover', call));
      expect(said.says).toMatch(
        /Patroni did not switch \(503 Switchover failed\)|Patroni refused the switchover \(412/,
      );
      expect(said.nothingHappened).toBe(true);
      expect(await stage.happened('switchover', call)).toBe('not made');
    } finally {
      kill(receiver, 'SIGCONT');
    }
    expect(await cluster.settled()).toBe(leader);
  });

  it('restarts PostgreSQL of a member, and not a second time', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [replica] = others(leader);
    const call = await stage.planned('restart', { ...SET, member: replica.name });
    const before = replica.postmaster();
    expect(call.plan).toMatchObject({
      target: { kind: 'Pod', name: replica.name },
      values: { member: replica.name, role: 'replica', started: expect.stringMatching(/^20\d\d-/) },
    });
    expect(await stage.happened('restart', call)).toBe('not made');
    const done = await stage.run<{ started: string }>('restart', call);
    expect(done.started).not.toBe(call.plan.values['started']);
    expect(replica.postmaster()).not.toBe(before);
    expect(await stage.happened('restart', call)).toBe('made');
    expect(await failure(stage.run('restart', call))).toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });

    const pending = await stage.planned('restart', { ...SET, member: leader.name, only_if_pending: true });
    expect(pending.plan.values['role']).toBe('leader');
    const said = await failure(stage.run('restart', pending));
    expect(said).toMatchObject({ nothingHappened: true, planChanged: true });
    expect(said.says).toMatch(/no restart is pending/);
    await cluster.settled();
  });

  it('writes nothing when the attempt is given up', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [next] = others(leader);
    const planned = {
      pause: await stage.planned('pause', SET),
      switchover: await stage.planned('switchover', { ...SET, candidate: next.name }),
      restart: await stage.planned('restart', { ...SET, member: next.name }),
      reinitialize: await stage.planned('reinitialize', { ...SET, member: next.name }),
    };
    const server = next.postmaster();
    for (const [name, call] of Object.entries(planned)) {
      const given = await failure(stage.run(name, { ...call, stillOurs: async () => false }));
      expect(given.nothingHappened, `${name}: ${given.says}`).toBe(true);
    }
    expect(await cluster.settled()).toBe(leader);
    expect(next.postmaster()).toBe(server);
    expect((await leader.get('/config'))['pause']).toBeUndefined();
  });

  it('says what a store that hangs does to each of them, and what to do', PATIENCE, async () => {
    const leader = await cluster.settled();
    const [next] = others(leader);
    kill(cluster.etcdPid, 'SIGSTOP');
    try {
      await waitUntil('nobody leads any more', async () => {
        const all = await Promise.all(
          cluster.members.map((member) => member.get('/patroni').catch(() => undefined)),
        );
        return all.every((one) => one?.['role'] === 'replica' && one['state'] === 'running');
      });
      let seen: { equal: string[]; unknowns: string[] } = { equal: [], unknowns: [] };
      await waitUntil(
        'all are seen to have the same',
        async () => {
          seen = await stage.read<typeof seen>('wal-positions', SET);
          // A member may still tell the history from memory for a moment.
          return seen.equal.length === 3 && seen.unknowns.includes(UNASKED);
        },
        { seconds: 60, describe: () => JSON.stringify(seen) },
      );
      const said = await Promise.all([
        failure(stage.planned('pause', SET)),
        failure(stage.planned('switchover', { ...SET, candidate: next.name })),
        failure(stage.planned('reinitialize', { ...SET, member: next.name })),
        failure(stage.read('history', SET)),
      ]);
      expect(said[0]?.says).toMatch(/its store is not Kubernetes\. Write "pause": true .* by hand/);
      expect(said[1]?.says).toMatch(/has no leader now/);
      expect(said[2]?.says).toMatch(/has no leader now/);
      expect(said[3]?.says).toMatch(/its store \(etcd or the Kubernetes API\) may hang/);
    } finally {
      kill(cluster.etcdPid, 'SIGCONT');
    }
    await cluster.settled();
  });
});
