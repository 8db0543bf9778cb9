/** Writes events: one object per thing, reason and message, counted when it happens again. */
import { createHash } from 'node:crypto';
import { resourceOf } from './api/resources.ts';
import type { By, Store } from './api/store.ts';
import { type Wire, wireTime } from './api/wire.ts';

export interface Happening {
  readonly about: Wire;
  /** `spec.containers{web}` */
  readonly fieldPath?: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** `kubelet`, `deployment-controller`. */
  readonly from: string;
  readonly node?: string;
  /** How often it has happened by now, for a past that is told at once; first seen then. */
  readonly times?: { readonly count: number; readonly first: Date };
}

const resource = resourceOf('Event');
const by: By = { manager: 'kube-controller-manager', operation: 'Update' };

export function tell(store: Store, happening: Happening): void {
  const { about, type, reason, message, from, times } = happening;
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata;
  const key = createHash('sha256')
    .update(`${uid}/${happening.fieldPath ?? ''}/${reason}/${message}`)
    .digest('hex')
    .slice(0, 16);
  const event = `${name}.${key}`;
  const now = wireTime(store.now());
  if (store.get(resource, namespace, event)) {
    store.update(resource, { namespace, name: event }, by, (copy) => {
      copy['count'] = Number(copy['count'] ?? 1) + (times?.count ?? 1);
      copy['lastTimestamp'] = now;
    });
    return;
  }
  const source = { component: from, ...(happening.node ? { host: happening.node } : {}) };
  const involvedObject = {
    kind: about.kind,
    namespace: about.metadata.namespace,
    name,
    uid,
    apiVersion: about.apiVersion,
    resourceVersion,
    ...(happening.fieldPath ? { fieldPath: happening.fieldPath } : {}),
  };
  store.create(
    resource,
    {
      metadata: { name: event, namespace },
      involvedObject,
      type,
      reason,
      message,
      source,
      reportingComponent: from,
      reportingInstance: happening.node ?? '',
      count: times?.count ?? 1,
      firstTimestamp: times ? wireTime(times.first) : now,
      lastTimestamp: now,
      eventTime: null,
    },
    by,
  );
}
