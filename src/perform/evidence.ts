/** What the timeline keeps of an answer: only the fields that its step names, cut to what a timeline can hold. */
import { everyText } from '../actions/redact/every-text.ts';
import type { NewAttempt } from '../incidents/draft.ts';
import type { Worker } from './worker.ts';

/** Longest text that one kept field may have, in characters. */
const LONGEST = 4000;

/** The fields that the step of this attempt keeps; asked before a change, because after it nothing may fail. */
export async function fieldsToKeep(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
): Promise<readonly string[]> {
  const keep = await worker.store.look(incident, (state) => {
    const run = state.runs.get(attempt.at.run);
    const step = run?.runbook.steps.find((one) => one.id === attempt.at.step);
    const tries = run?.steps.get(attempt.at.step)?.tries;
    const undoes = tries?.find((one) => one.try === attempt.at.try)?.undoes;
    return step && 'capture' in step && undoes === undefined ? step.capture?.keep : undefined;
  });
  return keep ?? [];
}

/** `out` is redacted already. Empty when nothing is kept. */
export function keptOf(
  keep: readonly string[],
  out: Readonly<Record<string, unknown>>,
): { kept?: Record<string, unknown> } {
  const there = keep.filter((name) => out[name] !== undefined);
  if (there.length === 0) return {};
  return { kept: Object.fromEntries(there.map((name) => [name, everyText(out[name], cut)])) };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
