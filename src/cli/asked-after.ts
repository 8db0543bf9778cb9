/** What a terminal asks when every run has ended: whether the runbook that is offered is started. */
import type { Offered as RunbookHere } from '../assemble.ts';
import type { What } from '../incidents/commands.ts';
import { everyOffer, type Offered } from '../incidents/offers.ts';
import type { Incident } from '../incidents/state.ts';
import { readParams } from '../runbooks/param-values.ts';
import { type ChoicesOf, fill } from './fill.ts';
import type { Ask } from './person.ts';
import { commandOf, type Print } from './printer.ts';

/** The offer with which a run ended, until somebody took it. */
export interface OpenOffer {
  readonly incident: number;
  readonly run: number;
  /** The one to take first in front. */
  readonly offers: readonly Offered[];
}

/** That of the run that a person started last. */
export function openOffer({ number, runs }: Pick<Incident, 'number' | 'runs'>): OpenOffer | undefined {
  const last = [...runs.values()].findLast(({ parent }) => parent === undefined);
  if (!last?.ended?.offer || last.followedBy !== undefined) return undefined;
  return { incident: number, run: last.run, offers: everyOffer(last.ended.offer) };
}

interface Given {
  readonly ask: Ask;
  readonly print: Print;
  readonly choices: ChoicesOf;
  /** The runbook as it is here now. */
  readonly offered: (id: string) => RunbookHere | undefined;
}

/** Asks about one after the other; undefined when the person wants none of them now. Throws Unanswered. */
export async function startOf(open: OpenOffer, given: Given): Promise<What | undefined> {
  for (const one of open.offers) {
    const what = await startOne(open, one, given);
    if (what) return what;
  }
  return undefined;
}

/** Asks, and then for what is not known. */
async function startOne(open: OpenOffer, offer: Offered, given: Given): Promise<What | undefined> {
  const { ask, print } = given;
  const found = given.offered(offer.runbook);
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
    print(`  To start it later: ${commandOf(offer, open.incident)}`);
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
    follows: open.run,
  };
}
