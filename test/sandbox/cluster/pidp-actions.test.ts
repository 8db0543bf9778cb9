import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CRASH_LINE } from '../../../sandbox/scenarios/pidp/crash-text.ts';
import type { PidpWorld } from '../../../sandbox/scenarios/pidp/world.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import { worldFor } from '../../../sandbox/scenarios/scenario.ts';
import type { ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { backupActions } from '../../../src/actions/backup/index.ts';
import { imageActions } from '../../../src/actions/image/index.ts';
import { kubernetesActions } from '../../../src/actions/kubernetes/index.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { postgresActions } from '../../../src/actions/postgres/index.ts';
import type { Plan } from '../../../src/incidents/plan.ts';
import { change, look, openWorld } from './calls.ts';
import { parsedParams } from './parsed.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- whatever the action gives
type Given = any;

const all = [...kubernetesActions, ...patroniActions, ...postgresActions, ...backupActions, ...imageActions];

function action(name: string) {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
}

describe.each([1, 3])('the actions in world %i', (seed) => {
  const plan = worldFor(pidpPatroni, seed);
  const facts = pidpPatroni.facts(plan);
  let world: PidpWorld;
  const see = (name: string, params: Record<string, unknown>): Promise<Given> =>
    look(world, action(name) as ReadingAction, parsedParams(action(name), params));
  const make = (
    name: string,
    params: Record<string, unknown>,
    operation?: string,
  ): Promise<{ plan: Plan; out: Given }> =>
    change(world, action(name) as ChangingAction, parsedParams(action(name), params), operation);

  beforeAll(async () => {
    world = await openWorld(plan);
  });
  afterAll(async () => {
    await world?.close();
  });

  it('image.resolve, image.candidates: the image in use is whole, the other tag has none behind it', async () => {
    const members = { workload: plan.used.name, kind: 'statefulset' };
    expect(await see('image.resolve', members)).toMatchObject({ resolves: true, image: plan.images.present });
    expect(await see('image.resolve', { ...members, image: plan.images.empty })).toMatchObject({
      resolves: false,
      answer: 'no image behind it',
    });
    const seen = await see('image.candidates', members);
    expect(seen).toMatchObject({ found: 1, newest: plan.images.present });
    expect(seen.hollow).toEqual([plan.images.empty.replace(/^.*:/, '')]);
  });

  it('k8s.workload: alive, not ready, on a node that is new for some', async () => {
    // The rollout of the changed probe waits: three old pods and a new one.
    const seen = await see('k8s.workload', { workload: plan.api });
    expect(seen).toMatchObject({ desired: 3, ready: 0, restarts: 0, alive_not_ready: 4 });
    expect(seen.warnings.join('\n')).toContain('Readiness probe failed');
    const members = await see('k8s.workload', { workload: plan.used.name, kind: 'statefulset' });
    expect(members).toMatchObject({
      desired: 3,
      ready: 3 - facts.crashed.length,
      waiting: ['CrashLoopBackOff'],
    });
    expect(members.new_nodes).toEqual(['app-04']);
    expect(members.restarts).toBe(23 * facts.crashed.length);
  });

  it('k8s.last-termination: reason, exit code and the line of the log', async () => {
    const seen = await see('k8s.last-termination', { statefulset: facts.statefulset });
    expect(JSON.stringify(seen)).toContain(CRASH_LINE);
    expect(seen).toMatchObject({ exit_code: facts.exitCode, restarts: 23, affected: facts.crashed });
  });

  it('k8s.changes: what people did by hand, the node that joined, the pods that moved', async () => {
    const text = JSON.stringify(await see('k8s.changes', {}));
    for (const part of [plan.api, 'kubectl-edit', 'app-04', facts.crashed[0] ?? ''])
      expect(text).toContain(part);
  });

  it('backup.latest: nothing where one would look', async () => {
    expect(await see('backup.latest', { database: plan.database })).toMatchObject({
      found: false,
      verified: false,
    });
  });

  it('patroni.cluster: no leader', async () => {
    const seen = await see('patroni.cluster', { service: facts.service });
    expect(seen).toMatchObject({ leaders: 0, reachable: 3 - facts.crashed.length });
    const healthy = await see('patroni.cluster', { service: facts.unusedService });
    expect(healthy).toMatchObject({ leaders: 1, reachable: 3 });
  });

  it('k8s.scale: the utility pod comes and goes', async () => {
    const up = await make(
      'k8s.scale',
      { workload: plan.utility, replicas: 1, expect: { replicas: 0 } },
      'up',
    );
    expect(up.out).toEqual({ replicas: 1 });
    const down = await make(
      'k8s.scale',
      { workload: plan.utility, replicas: 0, expect: { replicas: 1 } },
      'down',
    );
    expect(down.out).toEqual({ replicas: 0 });
  });

  it('after the repair: one leader, all follow', async () => {
    await pidpPatroni.platformPerson.repair(world);
    const seen = await see('patroni.cluster', { service: facts.service });
    expect(seen).toMatchObject({
      leaders: 1,
      reachable: 3,
      leader: facts.ahead,
      timelines: 1,
      max_lag_bytes: 0,
    });
    const { members } = await see('patroni.members', { statefulset: facts.statefulset });
    expect(members.map((one: { role: string }) => one.role).sort()).toEqual(['leader', 'replica', 'replica']);
  });

  it('postgres.size-vs-volume, dump, read-back, file-exists, delete-file', async () => {
    const pod = facts.ahead;
    const size = await see('postgres.size-vs-volume', { pod, database: plan.database });
    expect(size.database_bytes).toBeGreaterThan(7_000_000);
    expect(size).toMatchObject({ fits: true, total_bytes: 10 * 1024 ** 3 });
    const made = await make('postgres.dump', { pod, database: plan.database }, 'dump-1');
    const { path, sha256 } = made.out as { path: string; sha256: string };
    expect(path.startsWith(`${plan.used.data.replace(/\/[^/]*$/, '')}/handrail-inc7-`)).toBe(true);
    const back = await see('postgres.read-back', { pod, path });
    expect(back).toMatchObject({ readable: true, tables: 3, sha256 });
    expect(await see('k8s.file-exists', { pod, path })).toMatchObject({ exists: true });
    // The same dump of a replica, which only reads.
    const replica = plan.used.members.find((member) => member.name !== pod)?.name ?? '';
    const second = await make('postgres.dump', { pod: replica, database: plan.database }, 'dump-2');
    expect((await see('postgres.read-back', { pod: replica, path: second.out.path })).readable).toBe(true);
    await make('k8s.delete-file', { pod, path }, 'delete-1');
    expect(await see('k8s.file-exists', { pod, path })).toMatchObject({ exists: false });
    await make('k8s.delete-file', { pod: replica, path: second.out.path }, 'delete-2');
  });

  it('the end checks hold, and see what is missing', async () => {
    const ending = { world, left: [], report: `${facts.statefulset}: ${CRASH_LINE}` };
    for (const check of pidpPatroni.ends)
      expect([check.says, await check.fails(ending)]).toEqual([check.says, undefined]);
    const silent = await Promise.all(
      pidpPatroni.ends.map(async (check) => await check.fails({ ...ending, report: '' })),
    );
    expect(silent.filter((why) => why !== undefined)).toHaveLength(2);
  });
});
