/** What a terminal asks when every run has ended: whether the runbook that is offered is started. */
import type { Offered } from '../assemble.ts';
import type { What } from '../incidents/commands.ts';
import type { Incident } from '../incidents/state.ts';
import { readParams } from '../runbooks/param-values.ts';
import { type ChoicesOf, fill } from './fill.ts';
import type { Ask } from './person.ts';
import { commandOf, type Print } from './printer.ts';

/** The offer with which a run ended, until somebody took it. */
export interface OpenOffer {
  readonly incident: number;
  readonly run: number;
  readonly runbook: string;
  readonly with: Readonly<Record<string, unknown>>;
}

/** That of the run that a person started last. */
export function openOffer({ number, runs }: Pick<Incident, 'number' | 'runs'>): OpenOffer | undefined {
  const last = [...runs.values()].findLast(({ parent }) => parent === undefined);
  if (!last?.ended?.offer || last.followedBy !== undefined) return undefined;
  return { incident: number, run: last.run, ...last.ended.offer };
}

/** Asks, and then for what is not known; undefined when the person does not want it now. Throws Unanswered. */
export async function startOf(
  offer: OpenOffer,
  found: Offered | undefined,
  given: { readonly ask: Ask; readonly print: Print; readonly choices: ChoicesOf },
): Promise<What | undefined> {
  const { ask, print } = given;
  print('');
  if (!found) {
    print(`Next could be ${offer.runbook}, but no runbook of that name is here.`);
    return undefined;
  }
  const { runbook, hash, revision } = found;
  const known = Object.entries(offer.with).filter(([name]) => Object.hasOwn(runbook.params, name));
  print(`Next could be: ${runbook.title} — ${runbook.id}`);
  for (const [name, value] of known) print(`    ${name}: ${String(value)}`);
  const typed = (await ask(`  Start ${runbook.id} now? [y/N] `)).toLowerCase();
  if (typed !== 'y' && typed !== 'yes') {
    print(`  To start it later: ${commandOf(offer, offer.incident)}`);
    return undefined;
  }
  const { values, problems } = readParams(runbook.params, Object.fromEntries(known));
  const missing = Object.entries(runbook.params).filter(([name]) => Object.hasOwn(problems, name));
  const filled = await fill(Object.fromEntries(missing), {}, runbook, given);
  return {
    do: 'start run',
    runbook,
    hash,
    ...(revision === undefined ? {} : { revision }),
    params: { ...values, ...filled },
    follows: offer.run,
  };
}
