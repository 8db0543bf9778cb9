/** `handrail runbook run --incident INC-7`: goes on with what was left there, or runs a runbook in it. */
import type { Incident } from '../incidents/state.ts';
import { openOffer } from './asked-after.ts';
import { choicesIn, followHere } from './follow-here.ts';
import type { Person } from './person.ts';
import type { Print } from './printer.ts';
import { offeredHere, paramsOf } from './runbook-run.ts';
import type { Session } from './session.ts';
import { WrongInput } from './wrong-input.ts';

export interface JoinOptions {
  readonly incident: number;
  /** Absent: what was left is gone on with. */
  readonly id?: string;
  readonly params: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly yes: boolean;
  readonly person?: Person;
}

/** Gives the exit code. Throws WrongInput. */
export async function joinIncident(
  session: Session,
  options: JoinOptions,
  print: Print,
  warn: Print,
): Promise<number> {
  const { handrail, me } = session;
  const { incident, id, json, yes, person } = options;
  const found = await handrail.store.look(incident, placeOf);
  if (!found)
    throw new WrongInput(`There is no INC-${incident}. The number stands in the first line of a run.`);
  const { namespace, system, offer } = found;
  const asker = handrail.asker(me, system);
  if (!asker.levels.includes('observe'))
    throw new WrongInput(
      `${asker.person.name} may not look at INC-${incident}. Ask for the right “observe” in handrail.yaml.`,
    );
  const offered = id === undefined ? undefined : offeredHere(session, id);
  const taken = offered && offer?.offers.find(({ runbook }) => runbook === id);
  const known = Object.entries(taken?.with ?? {}).map(([name, value]) => [name, String(value)] as const);
  const declared = offered?.runbook.params ?? {};
  const given = {
    ...Object.fromEntries(known.filter(([name]) => Object.hasOwn(declared, name))),
    ...options.params,
  };
  const params =
    offered &&
    (await paramsOf(
      offered.runbook,
      { params: given, ...(person ? { person } : {}) },
      choicesIn(session, namespace),
      print,
    ));
  return followHere(
    session,
    { incident, namespace, asker },
    async (send) => {
      if (!offered || !params) return;
      const started = await send({
        do: 'start run',
        ...offered,
        params,
        ...(taken && offer ? { follows: offer.run } : {}),
      });
      if (!started.ok) throw new WrongInput(started.says);
    },
    { json, yes, planOnly: false, joins: true, print, warn, ...(person ? { person } : {}) },
  );
}

function placeOf(state: Incident) {
  const { namespace, system } = state.declared;
  return { namespace, system: system?.id, offer: openOffer(state) };
}
