/** A call as a worker makes it, and objects put into a real cluster. */
import { randomUUID } from 'node:crypto';
import type { KubernetesObject } from '@kubernetes/client-node';
import { KubeConfig, KubernetesObjectApi, loadAllYaml } from '@kubernetes/client-node';
import type {
  Action,
  Call,
  ChangingAction,
  ChangingCall,
  ReadingAction,
} from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import type { Reach } from '../../../src/actions/reach.ts';
import type { Plan } from '../../../src/incidents/plan.ts';
import { EXAMPLE_MANIFESTS } from './example-manifests.ts';

export interface Caller {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly operation?: string;
  readonly stillOurs?: () => Promise<boolean>;
  readonly now?: () => Date;
  /** Manifests of the runbooks' folder, by path; those of the examples by default. */
  readonly manifests?: Readonly<Record<string, string>>;
  readonly catalog?: Reach['catalog'];
}

export function reachOf(
  kubeconfig: string,
  manifests: Readonly<Record<string, string>> = EXAMPLE_MANIFESTS,
): Reach {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return {
    kubernetes: async () => config,
    catalog: { systems: [] },
    podAddress: () => undefined,
    secret: () => undefined,
    manifest: async (path) => manifests[path],
  };
}

export function callFor(action: Action, caller: Caller, params: Record<string, unknown>): Call {
  return {
    params: action.params.parse(params),
    namespace: caller.namespace,
    operation: caller.operation ?? randomUUID(),
    incident: 7,
    signal: caller.signal ?? AbortSignal.timeout(caller.timeoutMs ?? 20_000),
    now: caller.now ?? (() => new Date()),
    reach: {
      ...reachOf(caller.kubeconfig, caller.manifests),
      ...(caller.catalog ? { catalog: caller.catalog } : {}),
    },
    progress: () => {},
  };
}

/** Runs a reading action and holds its answer to its own schema, which refuses null and undeclared keys. */
export async function read<T = Record<string, unknown>>(
  action: Action,
  caller: Caller,
  params: Record<string, unknown>,
): Promise<T> {
  const found = await (action as ReadingAction<Record<string, unknown>>).run(callFor(action, caller, params));
  return action.output.strict().parse(found) as T;
}

export async function plan(action: Action, caller: Caller, params: Record<string, unknown>): Promise<Plan> {
  return await (action as ChangingAction<Record<string, unknown>>).plan(callFor(action, caller, params));
}

function changingCall(
  action: Action,
  caller: Caller,
  params: Record<string, unknown>,
  made: Plan,
): ChangingCall {
  return {
    ...callFor(action, caller, params),
    plan: made,
    stillOurs: caller.stillOurs ?? (async () => true),
  };
}

export async function run<T = Record<string, unknown>>(
  action: Action,
  caller: Caller,
  params: Record<string, unknown>,
  made: Plan,
): Promise<T> {
  const out = await (action as ChangingAction<Record<string, unknown>>).run(
    changingCall(action, caller, params, made),
  );
  return action.output.strict().parse(out) as T;
}

export async function happened(action: Action, caller: Caller, params: Record<string, unknown>, made: Plan) {
  return await (action as ChangingAction<Record<string, unknown>>).happened(
    changingCall(action, caller, params, made),
  );
}

/** The failure in words that a promise ends with; anything else fails the test. */
export async function failure(promise: Promise<unknown>): Promise<ActionFailed> {
  try {
    const value = await promise;
    throw new Error(`it did not fail, it gave ${JSON.stringify(value)}`);
  } catch (error) {
    if (error instanceof ActionFailed) return error;
    throw error;
  }
}

/** Makes every object of a YAML text. */
export async function apply(kubeconfig: string, yaml: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  for (const object of loadAllYaml(yaml) as KubernetesObject[]) {
    await api.create(object);
  }
}
