/** The one place where what an action gives is redacted: before it is stored, told, logged or drawn. */

import { everyText } from '../actions/redact/every-text.ts';
import { Seen } from '../actions/redact/seen.ts';
import { isName } from '../actions/redact.ts';
import { canonical, sha256 } from '../incidents/hash.ts';
import type { Plan } from '../incidents/plan.ts';
import type { Worker } from './worker.ts';

export interface Leaving {
  /** What the action notes while it reads. */
  readonly seen: Seen;
  /** Text for people: an error, a line of progress. */
  words(text: string): string;
  /** The action's answer. Single words stay usable as names, paths and hosts; `sensitive` fields are text whole. */
  out(out: Record<string, unknown>, sensitive: readonly string[]): Record<string, unknown>;
  plan(plan: Plan): Plan;
  /** An error for the log of the bot. */
  error(error: unknown): unknown;
  /** SHA-256 of the text that was read, before anything was taken out; of the answer where no text was read. */
  hash(out: Record<string, unknown>): string;
}

/** For one call. What it was called with stands in the open: a Secret that holds the same word does not hide it. */
export function leavingOf(
  worker: Pick<Worker, 'redact'>,
  call: { readonly params: Record<string, unknown>; readonly namespace: string },
): Leaving {
  const seen = new Seen();
  seen.inTheOpen(call.namespace, ...textsIn(call.params));
  const words = (text: string) => worker.redact(text, { secrets: seen.secrets });
  const exact = (text: string) => worker.redact(text, { secrets: seen.secrets, exact: true });
  const word = (text: string) => (isName(text) ? exact(text) : words(text));
  return {
    seen,
    words,
    out: (out, sensitive) =>
      Object.fromEntries(
        Object.entries(out).map(([name, value]) => [
          name,
          everyText(value, sensitive.includes(name) ? words : word),
        ]),
      ),
    plan: (plan) => cleanPlan(plan, words, exact),
    error: (error) => withoutSecrets(error, words, 0),
    hash: (out) => seen.hash() ?? sha256(canonical(out)),
  };
}

/** What may not be stored cannot be put back from the store: such a plan has no way back of its own. */
function cleanPlan(plan: Plan, words: (text: string) => string, exact: (text: string) => string): Plan {
  const { undo, ...clean } = everyText(plan, exact) as Plan;
  const notes = plan.notes.map(words);
  const unknowns = plan.unknowns.map(words);
  if (undo === undefined || canonical(undo) === canonical(plan.undo))
    return { ...clean, notes, unknowns, ...(undo === undefined ? {} : { undo }) };
  const lost = 'The value before holds a secret, which is not stored: put it back by hand if need be.';
  return { ...clean, notes, unknowns: [...unknowns, lost] };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** An error with its words redacted, and without what libraries hang on it: requests, headers, bodies. */
function withoutSecrets(error: unknown, words: (text: string) => string, depth: number): unknown {
  if (!(error instanceof Error)) return everyText(error, words);
  const { code } = error as { code?: unknown };
  const clean = new Error(
    words(error.message),
    error.cause === undefined || depth > 4 ? {} : { cause: withoutSecrets(error.cause, words, depth + 1) },
  );
  clean.name = error.name;
  if (error.stack) clean.stack = words(error.stack);
  return typeof code === 'string' || typeof code === 'number' ? Object.assign(clean, { code }) : clean;
}
