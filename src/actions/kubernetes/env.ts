/** `k8s.env`: whether a container of a workload is given an environment variable, and from where. Never a Secret's value. */
import type { V1EnvVar } from '@kubernetes/client-node';
import { z } from 'zod';
import { reading } from '../define.ts';
import { commandFor, word } from './by-hand.ts';
import { connect } from './client.ts';
import { containerOf, isRolledOut, readLive } from './live-workload.ts';
import { GET_WORKLOAD } from './rights.ts';
import { workloadKind } from './workload-object.ts';

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,252}$/, 'A name of a variable: letters, digits and _.');

export const env = reading({
  name: 'k8s.env',
  version: 1,
  params: z.object({
    workload: z.string().min(1),
    kind: workloadKind.default('deployment'),
    container: z.string().min(1).optional(),
    name: variableName,
  }),
  output: z.object({
    container: z.string(),
    /** It stands in the container's own list. What comes by `envFrom` is not looked at. */
    set: z.boolean(),
    /** `value`, or where it comes from: "Secret web, key url". */
    from: z.string().optional(),
    /** Only of a plain value. */
    value: z.string().optional(),
    /** The newest template runs in every pod, and all are ready. */
    complete: z.boolean(),
  }),
  sensitive: ['value'],
  rights: { kubernetes: [...GET_WORKLOAD], postgres: [] },
  byHand: (params, namespace) => [
    commandFor(
      params.kind,
      namespace,
      `set env ${word(params.kind, 'deployment')}/${word(params.workload, '<workload>')} --list`,
    ),
  ],
  async run(call) {
    const { workload, kind, container, name } = call.params;
    const live = await readLive(await connect(call), call.namespace, workload, kind);
    const found = containerOf(live, container);
    const variable = found.env?.find((one) => one.name === name);
    return {
      container: found.name,
      set: variable !== undefined,
      ...(variable ? { from: sourceOf(variable) } : {}),
      ...(variable && !variable.valueFrom ? { value: variable.value ?? '' } : {}),
      complete: isRolledOut(live),
    };
  },
});

/** Where a variable gets its value, for people. */
export function sourceOf(variable: V1EnvVar): string {
  const from = variable.valueFrom;
  if (!from) return 'value';
  if (from.secretKeyRef) return `Secret ${from.secretKeyRef.name}, key ${from.secretKeyRef.key}`;
  if (from.configMapKeyRef) return `ConfigMap ${from.configMapKeyRef.name}, key ${from.configMapKeyRef.key}`;
  if (from.fieldRef) return `field ${from.fieldRef.fieldPath} of the pod`;
  return 'another place';
}
