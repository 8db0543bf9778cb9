/** What was entered into a modal, by block. */
import { z } from 'zod';
import { parseDuration } from '../../../runbooks/duration.ts';
import { wholeMatches } from '../../../runbooks/linear-pattern.ts';
import type { Param } from '../../../runbooks/runbook.ts';

const element = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  selected_options: z.array(z.object({ value: z.string() })).nullish(),
  selected_user: z.string().nullish(),
});
const state = z.record(z.string(), z.record(z.string(), element));

export interface Entered {
  /** The text, the chosen value or the chosen person of a block; empty when there is none. */
  one(block: string): string;
  many(block: string): readonly string[];
}

/** Undefined for a payload that is not a modal's. */
export function readEntered(values: unknown): Entered | undefined {
  const parsed = state.safeParse(values);
  if (!parsed.success) return undefined;
  const of = (block: string) => Object.values(parsed.data[block] ?? {})[0];
  return {
    one: (block) => {
      const found = of(block);
      return (found?.value ?? found?.selected_option?.value ?? found?.selected_user ?? '').trim();
    },
    many: (block) => (of(block)?.selected_options ?? []).map((one) => one.value),
  };
}

/** A parameter's value in its own type, or what is wrong with it in words. Empty is left out. */
export function readParam(
  param: Param,
  typed: string,
): { ok: true; value?: string | number | boolean } | { ok: false; says: string } {
  if (typed === '') return { ok: true };
  switch (param.type) {
    case 'int': {
      if (!/^-?\d{1,15}$/.test(typed)) return { ok: false, says: 'Write a whole number.' };
      const value = Number(typed);
      if (param.min !== undefined && value < param.min) return { ok: false, says: `At least ${param.min}.` };
      if (param.max !== undefined && value > param.max) return { ok: false, says: `At most ${param.max}.` };
      return { ok: true, value };
    }
    case 'bool':
      return { ok: true, value: typed === 'true' };
    case 'enum':
      if (!(param.options ?? []).includes(typed))
        return { ok: false, says: `One of ${(param.options ?? []).join(', ')}.` };
      return { ok: true, value: typed };
    case 'string':
      if (param.pattern && !wholeMatches(typed, param.pattern))
        return { ok: false, says: `It has to look like ${param.pattern}.` };
      return { ok: true, value: typed };
    case 'duration':
      if (parseDuration(typed) === undefined)
        return { ok: false, says: 'Write a length of time, such as 30s, 5m or 1h30m.' };
      return { ok: true, value: typed };
    case 'bytes':
    case 'k8s/deployment':
    case 'k8s/statefulset':
    case 'k8s/pod':
    case 'k8s/service':
    case 'patroni/member':
    case 'postgres/database':
      return { ok: true, value: typed };
  }
}
