/** One line of the card: what the checks that had been bad or had had no answer said once more at resolve. */
import type { Incident, RepeatedCheck } from '../../incidents/state.ts';
import type { Verdict } from '../../runbooks/runbook.ts';

/** Its answer is in. */
export type Answered = RepeatedCheck & { readonly verdict: Verdict };

export const isIn = (check: RepeatedCheck): check is Answered => check.verdict !== undefined;

/** Undefined when the last resolve had nothing to ask, or the incident is open again. */
export function repeatedFact(incident: Incident): string | undefined {
  const round = incident.repeats.at(-1);
  if (!round || round.checks.size === 0 || incident.resolvedAt === undefined) return undefined;
  const checks = [...round.checks.values()];
  // Half of the answers is no answer.
  const onlyBad = checks.every(({ was }) => was === 'bad');
  if (!checks.every(isIn))
    return `*Checking again* what was bad${onlyBad ? '' : ' or not known'} (${checks.length})`;
  const of = (verdict: Verdict) => checks.filter((check) => check.verdict === verdict).length;
  const words = [
    [of('bad'), onlyBad ? 'still bad' : 'bad'],
    [of('unknown'), 'not known'],
    [of('warn'), 'to look at'],
    [of('ok'), 'OK'],
  ] as const;
  const some = words.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `*Checked again* ${some.join(', ')}`;
}
