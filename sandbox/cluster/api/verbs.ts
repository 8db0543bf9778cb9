/** Does what a request asks of a resource: get, list, create, update, patch, delete, status and scale. */
import { mustBeAllowed } from './access.ts';
import { type Answer, type Asked, mustExist } from './asked.ts';
import { setDefaults } from './defaults.ts';
import { deleteCollection, deleteOne } from './deleting.ts';
import { patched } from './patching.ts';
import { badRequest, invalid, noSuchResource, notFound, Refusal } from './refusal.ts';
import { type Address, readBody } from './request.ts';
import type { Resource } from './resources.ts';
import { asScale, replicasOfScale } from './scale.ts';
import type { By, Store } from './store.ts';
import { mustBeValid } from './validity.ts';
import { listOf, shown } from './watching.ts';
import { isRecord, type Manifest, type Wire } from './wire.ts';

/** The verb that RBAC knows a request by. */
export function verbOf(method: string, address: Pick<Address, 'name'>, watches: boolean): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return address.name === undefined ? 'deletecollection' : 'delete';
  }
  if (watches) return 'watch';
  return address.name === undefined ? 'list' : 'get';
}

export function mayAsk(
  store: Store,
  asked: Pick<Asked, 'method' | 'address' | 'resource' | 'who'>,
  watches: boolean,
): void {
  const { address, resource } = asked;
  const namespace = address.namespace ?? (resource.kind === 'Namespace' ? address.name : undefined);
  mustBeAllowed(store, asked.who, {
    verb: verbOf(asked.method, address, watches),
    group: resource.group,
    resource: resource.plural,
    ...(address.subresource ? { subresource: address.subresource } : {}),
    ...(namespace ? { namespace } : {}),
    ...(address.name ? { name: address.name } : {}),
  });
}

/** Throws a Refusal for everything that the real server refuses. The right to ask has been checked. */
export function act(store: Store, asked: Asked): Answer {
  const { address, resource, method, query } = asked;
  const { namespace, name, subresource } = address;
  if (subresource !== undefined && !resource.subresources.includes(subresource)) throw noSuchResource();
  if (method === 'GET') {
    if (name === undefined) {
      const wanted = { resource, version: address.version, namespace, query };
      return { code: 200, body: listOf(store, wanted) };
    }
    const found =
      subresource === 'scale'
        ? scaled(store, resource, namespace, name)
        : mustExist(store, resource, namespace, name);
    return {
      code: 200,
      body: subresource === 'scale' ? asScale(found) : shown(found, resource, address.version),
    };
  }
  const by = writerOf(asked);
  switch (method) {
    case 'POST':
      return subresource === 'binding' ? bind(store, asked, by) : create(store, asked, by);
    case 'PUT':
    case 'PATCH':
      return subresource === 'scale' ? rescale(store, asked, by) : change(store, asked, by);
    case 'DELETE':
      return name === undefined ? deleteCollection(store, asked, by) : deleteOne(store, asked, by, name);
  }
  throw new Refusal(
    405,
    'MethodNotAllowed',
    'the server does not allow this method on the requested resource',
    {},
  );
}

/** An absent object's scale is named as such. */
function scaled(store: Store, resource: Resource, namespace: string | undefined, name: string): Wire {
  const found = store.get(resource, namespace, name);
  if (!found) throw notFound({ ...resource, plural: `${resource.plural}/scale` }, name);
  return found;
}

/** Who writes: the asked field manager, else the program that the request names, as the real server takes it. */
function writerOf({ query, userAgent, address, contentType }: Asked): By {
  const dryRun = query.getAll('dryRun').filter((one) => one !== '');
  const faulty = dryRun.find((one) => one !== 'All');
  if (faulty !== undefined) {
    const message = `Unsupported value: []string{${JSON.stringify(faulty)}}: supported values: "All"`;
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [{ field: 'dryRun', message }]);
  }
  const applies = contentType.includes('apply-patch');
  const manager = query.get('fieldManager') ?? '';
  if (applies && manager === '') {
    const message = 'Required value: is required for apply patch';
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [{ field: 'fieldManager', message }]);
  }
  return {
    manager: manager || (userAgent.split('/')[0] ?? '') || 'unknown',
    operation: applies ? 'Apply' : 'Update',
    ...(address.subresource ? { subresource: address.subresource } : {}),
    ...(dryRun.length > 0 ? { dryRun: true } : {}),
  };
}

