// Calls actions against an opened world, as the product would.
import { KubeConfig } from '@kubernetes/client-node';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import type { PidpWorld } from '../../../sandbox/scenarios/pidp/world.ts';
import { pidpPatroni } from '../../../sandbox/scenarios/pidp-patroni.ts';
import type { Call, ChangingAction, ChangingCall, ReadingAction } from '../../../src/actions/action.ts';
import type { Plan } from '../../../src/incidents/plan.ts';
import { testServer } from '../../support/database.ts';

export async function openWorld(
  plan: PidpPlan,
  programs: 'stand-in' | 'machine' = 'stand-in',
): Promise<PidpWorld> {
  return await pidpPatroni.open(plan, { server: testServer, stepMs: 5, programs });
}

export function callOf(world: PidpWorld, params: Record<string, unknown>, operation = 'op-1'): Call {
  const config = new KubeConfig();
  config.loadFromString(world.cluster.kubeconfig);
  return {
    params,
    namespace: world.plan.namespace,
    operation,
    incident: 7,
    signal: AbortSignal.timeout(30_000),
    now: () => new Date(),
    reach: {
      kubernetes: async () => config,
      catalog: pidpPatroni.catalog(world.plan),
      podAddress: () => undefined,
      secret: () => undefined,
    },
    progress: () => {},
  };
}

export async function look<O>(
  world: PidpWorld,
  action: ReadingAction,
  params: Record<string, unknown>,
): Promise<O> {
  return (await action.run(callOf(world, params) as never)) as O;
}

export async function change<O>(
  world: PidpWorld,
  action: ChangingAction,
  params: Record<string, unknown>,
  operation = 'op-1',
): Promise<{ plan: Plan; out: O }> {
  const call = callOf(world, params, operation);
  const plan = await action.plan(call as never);
  const changing: ChangingCall = { ...call, plan, stillOurs: async () => true };
  return { plan, out: (await action.run(changing as never)) as O };
}
