/** The one object that `k8s.apply` is about: found in a manifest of the runbooks' folder, or in a capture. */
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { fromCapture } from './capture.ts';
import { CONFIG_MAP, DEPLOYMENT, type Kind, type KubeObject, SERVICE, STATEFUL_SET } from './objects.ts';

/** Never Secrets, roles, or what belongs to the whole cluster. */
export const appliedKind = z.enum(['deployment', 'statefulset', 'service', 'configmap']);

const KINDS: Readonly<Record<z.output<typeof appliedKind>, Kind>> = {
  deployment: DEPLOYMENT,
  statefulset: STATEFUL_SET,
  service: SERVICE,
  configmap: CONFIG_MAP,
};

export const manifestPath = z
  .string()
  .max(200)
  .regex(
    /^[\w][\w.-]*(\/[\w][\w.-]*)*\.ya?ml$/,
    'A path of a .yaml file below manifests/, such as postgres/deployment.yaml.',
  );

export type Applied = KubeObject & Record<string, unknown>;

interface Wanted {
  readonly kind: z.output<typeof appliedKind>;
  readonly name: string;
  readonly manifest?: string | undefined;
  readonly capture?: string | undefined;
}

/** Throws in words when there is no such file, it cannot be read, or holds no such object for this namespace. */
export async function manifestOf(
  call: Pick<Call, 'reach' | 'namespace'>,
  wanted: Wanted,
): Promise<{ of: Kind; object: Applied; from: string }> {
  const of = KINDS[wanted.kind];
  const { name } = wanted;
  const what = `${of.kind} ${name}`;
  if ((wanted.manifest === undefined) === (wanted.capture === undefined))
    throw refused(`Say where ${what} comes from: either a manifest or a capture.`);
  const [all, from] =
    wanted.capture === undefined
      ? [await inFolder(call, wanted.manifest ?? ''), `manifests/${wanted.manifest}`]
      : [[fromCapture(wanted.capture)], 'what was captured'];
  const found = all.filter((one) => one.kind === of.kind && one.metadata?.name === name);
  const [object] = found;
  if (!object || found.length > 1)
    throw refused(`${from} holds ${found.length === 0 ? 'no' : 'more than one'} ${what}.`);
  if (object.apiVersion !== of.apiVersion)
    throw refused(`${what} in ${from} is ${object.apiVersion}; only ${of.apiVersion} is applied here.`);
  const { namespace } = object.metadata;
  if (namespace !== undefined && namespace !== call.namespace)
    throw refused(`${what} in ${from} is for the namespace ${namespace}, not for ${call.namespace}.`);
  const { uid: _, resourceVersion: __, ...metadata } = object.metadata;
  return {
    of,
    object: { ...withProtocol(object), metadata: { ...metadata, namespace: call.namespace } },
    from,
  };
}

async function inFolder(call: Pick<Call, 'reach'>, path: string): Promise<Applied[]> {
  const text = await call.reach.manifest?.(path);
  if (text === undefined) throw refused(`There is no manifests/${path} in the runbooks' folder.`);
  const documents = parseAllDocuments(text);
  const all: Applied[] = [];
  for (const document of documents) {
    const problem = document.errors[0];
    if (problem) throw refused(`manifests/${path} cannot be read: ${problem.message.split('\n')[0]}`);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (typeof value === 'object' && value !== null && 'metadata' in value) all.push(value as Applied);
  }
  return all;
}

function refused(says: string): ActionFailed {
  return new ActionFailed(says, { nothingHappened: true });
}

/**
 * Ports with the protocol that the API takes anyway: a 1.20 server answers 500 to a server-side apply of a Service whose
 * ports leave it out ("omits key field protocol", measured).
 */
function withProtocol<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withProtocol) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === 'ports' && Array.isArray(one)
        ? one.map((port: unknown) =>
            typeof port === 'object' && port !== null ? { protocol: 'TCP', ...port } : port,
          )
        : withProtocol(one),
    ]),
  ) as T;
}
