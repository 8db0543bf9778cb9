/** The templates that a workload had before: ReplicaSets of a Deployment, ControllerRevisions of a StatefulSet. */
import type { V1ControllerRevision, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { canonical, sha256 } from '../../incidents/hash.ts';
import { ActionFailed } from '../action.ts';
import type { Cluster } from './client.ts';
import type { LiveWorkload } from './live-workload.ts';
import { CONTROLLER_REVISION, listObjects, REPLICA_SET } from './objects.ts';
import { asked } from './status-error.ts';
import type { AppsKind } from './workload-object.ts';

export interface Revision {
  readonly number: number;
  /** The ReplicaSet's or ControllerRevision's. */
  readonly name: string;
  readonly template: V1PodTemplateSpec;
}

/** Newest first. Those that the cluster has already thrown away (its history limit) are missing. */
export async function revisionsOf(cluster: Cluster, live: LiveWorkload, kind: AppsKind): Promise<Revision[]> {
  const namespace = live.metadata.namespace ?? '';
  const name = live.metadata.name ?? '';
  const own = (metadata: V1ReplicaSet['metadata']) =>
    (metadata?.ownerReferences ?? []).some((one) => one.controller && one.uid === live.metadata.uid);
  const found: Revision[] = [];
  switch (kind) {
    case 'deployment':
      for (const set of await asked(
        `listing the ReplicaSets of ${name}`,
        listObjects<V1ReplicaSet>(cluster, REPLICA_SET, namespace),
      )) {
        const number = Number(set.metadata?.annotations?.['deployment.kubernetes.io/revision']);
        if (own(set.metadata) && Number.isInteger(number) && set.spec?.template)
          found.push({ number, name: set.metadata?.name ?? '', template: withoutHash(set.spec.template) });
      }
      break;
    case 'statefulset':
      for (const one of await asked(
        `listing the ControllerRevisions of ${name}`,
        listObjects<V1ControllerRevision>(cluster, CONTROLLER_REVISION, namespace),
      )) {
        const data = one.data as
          | { spec?: { template?: V1PodTemplateSpec & { $patch?: string } } }
          | undefined;
        const { $patch: _, ...template } = data?.spec?.template ?? {};
        if (own(one.metadata) && data?.spec?.template)
          found.push({ number: one.revision, name: one.metadata?.name ?? '', template });
      }
      break;
  }
  return found.sort((a, b) => b.number - a.number);
}

/** The label that the Deployment's controller adds to each ReplicaSet's pods. */
function withoutHash(template: V1PodTemplateSpec): V1PodTemplateSpec {
  const { 'pod-template-hash': _, ...labels } = template.metadata?.labels ?? {};
  return Object.assign({}, template, { metadata: Object.assign({}, template.metadata, { labels }) });
}

/** The revision that the workload is at; undefined while its controller has not seen the newest template. */
export function presentRevision(live: LiveWorkload, all: readonly Revision[]): Revision | undefined {
  if ((live.status?.observedGeneration ?? 0) < (live.metadata.generation ?? 0)) return undefined;
  const number = Number(live.metadata.annotations?.['deployment.kubernetes.io/revision']);
  return all.find((one) => one.name === live.status?.updateRevision || one.number === number);
}

/** Without the creationTimestamp that some places add as null: it says nothing. */
export function plain(template: V1PodTemplateSpec | undefined): V1PodTemplateSpec {
  const { creationTimestamp: _, ...metadata } = template?.metadata ?? {};
  return Object.assign({}, template, { metadata });
}

/** Of the whole template, to tell whether it is still the same. */
export function templateHash(live: LiveWorkload): string {
  return sha256(canonical(plain(live.spec?.template)));
}

/** The one to go back to: that of this number, or the newest before the present one. Throws in words. */
export function revisionToUse(
  live: LiveWorkload,
  all: readonly Revision[],
  present: Revision | undefined,
  wanted: number | undefined,
): Revision {
  const what = live.metadata.name ?? '';
  const numbers = all.map((one) => one.number).join(', ') || 'none';
  if (wanted !== undefined) {
    const found = all.find((one) => one.number === wanted);
    if (found) return found;
    throw new ActionFailed(`${what} has no revision ${wanted} any more. The cluster still has: ${numbers}.`, {
      nothingHappened: true,
    });
  }
  const before = all.find((one) => one !== present && (present === undefined || one.number < present.number));
  if (before) return before;
  throw new ActionFailed(
    `${what} has no earlier revision to go back to. The cluster still has: ${numbers}. Apply a manifest instead.`,
    { nothingHappened: true },
  );
}
