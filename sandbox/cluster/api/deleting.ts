/** Deletes objects: at once, after a pod's grace period, or when their finalizers are gone. */

import { type Answer, type Asked, mustExist } from './asked.ts';
import { preconditionFailed } from './refusal.ts';
import { readBody } from './request.ts';
import { type Resource, resourceOf } from './resources.ts';
import type { By, Store } from './store.ts';
import { matcherOf, shown } from './watching.ts';
import { isRecord, type Pod, type Wire, wireTime } from './wire.ts';

interface Options {
  readonly grace: number | undefined;
  readonly orphan: boolean;
  readonly uid: string | undefined;
  readonly version: string | undefined;
  readonly dryRun: boolean;
}

function optionsOf(asked: Asked, by: By): Options {
  const body = asked.body.trim() === '' ? undefined : readBody(asked.body, asked.contentType);
  const preconditions = isRecord(body?.['preconditions']) ? body['preconditions'] : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  // With a body the address's values are not looked at (facts: trap 5).
  const grace = body ? body['gracePeriodSeconds'] : (asked.query.get('gracePeriodSeconds') ?? undefined);
  const policy = body ? body['propagationPolicy'] : asked.query.get('propagationPolicy');
  return {
    grace: grace === undefined || grace === null ? undefined : Number(grace),
    orphan: policy === 'Orphan' || body?.['orphanDependents'] === true,
    uid: text(preconditions['uid']),
    version: text(preconditions['resourceVersion']),
    dryRun: body ? [body['dryRun']].flat().includes('All') : by.dryRun === true,
  };
}

export function deleteOne(store: Store, asked: Asked, by: By, name: string): Answer {
  const { resource, address } = asked;
  const options = optionsOf(asked, by);
  const object = mustExist(store, resource, address.namespace, name);
  const { uid, resourceVersion } = object.metadata;
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw preconditionFailed(resource, name, why);
  }
  if (options.version !== undefined && options.version !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.version}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw preconditionFailed(resource, name, why);
  }
  const left = options.dryRun ? undefined : take(store, resource, object, by, options);
  if (left || resource.kind === 'Pod')
    return { code: 200, body: shown(left ?? object, resource, address.version) };
  const details = { name, ...(resource.group ? { group: resource.group } : {}), kind: resource.plural, uid };
  return { code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details } };
}

export function deleteCollection(store: Store, asked: Asked, by: By): Answer {
  const { resource, address, query } = asked;
  const options = optionsOf(asked, by);
  const matches = matcherOf({ resource, version: address.version, namespace: address.namespace, query });
  const all = store.list(resource, address.namespace).filter(matches);
  if (!options.dryRun) for (const object of all) take(store, resource, object, by, options);
  return {
    code: 200,
    body: {
      kind: `${resource.kind}List`,
      apiVersion: all[0]?.apiVersion ?? 'v1',
      metadata: { resourceVersion: String(store.newest) },
      items: all,
    },
  };
}

/** What is left of the object for now; undefined when it is gone. */
function take(
  store: Store,
  resource: Resource,
  object: Wire,
  by: By,
  options: Pick<Options, 'grace' | 'orphan'>,
): Wire | undefined {
  const { namespace, name, finalizers = [], uid } = object.metadata;
  if (options.orphan) orphan(store, uid, by);
  const grace = resource.kind === 'Pod' ? graceOf(object as Pod, options.grace) : 0;
  const waits = grace > 0 || finalizers.length > 0 || resource.kind === 'Namespace';
  if (!waits) {
    store.remove(resource, namespace, name);
    return undefined;
  }
  return store.update(resource, { namespace, name }, by, (copy) => {
    const ends = new Date(store.now().getTime() + grace * 1000);
    if ((copy.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY) > grace) {
      copy.metadata.deletionTimestamp = wireTime(ends);
      copy.metadata.deletionGracePeriodSeconds = grace;
    }
    if (resource.kind === 'Namespace') copy['status'] = { phase: 'Terminating' };
  });
}

/** A pod that no node has, or that has ended, goes at once. */
function graceOf(pod: Pod, asked: number | undefined): number {
  if (!pod.spec.nodeName || ['Succeeded', 'Failed'].includes(pod.status.phase ?? '')) return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}

function orphan(store: Store, uid: string, by: By): void {
  for (const resource of DEPENDENTS) {
    for (const one of store.list(resource)) {
      if (!one.metadata.ownerReferences?.some((owner) => owner.uid === uid)) continue;
      const { namespace, name } = one.metadata;
      store.update(resourceOf(one.kind), { namespace, name }, by, (copy) => {
        const rest = (copy.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid);
        if (rest.length > 0) copy.metadata.ownerReferences = rest;
        else delete copy.metadata.ownerReferences;
      });
    }
  }
}

/** As the garbage collector deletes a dependent: in the background, with a pod's own grace period. */
export function collect(store: Store, resource: Resource, object: Wire, by: By): void {
  if (object.metadata.deletionTimestamp === undefined)
    take(store, resource, object, by, { grace: undefined, orphan: false });
}

/** The kinds that something may own. */
export const DEPENDENTS = [
  'ReplicaSet',
  'Pod',
  'ControllerRevision',
  'EndpointSlice',
  'Endpoints',
  'Job',
] as const;
