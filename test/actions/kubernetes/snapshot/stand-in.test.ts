/** A snapshot of the sandbox's namespace in trouble: what crashes and waits there is no difference; what people do is. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PidpWorld } from '../../../../sandbox/scenarios/pidp/world.ts';
import { pidpPatroni } from '../../../../sandbox/scenarios/pidp-patroni.ts';
import { worldFor } from '../../../../sandbox/scenarios/scenario.ts';
import { takeSnapshot } from '../../../../src/actions/kubernetes/snapshot/take.ts';
import { difference } from '../../../../src/incidents/baseline/diff.ts';
import type { Snapshot } from '../../../../src/incidents/baseline/snapshot.ts';
import { ask, MERGE } from '../../../contract/asking.ts';
import { callOf, openWorld } from '../../../sandbox/cluster/calls.ts';
import { waitUntil } from '../../../support/control-plane/waiting.ts';

const plan = worldFor(pidpPatroni, 1);
const facts = pidpPatroni.facts(plan);
let world: PidpWorld;
const take = (): Promise<Snapshot> => takeSnapshot(callOf(world, {}), 'a key');

beforeAll(async () => {
  world = await openWorld(plan);
});
afterAll(async () => {
  await world?.close();
});

it('is the same while pods crash and come back', async () => {
  const before = await take();
  const { reach } = callOf(world, {});
  const config = await reach.kubernetes();
  const pod = `/api/v1/namespaces/${plan.namespace}/pods/${facts.crashed[0]}`;
  const first = (await ask(config, 'GET', pod)).body.metadata.uid;
  expect(await ask(config, 'DELETE', pod)).toMatchObject({ code: 200 });
  await waitUntil('the member is made anew', async () => {
    const { code, body } = await ask(config, 'GET', pod);
    return code === 200 && body.metadata.uid !== first;
  });
  const now = await take();
  expect(difference(before, now).questions).toEqual([]);
  expect(now.objects.length).toBeGreaterThan(8);
});

it('shows what somebody changed by hand', async () => {
  const before = await take();
  const config = await callOf(world, {}).reach.kubernetes();
  const path = `/apis/apps/v1/namespaces/${plan.namespace}/deployments/${plan.api}?fieldManager=kubectl-scale`;
  expect(await ask(config, 'PATCH', path, { spec: { replicas: 0 } }, MERGE)).toMatchObject({ code: 200 });
  expect(difference(before, await take()).questions).toMatchObject([
    { kind: 'Deployment', name: plan.api, field: 'replicas', after: '0', by: 'kubectl-scale' },
  ]);
});
