/** `k8s.probes`: how a container of a workload is probed: after how many seconds without an answer it counts as failed. */
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { kubectl, word } from './by-hand.ts';
import { connect } from './client.ts';
import { containerOf, isRolledOut, readLive } from './live-workload.ts';
import { GET_WORKLOAD } from './rights.ts';
import { workloadKind } from './workload-object.ts';

const seconds = () => z.int().meta({ format: 'seconds' });

export const probeName = z.enum(['readiness', 'liveness', 'startup']);
export type ProbeName = z.output<typeof probeName>;

/** What the cluster takes when the manifest says nothing. */
export const DEFAULT_TIMEOUT_SECONDS = 1;

export const probes = reading({
  name: 'k8s.probes',
  version: 1,
  params: z.object({
    workload: z.string().min(1),
    kind: workloadKind.default('deployment'),
    container: z.string().min(1).optional(),
    probe: probeName.default('readiness'),
  }),
  output: z.object({
    container: z.string(),
    /** Those that the container has. */
    has: z.array(probeName),
    /** It has the one that was asked for; without it the numbers are 0. */
    found: z.boolean(),
    timeout_seconds: seconds(),
    period_seconds: seconds(),
    /** After how many failures in a row. */
    failures: z.int(),
    /** The newest template runs in every pod, and all are ready. */
    complete: z.boolean(),
  }),
  rights: { kubernetes: [...GET_WORKLOAD], postgres: [] },
  byHand: (params, namespace) => [
    kubectl(
      namespace,
      `get ${word(params.kind, 'deployment')} ${word(params.workload, '<workload>')} -o yaml | grep -A12 Probe`,
    ),
  ],
  async run(call) {
    const { workload, kind, container, probe } = call.params;
    const live = await readLive(await connect(call), call.namespace, workload, kind);
    const found = containerOf(live, container);
    const asked = probeOf(found, probe);
    return {
      container: found.name,
      has: probeName.options.filter((name) => probeOf(found, name) !== undefined),
      found: asked !== undefined,
      timeout_seconds: asked ? (asked.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) : 0,
      period_seconds: asked ? (asked.periodSeconds ?? 10) : 0,
      failures: asked ? (asked.failureThreshold ?? 3) : 0,
      complete: isRolledOut(live),
    };
  },
});

export function probeOf(container: V1Container, probe: ProbeName): V1Probe | undefined {
  switch (probe) {
    case 'readiness':
      return container.readinessProbe;
    case 'liveness':
      return container.livenessProbe;
    case 'startup':
      return container.startupProbe;
  }
}
