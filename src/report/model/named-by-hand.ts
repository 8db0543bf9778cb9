/** Who did a step by hand, as the run itself names them: people or teams that never pressed a button here. */
import type { Event } from '../../incidents/events.ts';

/** The field in which a runbook asks who has the access to do it (runbooks/repair-by-hand.yaml). */
const FIELD = 'who';

function nameIn(values: Readonly<Record<string, unknown>> | undefined): string[] {
  const value = values?.[FIELD];
  const name = typeof value === 'string' ? value.trim().replace(/\s+/g, ' ') : '';
  return name === '' ? [] : [name];
}

/**
 * Names from the parameters and the answered forms of each run, from the moment on in which a step of that run was said
 * to be done by hand. The last name that a run had before that counts. In order of time, each once.
 */
export function namedByHand(events: readonly Event[]): readonly string[] {
  const known = new Map<number, string>();
  const names = new Set<string>();
  for (const event of events) {
    if (event.type === 'run_started')
      for (const name of nameIn(event.body.params)) known.set(event.body.run, name);
    if (event.type === 'choice_made')
      for (const name of nameIn(event.body.form)) known.set(event.body.run, name);
    const name = event.type === 'by_hand_claimed' ? known.get(event.body.run) : undefined;
    if (name !== undefined) names.add(name);
  }
  return [...names];
}
