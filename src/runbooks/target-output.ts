/** What an action's answer names as the target of an incident: a StatefulSet, else the Service that leads to it. */
import type { Signature } from './signature.ts';

/** The fields that are read; an action whose output has none of them can propose nothing. */
export const TARGET_FIELDS = ['statefulset', 'service'] as const;

/** True when the action declares an output that `targetIn` reads. */
export function namesTarget(action: Pick<Signature, 'output'>): boolean {
  return TARGET_FIELDS.some((field) => Object.hasOwn(action.output.shape, field));
}

export interface NamedTarget {
  readonly namespace: string;
  readonly kind: 'statefulset' | 'service';
  readonly name: string;
}

/**
 * The one thing that an answer names; undefined when it found none. Members of an operator that makes one StatefulSet
 * for each are several names with commas: then the Service is the target. `namespace`: where it looked.
 */
export function targetIn(out: Readonly<Record<string, unknown>>, namespace: string): NamedTarget | undefined {
  if (out.found === false || out.service_found === false) return undefined;
  const service = serviceIn(out.service);
  const where = service?.namespace || namespace;
  const [statefulset, ...others] = namesIn(out.statefulset);
  if (statefulset !== undefined && others.length === 0)
    return { namespace: where, kind: 'statefulset', name: statefulset };
  return service?.name ? { namespace: where, kind: 'service', name: service.name } : undefined;
}

/** `a` or `a, b`. */
export function namesIn(value: unknown): string[] {
  if (typeof value !== 'string') return [];
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function serviceIn(value: unknown): { name?: string; namespace?: string } | undefined {
  if (typeof value === 'string') return { name: value };
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, namespace } = value as { name?: unknown; namespace?: unknown };
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof namespace === 'string' ? { namespace } : {}),
  };
}
