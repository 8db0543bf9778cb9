/** What is proposed and waits for one click: a target, the runbook that could come next. */
import type { Event } from '../../incidents/events.ts';
import { everyOffer, type Offer, type Offered } from '../../incidents/offers.ts';
import { sameTarget } from '../../incidents/same-target.ts';
import type { ConfirmedTarget, Incident, RunState } from '../../incidents/state.ts';
import { actions, button, context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { code, line, ping, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { confirmTargetButtons, targetWords } from './targets.ts';
import type { Message } from './waiting.ts';

/** A proposed target waits for one click. */
export function targetMessage(
  incident: Incident,
  event: Extract<Event, { type: 'target_proposed' }>,
): Message {
  const { target, run } = event.body;
  const starter = incident.runs.get(run)?.startedBy ?? incident.declaredBy;
  const same = incident.targets.some((one) => sameTarget(one.target, target));
  const others = incident.targets.map((one) => targetWords(one.target)).slice(0, 5);
  const says = `The check found: ${targetWords(target)}. ${line(target.says, 600)}`;
  const before = others.length === 0 ? '' : `\nConfirmed already: ${others.join(', ')}.`;
  const ask = same
    ? 'It is confirmed.'
    : `${ping(starter)} is this what we work on? Look at it before you confirm.`;
  const question = others.length === 0 ? 'Is this the right target?' : 'Is this a target too?';
  return {
    text: `Is ${line(target.name, 150)} the right target?`,
    blocks: fitBlocks([
      section(`${drillMark(incident)}*${question}*\n${says}${same ? '' : before}\n${ask}`),
      ...(same ? [] : actions(confirmTargetButtons(incident, target), `wait:${event.version}`)),
    ]),
  };
}

/** What the question becomes when it has been answered. */
export function targetAnswered(incident: Incident): Message {
  const { targets } = incident;
  const words = targets.map(({ target }) => targetWords(target));
  const text =
    words.length === 0
      ? ':dart: No target is confirmed any more: `/incident target`'
      : `:dart: Confirmed ${words.length > 1 ? 'targets' : 'target'}: ${words.slice(0, 5).join(', ')}, by ${who((targets.at(-1) as ConfirmedTarget).by)}`;
  return { text, blocks: [context(text)] };
}

/** A run ended and names the runbooks that could come next: a button each, the first one is the one to take. */
export function offerMessage(
  incident: Incident,
  event: Extract<Event, { type: 'run_ended' }>,
): Message | undefined {
  const { offer, run, says } = event.body;
  if (!offer) return undefined;
  const ended = incident.runs.get(run);
  // Drawn again after somebody was quicker.
  const after = incident.runs.get(ended?.followedBy ?? 0);
  if (after) return offerTaken(after);
  const all = everyOffer(offer);
  const start = (one: Offered, index: number) => {
    const bare = { incident: incident.number, runbook: one.runbook, follows: run };
    const value = { ...bare, with: one.with };
    const short = JSON.stringify(value).length > 1900 ? bare : value;
    return button(
      'open-run',
      `Start ${one.runbook}`,
      short,
      index === 0 ? { style: 'primary' } : { n: index },
    );
  };
  const whom = ended ? ` ${ping(ended.startedBy)}` : '';
  const names = namesOf(all);
  return {
    text: `Next could be the runbook ${line(offer.runbook, 100)}`,
    blocks: [
      section(`${drillMark(incident)}${line(says, 500)} Next could be the runbook ${names}.${whom}`),
      ...actions(all.map(start), `wait:${event.version}`),
    ],
  };
}

function namesOf(offers: readonly Offered[]): string {
  return offers.map(({ runbook }) => code(runbook, 100)).join(', or ');
}

/** What an offer that nobody took becomes at the close. */
export function offerOver({ number }: Incident, offer: Offer): Message {
  const text = `The runbook ${namesOf(everyOffer(offer))} was offered here; INC-${number} is closed.`;
  return { text, blocks: [context(text)] };
}

/** What the offer becomes when somebody took it. */
export function offerTaken(after: RunState, link?: string): Message {
  const run = link ? `<${link}|run ${after.run}>` : `run ${after.run}`;
  const says = `:white_check_mark: ${who(after.startedBy)} started ${run}: ${line(after.runbook.title, 150)}`;
  return { text: `${line(after.startedBy.name, 80)} started run ${after.run}`, blocks: [context(says)] };
}