function create(store: Store, asked: Asked, by: By): Answer {
  const { address, resource } = asked;
  if (address.name !== undefined)
    throw new Refusal(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
      {},
    );
  const manifest = manifestOf(asked);
  checkPlace(asked, manifest, undefined);
  if (resource.namespaced && address.namespace !== undefined)
    mustHaveNamespace(store, asked.address.namespace ?? '');
  const object = { ...manifest, metadata: { ...manifest.metadata, namespace: address.namespace } } as Wire;
  if (!resource.namespaced) delete object.metadata.namespace;
  setDefaults(resource, object);
  mustBeValid(resource, object);
  if (resource.kind !== 'Namespace' && resource.subresources.includes('status') && resource.kind !== 'Node') {
    const fresh: Record<string, unknown> = {};
    setDefaults(resource, Object.assign(fresh, { ...object, status: undefined }));
    object['status'] = fresh['status'] ?? {};
  }
  return { code: 201, body: shown(store.create(resource, object, by), resource, address.version) };
}

function mustHaveNamespace(store: Store, namespace: string): void {
  if (!store.get('Namespace', undefined, namespace)) {
    throw new Refusal(404, 'NotFound', `namespaces "${namespace}" not found`, {
      name: namespace,
      kind: 'namespaces',
    });
  }
}

function manifestOf(asked: Asked): Manifest {
  const body = readBody(asked.body, asked.contentType);
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  return { ...body, metadata };
}

function checkPlace({ address, resource }: Asked, manifest: Manifest, name: string | undefined): void {
  const { metadata } = manifest;
  if (name !== undefined && metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (resource.namespaced && metadata.namespace && metadata.namespace !== address.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** PUT and PATCH of an object or of its status. */
function change(store: Store, asked: Asked, by: By): Answer {
  const { address, resource, query } = asked;
  const { namespace, name = '' } = address;
  const before = store.get(resource, namespace, name);
  if (!before) {
    if (by.operation === 'Apply') return create(store, { ...asked, address: withoutName(address) }, by);
    throw notFound(resource, name);
  }
  const whole =
    asked.method === 'PUT'
      ? { next: manifestOf(asked) as Wire, applied: undefined }
      : patched(asked, before, by, query);
  checkPlace(asked, whole.next, name);
  const next = scoped(before, whole.next, address.subresource);
  const { uid, resourceVersion } = whole.next.metadata;
  const expected = resourceVersion ? versionIn(resourceVersion) : undefined;
  const result = store.update(
    resource,
    { namespace, name, expected },
    { ...by, ...(whole.applied === undefined ? {} : { applied: whole.applied }) },
    () => {
      if (uid && uid !== before.metadata.uid) {
        const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
        throw invalid(resource, name, [{ field: 'metadata.uid', message }]);
      }
      setDefaults(resource, next);
      mustBeValid(resource, next, before);
      return next;
    },
  );
  return { code: 200, body: shown(result, resource, address.version) };
}

function versionIn(text: string): string {
  if (/^\d+$/.test(text)) return text;
  throw new Refusal(500, undefined, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function withoutName(address: Address): Address {
  const { name: _name, ...rest } = address;
  return rest;
}

/** A write to the object leaves its status alone, one to its status everything else but labels and annotations. */
function scoped(before: Wire, next: Wire, subresource: string | undefined): Wire {
  const metadata = { ...before.metadata, ...next.metadata, name: before.metadata.name };
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    delete metadata[field];
    if (before.metadata[field] !== undefined) Object.assign(metadata, { [field]: before.metadata[field] });
  }
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const) {
    if (next.metadata[field] === undefined) delete metadata[field];
  }
  if (subresource === 'status') return { ...before, metadata, status: next['status'] };
  const hasStatus = before['status'] !== undefined;
  const { status: _status, ...rest } = next;
  return { ...rest, metadata, ...(hasStatus ? { status: before['status'] } : {}) };
}

function rescale(store: Store, asked: Asked, by: By): Answer {
  const { address, resource } = asked;
  const { namespace, name = '' } = address;
  const before = scaled(store, resource, namespace, name);
  const scale = asScale(before);
  const next =
    asked.method === 'PUT' ? (manifestOf(asked) as Wire) : patched(asked, scale, by, asked.query).next;
  checkPlace(asked, next, name);
  const replicas = replicasOfScale(next);
  const expected = next.metadata.resourceVersion || undefined;
  const result = store.update(resource, { namespace, name, expected }, by, (copy) => {
    (copy['spec'] as Record<string, unknown>)['replicas'] = replicas;
  });
  return { code: 200, body: asScale(result) };
}

function bind(store: Store, asked: Asked, by: By): Answer {
  const { resource, address } = asked;
  const target = manifestOf(asked)['target'];
  store.update(resource, { namespace: address.namespace, name: address.name ?? '' }, by, (copy) => {
    (copy['spec'] as Record<string, unknown>)['nodeName'] = isRecord(target) ? target['name'] : undefined;
  });
  return {
    code: 201,
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 },
  };
}
