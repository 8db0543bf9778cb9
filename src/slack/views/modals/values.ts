/** What was entered into a modal, by block. */
import { z } from 'zod';
import { type ParamValue, readParams } from '../../../runbooks/param-values.ts';
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
  /** Whether the modal had this field. */
  has(block: string): boolean;
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
    has: (block) => Object.hasOwn(parsed.data, block),
  };
}

/**
 * What was entered for parameters or the fields of a form, by the same check as in the door, with the defaults of what
 * was left empty. `errors` are by block, to be shown under the field; what has no field yet (its choices are still
 * being read) is told under the block `elsewhere`, since Slack takes errors only for what it shows.
 */
export function readFields(
  declared: Readonly<Record<string, Param>>,
  entered: Entered,
  blockOf: (name: string) => string,
  elsewhere: string,
): { readonly values: Readonly<Record<string, ParamValue>>; readonly errors: Record<string, string> } {
  const names = Object.keys(declared);
  const typed = Object.fromEntries(names.map((name) => [name, entered.one(blockOf(name))] as const));
  const { values, problems } = readParams(declared, typed);
  const errors: Record<string, string> = {};
  for (const [name, says] of Object.entries(problems)) {
    const block = blockOf(name);
    if (entered.has(block)) errors[block] = says.slice(0, 500);
    else
      errors[elsewhere] =
        `${declared[name]?.label ?? name}: the choices are still being read. Try again in a moment.`;
  }
  return { values, errors };
}
