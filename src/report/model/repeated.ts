/** What the checks that had been bad or had had no answer said once more when the service was said to be back. */
import type { At, Event } from '../../incidents/events.ts';
import type { Verdict } from '../../runbooks/runbook.ts';

export interface Repeated {
  readonly title: string;
  /** The check that is asked once more. */
  readonly of: At;
  readonly was: Verdict;
  /** Absent while the answer is not in. */
  readonly answer?: { readonly at: number; readonly verdict: Verdict; readonly says: string };
}

/** Those of the last resolve, in the order in which they were asked; none when it was reopened since. */
export function repeatedOf(events: readonly Event[]): readonly Repeated[] {
  let checks = new Map<string, Repeated>();
  for (const event of events) {
    if (event.type === 'reopened') checks = new Map();
    if (event.type === 'resolved')
      checks = new Map(
        (event.body.repeats ?? []).map(({ attempt, title, was, run, step, try: number }) => [
          attempt,
          { title, was, of: { run, step, try: number } },
        ]),
      );
    if (event.type !== 'check_repeated') continue;
    const { attempt, verdict, says } = event.body;
    const check = checks.get(attempt);
    if (check) checks.set(attempt, { ...check, answer: { at: event.at, verdict, says } });
  }
  return [...checks.values()];
}
