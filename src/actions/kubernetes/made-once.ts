/** An object that an operation makes under a name of its own: of two makers the API server refuses one. */
import type { V1ObjectMeta } from '@kubernetes/client-node';
import type { Call, ChangingCall, Happened } from '../action.ts';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import { beforeAnyWrite, mustBeOurs, notTooLate } from './guarded-write.ts';
import {
  createObject,
  type Kind,
  type KubeObject,
  listObjects,
  readObject,
  withMetadata,
} from './objects.ts';
import { operationsOn, traceOf } from './operation-trace.ts';
import { asked, askedIfThere, inWords, statusCode } from './status-error.ts';

/** For the guard of an action that makes an object by `makeOnce`. */
export const MADE_ONCE =
  'The object is made under a name that carries the incident, and of two makers of one name the API server refuses the ' +
  'second (409). It holds the id of the operation that made it.';

/** Labels of everything that an incident makes, so that a person finds it: `kubectl get … -l handrail.dev/incident=7`. */
export function incidentLabels(call: Pick<Call, 'incident'>): Record<string, string> {
  return { 'handrail.dev/incident': String(call.incident) };
}

/** Finds an object by its name; undefined when it is not there. */
type Look = <T extends KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
) => Promise<T | undefined>;

const byGet: Look = (cluster, of, namespace, name) =>
  askedIfThere(`looking for ${of.kind} ${name}`, readObject(cluster, of, namespace, name));

/** With the right to list only: where the right to get is for another object of the kind. */
export const byList: Look = async <T extends KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
) => {
  const query = { fieldSelector: `metadata.name=${name}` };
  const found = await asked(`looking for ${of.kind} ${name}`, listObjects<T>(cluster, of, namespace, query));
  return found[0];
};

/** Throws in words when there is one of this name. */
export async function mustBeAbsent(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
  remedy: string,
  look: Look = byGet,
): Promise<void> {
  const what = `${of.kind} ${name}`;
  const there = await look<KubeObject>(cluster, of, namespace, name);
  if (there) {
    throw new ActionFailed(`There is a ${what} already. ${remedy}`, {
      planChanged: true,
      nothingHappened: true,
    });
  }
}

/** Makes it, with the operation's trace on it. One that carries our own operation already was made by this call. */
export async function makeOnce<T extends KubeObject>(
  cluster: Cluster,
  call: ChangingCall<object>,
  of: Kind,
  body: KubeObject & { readonly metadata: V1ObjectMeta & { readonly name: string } },
  look: Look = byGet,
): Promise<T> {
  const { name } = body.metadata;
  const what = `${of.kind} ${name}`;
  const doing = `making ${what}`;
  const present = () => look<T>(cluster, of, call.namespace, name);
  const there = await beforeAnyWrite(present());
  if (there) return ours(call, what, there);
  await mustBeOurs(call);
  notTooLate(call, what);
  const annotations = {
    ...body.metadata.annotations,
    ...traceOf(call.operation, call.incident, call.now(), undefined),
  };
  const marked = withMetadata(body, { annotations });
  try {
    return await createObject<T>(cluster, of, call.namespace, marked);
  } catch (error) {
    const other = statusCode(error) === 409 ? await present() : undefined;
    if (!other) throw inWords(error, doing);
    return ours(call, what, other);
  }
}

function ours<T extends KubeObject>(call: ChangingCall<object>, what: string, there: T): T {
  if (operationsOn(there.metadata.annotations).includes(call.operation)) return there;
  throw new ActionFailed(`There is a ${what} already: somebody was faster. Look at it, then plan again.`, {
    planChanged: true,
    nothingHappened: true,
  });
}

/**
 * Made: it is there and names our operation. Not made: it is not there, so making it is safe: a request still on its
 * way and a second one cannot both make it. Another one of this name: nobody can tell.
 */
export async function wasMade(
  cluster: Cluster,
  call: ChangingCall<object>,
  of: Kind,
  name: string,
  look: Look = byGet,
): Promise<Happened> {
  const there = await look<KubeObject>(cluster, of, call.namespace, name);
  if (!there) return 'not made';
  return operationsOn(there.metadata.annotations).includes(call.operation) ? 'made' : 'cannot tell';
}
