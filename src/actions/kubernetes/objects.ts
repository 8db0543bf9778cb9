/** Objects of any kind as the API server's own JSON: nothing that this client does not know is lost on the way. */
import type { RequestContext, V1ObjectMeta } from '@kubernetes/client-node';
import { type Cluster, FIELD_MANAGER } from './client.ts';

/** Where the API server keeps objects of one kind. */
export interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly plural: string;
}

const kind = (apiVersion: string, name: string, plural: string): Kind => ({
  kind: name,
  apiVersion,
  plural,
});

export const POD = kind('v1', 'Pod', 'pods');
export const SERVICE = kind('v1', 'Service', 'services');
export const CONFIG_MAP = kind('v1', 'ConfigMap', 'configmaps');
export const SERVICE_ACCOUNT = kind('v1', 'ServiceAccount', 'serviceaccounts');
export const SECRET = kind('v1', 'Secret', 'secrets');
export const CLAIM = kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims');
export const DEPLOYMENT = kind('apps/v1', 'Deployment', 'deployments');
export const STATEFUL_SET = kind('apps/v1', 'StatefulSet', 'statefulsets');
/** OpenShift's own; its pods come through ReplicationControllers. */
export const DEPLOYMENT_CONFIG = kind('apps.openshift.io/v1', 'DeploymentConfig', 'deploymentconfigs');
/** OpenShift's own: how a Service is reached from outside. */
export const ROUTE = kind('route.openshift.io/v1', 'Route', 'routes');
export const REPLICA_SET = kind('apps/v1', 'ReplicaSet', 'replicasets');
export const CONTROLLER_REVISION = kind('apps/v1', 'ControllerRevision', 'controllerrevisions');
export const ROLE_BINDING = kind('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings');
export const VOLUME_ATTACHMENT = kind('storage.k8s.io/v1', 'VolumeAttachment', 'volumeattachments');

/** An object as JSON. Times in it are texts, whatever the client's own types say. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: V1ObjectMeta;
}

/** The same object with something else in its metadata. */
export function withMetadata<T extends KubeObject, M extends object>(object: T, change: M) {
  return Object.assign({}, object, { metadata: Object.assign({}, object.metadata, change) });
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
}

/** An answer that is no success, in the shape that status-error.ts reads. */
class Answered extends Error {
  readonly code: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: number, body: string, headers: Readonly<Record<string, string>>) {
    super(`HTTP ${code}`);
    this.name = 'Answered';
    this.code = code;
    this.body = body;
    this.headers = headers;
  }
}

/** `/apis/apps/v1/namespaces/prod/deployments/web`; without a namespace for what belongs to the whole cluster. */
export function pathOf(of: Kind, namespace: string | undefined, name?: string): string {
  const root = of.apiVersion.includes('/') ? `/apis/${of.apiVersion}` : `/api/${of.apiVersion}`;
  const within = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${within}/${of.plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** One request with JSON in both directions. Throws what `asked` of status-error.ts turns into words. */
export async function send<T>(cluster: Cluster, request: Request): Promise<T> {
  const { configuration, signal } = cluster;
  const context: RequestContext = configuration.baseServer.makeRequestContext(request.path, request.method);
  context.setHeaderParam('Accept', 'application/json');
  for (const [name, value] of Object.entries(request.query ?? {})) context.setQueryParam(name, value);
  if (request.body !== undefined) {
    context.setHeaderParam('Content-Type', request.contentType ?? 'application/json');
    context.setBody(JSON.stringify(request.body));
  }
  context.setSignal(signal);
  await configuration.authMethods.default?.applySecurityAuthentication(context);
  const answer = await configuration.httpApi.send(context).toPromise();
  const text = await answer.body.text();
  if (answer.httpStatusCode < 200 || answer.httpStatusCode > 299)
    throw new Answered(answer.httpStatusCode, text, answer.headers);
  return JSON.parse(text) as T;
}

export async function readObject<T extends object = KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string | undefined,
  name: string,
): Promise<T> {
  return await send<T>(cluster, { method: 'GET', path: pathOf(of, namespace, name) });
}

/** All of a kind, or those that the selectors leave. */
export async function listObjects<T extends object = KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string | undefined,
  query: Readonly<Record<string, string>> = {},
): Promise<T[]> {
  const list = await send<{ items?: T[] }>(cluster, { method: 'GET', path: pathOf(of, namespace), query });
  return list.items ?? [];
}

interface Writing {
  /** The server checks rights, admission and validity, and stores nothing. */
  readonly dryRun?: boolean;
}

const writing = (options: Writing): Record<string, string> => ({
  fieldManager: FIELD_MANAGER,
  ...(options.dryRun ? { dryRun: 'All' } : {}),
});

/** A JSON merge patch: lists are replaced whole, null removes. It is the one kind that every API accepts. */
export async function mergeObject<T extends KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
  body: unknown,
  options: Writing = {},
): Promise<T> {
  return await send<T>(cluster, {
    method: 'PATCH',
    path: pathOf(of, namespace, name),
    query: writing(options),
    body,
    contentType: 'application/merge-patch+json',
  });
}

/** Fails with 409 when there is one of this name: of two makers one is refused. */
export async function createObject<T extends KubeObject>(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  body: KubeObject,
  options: Writing = {},
): Promise<T> {
  return await send<T>(cluster, {
    method: 'POST',
    path: pathOf(of, namespace),
    query: writing(options),
    body,
  });
}

export interface Deleting extends Writing {
  /** 409 unless the object is still this one. */
  readonly uid: string;
  /** 409 unless nobody has written it since. */
  readonly resourceVersion?: string;
  readonly graceSeconds?: number;
}

/** Everything stands in the body: with a body the same values in the address are ignored (facts: kubernetes, 5). */
export async function deleteObject(
  cluster: Cluster,
  of: Kind,
  namespace: string,
  name: string,
  how: Deleting,
): Promise<void> {
  const { uid, resourceVersion } = how;
  await send(cluster, {
    method: 'DELETE',
    path: pathOf(of, namespace, name),
    body: {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid, ...(resourceVersion ? { resourceVersion } : {}) },
      propagationPolicy: 'Background',
      ...(how.graceSeconds === undefined ? {} : { gracePeriodSeconds: how.graceSeconds }),
      ...(how.dryRun ? { dryRun: ['All'] } : {}),
    },
  });
}
