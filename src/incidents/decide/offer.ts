/** The offer with which a run ends, from the `next` of a step: which runbooks, and what is known for each. */
import type { Next, Offering } from '../../runbooks/runbook.ts';
import type { Draft } from '../draft.ts';
import type { Offer, Offered } from '../offers.ts';
import { type RunState, scopeOf } from '../state.ts';

/** The offer of a `next`. What cannot be read is left out: the person is asked for it. */
export function offerOf(
  draft: Draft,
  run: RunState,
  step: string,
  next: Extract<Next, { run: string }>,
  answer?: { readonly uses: string; readonly out: Record<string, unknown> },
): Offer {
  const place = { runbook: run.runbook, step, ...(answer ? { out: answer.uses } : {}) };
  const scope = { ...scopeOf(draft.incident, run), ...(answer ? { out: answer.out } : {}) };
  const offered = ({ run: runbook, with: args }: Offering): Offered => {
    const given: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(args)) {
      try {
        Object.assign(given, draft.knows.language.resolve({ [name]: value }, scope, place));
      } catch {
        // Not known here: left to the person who starts the runbook.
      }
    }
    return { runbook, with: given };
  };
  const { or } = next;
  return { ...offered(next), ...(or === undefined ? {} : { or: or.map(offered) }) };
}
