/** Live choices of a parameter: what is there now, read when somebody opens the form. None is not an error: people type. */
import type { Action, Call } from '../actions/action.ts';
import { connect } from '../actions/kubernetes/client.ts';
import { evaluate, render, scopeTypes } from '../runbooks/expressions.ts';
import type { Param, Runbook } from '../runbooks/runbook.ts';
import { listOf } from '../runbooks/shapes.ts';
import type { Worker } from './worker.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

const LIMIT_MS = 2500;
const MOST = 100;

/** At most 100 choices within 2.5 s; an empty list when the world does not answer. */
export async function choicesFor(
  worker: Worker,
  param: Param,
  where: { readonly namespace: string; readonly targets?: readonly string[] },
  runbook: Runbook | undefined,
): Promise<readonly Choice[]> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { namespace } = where;
  try {
    if (param.options) return param.options.map((value) => ({ value, label: value }));
    const { from } = param;
    if (from && runbook) {
      const lists = await Promise.allSettled(
        askedOf(worker, from, where).map((one) => fromAction(worker, one, namespace, runbook, signal)),
      );
      return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])).slice(0, MOST);
    }
    if (param.type === 'postgres/database') return databases(worker, where);
    return (await named(worker, param.type, namespace, signal)).map((value) => ({ value, label: value }));
  } catch (error) {
    worker.log.debug({ err: error, type: param.type }, 'no live choices; the person types');
    return [];
  }
}

/**
 * What to ask for members when the runbook names no cluster: the confirmed targets', else every Patroni cluster that
 * the catalogue has in the namespace.
 */
function askedOf(
  worker: Worker,
  from: NonNullable<Param['from']>,
  where: { readonly namespace: string; readonly targets?: readonly string[] },
): NonNullable<Param['from']>[] {
  if (!from.uses.startsWith('patroni.') || from.with.statefulset || from.with.service) return [from];
  const known = worker.reach.catalog.systems
    .filter((system) => system.namespace === where.namespace)
    .flatMap((system) => system.databases)
    .flatMap(({ kind, statefulset }) => (kind === 'patroni' && statefulset ? [statefulset] : []));
  const names = where.targets?.length ? where.targets : known;
  if (names.length === 0) return [from];
  return names.map((statefulset) => ({ ...from, with: { ...from.with, statefulset } }));
}

/** The names of databases that the catalogue has here: of the confirmed targets, else of all. Nobody is asked. */
function databases(
  worker: Worker,
  { namespace, targets = [] }: { readonly namespace: string; readonly targets?: readonly string[] },
): readonly Choice[] {
  const here = worker.reach.catalog.systems
    .filter((system) => system.namespace === namespace)
    .flatMap((system) => system.databases);
  const ofTargets = here.filter(({ statefulset }) => statefulset && targets.includes(statefulset));
  const names = (ofTargets.length > 0 ? ofTargets : here).flatMap((one) => one.databases);
  return [...new Set(names)].slice(0, MOST).map((value) => ({ value, label: value }));
}

async function fromAction(
  worker: Worker,
  from: NonNullable<Param['from']>,
  namespace: string,
  runbook: Runbook,
  signal: AbortSignal,
): Promise<readonly Choice[]> {
  const action = worker.action(from.uses);
  if (!action || action.changes) return [];
  const call: Call = {
    params: action.params.parse(from.with),
    namespace,
    operation: '',
    incident: 0,
    signal,
    now: worker.now,
    reach: worker.reach,
    progress: () => undefined,
  };
  const out = (await Promise.race([
    (action as Action & { run(call: never): Promise<unknown> }).run(call as never),
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  ])) as Record<string, unknown>;
  const list = listOf(action);
  const items = list ? out[list.field] : undefined;
  if (!Array.isArray(items)) return [];
  const types = scopeTypes(runbook, -1, worker.knows.language.register, { item: from.uses });
  const incident = { id: 0, namespace, title: '', system: '', severity: 'SEV4' };
  return items.slice(0, MOST).map((item: unknown) => {
    const scope = { params: {}, incident, steps: {}, item };
    const value = evaluate('item.name', scope, types);
    return {
      value: typeof value === 'string' ? value : JSON.stringify(value),
      label: worker.redact(render(from.show, scope, types), { exact: true }),
    };
  });
}

async function named(
  worker: Worker,
  type: Param['type'],
  namespace: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (!type.startsWith('k8s/')) return [];
  const { apps, core, custom } = await connect({ reach: worker.reach, signal });
  const asked = { namespace, limit: MOST };
  const listed =
    type === 'k8s/deployment'
      ? apps.listNamespacedDeployment(asked)
      : type === 'k8s/statefulset'
        ? apps.listNamespacedStatefulSet(asked)
        : type === 'k8s/deploymentconfig'
          ? custom.listNamespacedCustomObject({
              ...asked,
              group: 'apps.openshift.io',
              version: 'v1',
              plural: 'deploymentconfigs',
            })
          : type === 'k8s/service'
            ? core.listNamespacedService(asked)
            : core.listNamespacedPod(asked);
  const { items } = (await listed) as { items: { metadata?: { name?: string } }[] };
  return items.flatMap(({ metadata }) => (metadata?.name ? [metadata.name] : []));
}
