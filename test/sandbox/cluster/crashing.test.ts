// Members whose container crashes again and again: also in the moment between its start and its end nobody takes them
// for running.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourceOf } from '../../../sandbox/cluster/api/resources.ts';
import type { Pod } from '../../../sandbox/cluster/api/wire.ts';
import { CRASH_LINE } from '../../../sandbox/scenarios/pidp/crash-text.ts';
import type { PidpWorld } from '../../../sandbox/scenarios/pidp/world.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import { worldFor } from '../../../sandbox/scenarios/scenario.ts';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { patroniActions } from '../../../src/actions/patroni/index.ts';
import { look, openWorld } from './calls.ts';

interface MembersSeen {
  readonly members: readonly { name: string; role: string; state: string; ready: boolean }[];
}

const members = patroniActions.find(({ name }) => name === 'patroni.members') as ReadingAction;
const cluster = patroniActions.find(({ name }) => name === 'patroni.cluster') as ReadingAction;

describe.each([1, 3])('members that crash, in world %i', (seed) => {
  const plan = worldFor(pidpPatroni, seed);
  const { statefulset, crashed, ahead } = pidpPatroni.facts(plan);
  let world: PidpWorld;
  const see = () => look<MembersSeen>(world, members, { statefulset });
  const crashing = {
    role: 'unknown',
    state: `not running (crashes: ${CRASH_LINE})`,
    ready: false,
  };

  beforeAll(async () => {
    world = await openWorld(plan);
  });
  afterAll(async () => {
    await world?.close();
  });

  it('say that they do not run, and with which error they end', async () => {
    const seen = (await see()).members.filter(({ name }) => crashed.includes(name));
    expect(seen).toEqual(crashed.map((name) => expect.objectContaining({ name, ...crashing })));
  });

  it('do so while a kubelet has just started them once more, and none of them leads', async () => {
    // As the kubelet reports it for the second between a start and the crash.
    const startedAt = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    for (const name of crashed)
      world.cluster.store.update<Pod>(
        resourceOf('Pod'),
        { namespace: plan.namespace, name },
        { manager: 'kubelet', operation: 'Update', subresource: 'status' },
        (copy) => {
          for (const one of copy.status.containerStatuses ?? []) one.state = { running: { startedAt } };
        },
      );
    world.cluster.react();
    const played = world.patroni.get(statefulset);
    expect(played?.leader).toBeUndefined();
    expect(crashed.map((name) => played?.port(name))).toEqual(crashed.map(() => undefined));
    const seen = await see();
    expect(seen.members.filter(({ name }) => crashed.includes(name))).toEqual(
      crashed.map((name) => expect.objectContaining({ name, ...crashing })),
    );
    const whole = await look<{ leaders: number; members: number; reachable: number; words: string[] }>(
      world,
      cluster,
      { statefulset },
    );
    expect(whole).toMatchObject({ leaders: 0, reachable: 3 - crashed.length });
    const words = whole.words.find((line) => line.startsWith(`${ahead}:`));
    expect(words).toMatch(/does not answer \(nothing listens on port \d+ of pod \S+\)/);
    expect(words).not.toContain('running');
  });
});
