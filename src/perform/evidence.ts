/** What the timeline keeps of a check's answer: only the fields its step names, redacted. */
import type { NewAttempt } from '../incidents/draft.ts';
import type { Worker } from './worker.ts';

/** Longest text that one kept field may have, in characters. */
const LONGEST = 4000;

export async function keptOf(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  out: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const keep = await worker.store.look(incident, (state) => {
    const run = state.runs.get(attempt.at.run);
    const step = run?.runbook.steps.find((one) => one.id === attempt.at.step);
    return step?.kind === 'check' ? step.capture?.keep : undefined;
  });
  if (!keep || keep.length === 0) return undefined;
  const kept: Record<string, unknown> = {};
  for (const name of keep) if (out[name] !== undefined) kept[name] = redacted(out[name], worker.redact);
  return kept;
}

/** The same value with every text in it redacted and cut to a length that fits a timeline. */
export function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') {
    const text = redact(value);
    return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
  }
  if (Array.isArray(value)) return value.map((one) => redacted(one, redact));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redacted(one, redact)]));
  return value;
}
