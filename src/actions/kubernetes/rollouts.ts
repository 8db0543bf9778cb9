/** Rollouts of Deployments and StatefulSets: what image came after which, and when. */
import type { V1ControllerRevision, V1ReplicaSet } from '@kubernetes/client-node';

export interface Change {
  readonly at: Date;
  readonly what: string;
}

interface Step {
  readonly owner: string;
  readonly revision: number;
  readonly at: Date;
  readonly images: readonly string[];
}

/** Each ReplicaSet is one rollout of its Deployment; images are compared with the revision before. */
export function deploymentRollouts(sets: readonly V1ReplicaSet[], since: Date): Change[] {
  const steps = sets.flatMap((set) => {
    const owner = set.metadata?.ownerReferences?.find((r) => r.controller && r.kind === 'Deployment')?.name;
    if (!owner) return [];
    return [
      {
        owner: `Deployment ${owner}`,
        revision: Number(set.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
        at: new Date(set.metadata?.creationTimestamp ?? 0),
        images: (set.spec?.template?.spec?.containers ?? []).map((c) => c.image ?? ''),
      },
    ];
  });
  return rollouts(steps, since);
}

/** Each ControllerRevision is one template of its StatefulSet. */
export function statefulSetRollouts(revisions: readonly V1ControllerRevision[], since: Date): Change[] {
  const steps = revisions.flatMap((one) => {
    const owner = one.metadata?.ownerReferences?.find((r) => r.controller && r.kind === 'StatefulSet')?.name;
    if (!owner) return [];
    const data = one.data as
      | { spec?: { template?: { spec?: { containers?: readonly { image?: string }[] } } } }
      | undefined;
    return [
      {
        owner: `StatefulSet ${owner}`,
        revision: one.revision,
        at: new Date(one.metadata?.creationTimestamp ?? 0),
        images: (data?.spec?.template?.spec?.containers ?? []).map((c) => c.image ?? ''),
      },
    ];
  });
  return rollouts(steps, since);
}

/**
 * A rollback uses an old one again under a new number, so its time of making is older than the one before it: its own
 * time is not known, and it is reported at the time of the newest that it came after.
 */
function rollouts(steps: readonly Step[], since: Date): Change[] {
  const changes: Change[] = [];
  for (const [owner, own] of Map.groupBy(steps, (step) => step.owner)) {
    const ordered = [...own].sort((a, b) => a.revision - b.revision);
    for (const [i, step] of ordered.entries()) {
      const before = ordered[i - 1];
      const back = before !== undefined && step.at < before.at;
      const at = back ? before.at : step.at;
      if (at < since) continue;
      changes.push({ at, what: words(owner, step, before, back) });
    }
  }
  return changes;
}

function words(owner: string, step: Step, before: Step | undefined, back: boolean): string {
  const images = step.images.join(', ');
  if (!before) return `${owner} made with image ${images}`;
  const old = before.images.join(', ');
  const verb = back ? 'rolled back after this' : 'rolled out';
  return old === images
    ? `${owner} ${verb}, same image ${images}`
    : `${owner} ${verb}: image ${old} -> ${images}`;
}
