/** Patroni's store where it is the Kubernetes API: the objects that hold its settings and its last known position. */
import type { Call } from '../action.ts';
import { type Cluster, connect } from '../kubernetes/client.ts';
import { CONFIG_MAP, type Kind, type KubeObject, mergeObject, readObject } from '../kubernetes/objects.ts';
import { askedIfThere, inWords, note, statusCode } from '../kubernetes/status-error.ts';
import type { Observed } from './observe.ts';

export const ENDPOINTS: Kind = { kind: 'Endpoints', apiVersion: 'v1', plural: 'endpoints' };

export interface StoreObject {
  readonly of: Kind;
  readonly object: KubeObject;
}

/** Labels that images and operators give a cluster's name by (Spilo, Patroni's own examples, Crunchy). */
const NAMING = ['cluster-name', 'cluster', 'postgres-operator.crunchydata.com/patroni', 'patroni-cluster'];

/**
 * What the scope may be called, the likeliest first: members that answer say it; else the pods' labels and environment;
 * else the StatefulSet's name.
 */
export function scopesOf(seen: Pick<Observed, 'members' | 'statefulset'>): string[] {
  const said = seen.members.flatMap((member) => member.own?.patroni?.scope ?? []);
  const pods = seen.members.flatMap(({ pod }) => (pod ? [pod] : []));
  const labels = pods.flatMap((pod) => NAMING.flatMap((key) => pod.metadata?.labels?.[key] ?? []));
  const variables = pods.flatMap((pod) =>
    (pod.spec?.containers ?? []).flatMap(({ env = [] }) =>
      env.flatMap((one) => (/^(PATRONI_)?SCOPE$/.test(one.name) && one.value ? [one.value] : [])),
    ),
  );
  if (said.length > 0) return [...new Set(said)];
  return [...new Set([...variables, ...labels, ...seen.statefulset.split(', ')])].slice(0, 4);
}

/**
 * How far the leader had written when it last said so: a lower bound on what exists, up to one loop old (annotation
 * `optime` of Endpoints `<scope>` or ConfigMap `<scope>-leader`). Undefined when the store is not Kubernetes.
 */
export async function publishedPosition(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  scopes: readonly string[],
  unknowns: string[],
): Promise<bigint | undefined> {
  const cluster = await connect(call);
  const { namespace } = call;
  const annotated = await Promise.all(
    scopes
      .flatMap((scope) => [
        { of: ENDPOINTS, name: scope },
        { of: CONFIG_MAP, name: `${scope}-leader` },
      ])
      .map(async ({ of, name }) => {
        try {
          const found = await askedIfThere(
            `reading ${of.kind} ${name}`,
            readObject(cluster, of, namespace, name),
          );
          return found?.metadata.annotations?.['optime'];
        } catch {
          note(
            unknowns,
            `${of.kind} ${name} could not be read: Patroni's last known position is not known from there`,
          );
          return undefined;
        }
      }),
  );
  const positions = annotated.flatMap((text) => (/^\d+$/.test(text ?? '') ? [BigInt(text ?? 0)] : []));
  return positions.toSorted((a, b) => (a < b ? 1 : -1))[0];
}

/**
 * The object whose annotation `config` holds the cluster's settings, found by a dry run of writing it: so the server has
 * also said that this account may. Undefined when there is none: the store is not Kubernetes, or has another scope.
 */
export async function settingsObject(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  scopes: readonly string[],
): Promise<StoreObject | { readonly forbidden: unknown } | undefined> {
  const cluster = await connect(call);
  let forbidden: unknown;
  for (const scope of scopes) {
    for (const kind of [ENDPOINTS, CONFIG_MAP]) {
      try {
        const object = await tried(cluster, kind, call.namespace, `${scope}-config`);
        if (object && settingsIn(object)) return { of: kind, object };
      } catch (error) {
        if (statusCode(error) !== 403)
          throw inWords(error, `looking for Patroni's settings in ${scope}-config`);
        forbidden ??= error;
      }
    }
  }
  return forbidden === undefined ? undefined : { forbidden };
}

/**
 * The object as it is, or undefined when there is none: asked as a dry run of writing it, so that one right is enough.
 */
export async function tried(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  try {
    return await mergeObject(
      cluster,
      of,
      namespace,
      name,
      { metadata: { annotations: {} } },
      { dryRun: true },
    );
  } catch (error) {
    if (statusCode(error) === 404) return undefined;
    throw error;
  }
}

/** The settings in an object's annotation; undefined when it has none that can be read. */
export function settingsIn(object: KubeObject): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(object.metadata.annotations?.['config'] ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
