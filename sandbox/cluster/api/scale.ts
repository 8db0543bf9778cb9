/** The `scale` subresource: how many pods a workload is asked to have, and how many it has. */
import { invalid } from './refusal.ts';
import { selectorText } from './selectors.ts';
import { isRecord, type Wire, type Workload } from './wire.ts';

/** At 0 the number is absent, as the real server leaves it out (facts: trap 7). */
export function asScale(object: Wire): Wire {
  const { spec, status } = object as Workload;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: spec.replicas > 0 ? { replicas: spec.replicas } : {},
    status: { replicas: Number(status['replicas'] ?? 0), selector: selectorText(spec.selector) },
  };
}

/** Throws a Refusal (422) for a negative number. */
export function replicasOfScale(scale: Wire): number {
  const spec = isRecord(scale['spec']) ? scale['spec'] : {};
  const replicas = Number(spec['replicas'] ?? 0);
  if (Number.isInteger(replicas) && replicas >= 0) return replicas;
  const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, scale.metadata.name, [
    { field: 'spec.replicas', message },
  ]);
}
