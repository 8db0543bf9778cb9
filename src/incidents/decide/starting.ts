/** A person starts a run, or gives what the runbook inside a step still needs. */

import { problemWords, readParams } from '../../runbooks/param-values.ts';
import type { Param } from '../../runbooks/runbook.ts';
import type { What } from '../commands.ts';
import type { Draft } from '../draft.ts';
import { Refused } from '../refused.ts';
import type { Incident } from '../state.ts';
import { current } from './asks.ts';
import { goOn } from './flow.ts';
import { begin, beginInside } from './inside.ts';
import { needs } from './rights.ts';

/** A person starts a runbook. */
export function startRun(draft: Draft, what: Extract<What, { do: 'start run' }>): void {
  needs(draft, 'observe', 'run a runbook');
  const { follows } = what;
  if (follows !== undefined) offerIsOpen(draft, follows);
  const params = checked(what.runbook.params, what.params);
  const run = begin(draft, what, params, follows === undefined ? {} : { follows });
  goOn(draft, run, undefined, undefined);
}

/** A person gives what the runbook inside a step still needs; what they give goes before what the step gave. */
export function startInside(draft: Draft, what: Extract<What, { do: 'start inside' }>): void {
  const { run, one } = current(draft, what.at);
  needs(draft, 'observe', 'run a runbook');
  if (one.phase !== 'params' || !one.asks)
    throw new Refused('not-now', 'This step does not wait for anything to be filled in.');
  const { runbook: id, known } = one.asks;
  const found = draft.knows.runbook(id);
  if (!found)
    throw new Refused(
      'runbook',
      `The runbook ${id} is not here now. Skip this step, or mend its file first.`,
    );
  const { params: declared } = found.runbook;
  const fits = Object.entries(known).filter(([name]) => Object.hasOwn(declared, name));
  const params = checked(declared, { ...Object.fromEntries(fits), ...what.params });
  goOn(draft, beginInside(draft, run, what.at, found, params), undefined, undefined);
}

function offerIsOpen(draft: Draft, number: number): void {
  if (!draft.incident.runs.get(number)?.ended?.offer)
    throw new Refused('gone', 'This offer is not here any more.');
  const taken = followedWords(draft.incident, number);
  if (taken) throw new Refused('followed', taken);
}

/** Two people at one offer: the second is told who was first. Undefined while nobody has taken it. */
export function followedWords({ runs }: Incident, number: number): string | undefined {
  const after = runs.get(runs.get(number)?.followedBy ?? 0);
  if (!after) return undefined;
  const again = `To start another one: /incident run ${after.runbook.id}`;
  return `${after.startedBy.name} has started run ${after.run} from this. ${again}`;
}

/** Throws Refused with what is wrong or missing, in words. */
function checked(
  declared: Readonly<Record<string, Param>>,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const { values, problems } = readParams(declared, given);
  if (Object.keys(problems).length > 0) throw new Refused('params', problemWords(declared, problems));
  return values;
}
