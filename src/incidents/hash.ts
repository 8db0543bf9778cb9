/** Hashes that people and workers compare: the same content always gives the same hash. */
import { createHash } from 'node:crypto';
import type { Plan } from './plan.ts';

/** JSON with sorted keys, so that equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`)
      .join(',')}}`;
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 of a text, as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * What a confirmation is bound to: the action, the object with its uid and the fields in before -> after. Never a
 * resourceVersion, which a flapping workload changes every second (design/runbooks.md).
 */
export function planHash(uses: string, args: Record<string, unknown>, plan: Plan): string {
  return sha256(canonical({ uses, args, target: plan.target, changes: plan.changes, values: plan.values }));
}

/** The id under which one confirmed try leaves its trace in the world; unique across re-made stores. */
export function operationId(
  incident: number,
  run: number,
  step: string,
  tryNumber: number,
  commandId: string,
): string {
  return `hr-${incident}-${run}-${step.replaceAll('_', '-')}-${tryNumber}-${sha256(`${incident}/${run}/${step}/${tryNumber}/${commandId}`).slice(0, 10)}`;
}
