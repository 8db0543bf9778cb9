/** A new short message at the bottom: what waits for a person, or an outcome that people must see. */
import type { Event, Person } from '../../incidents/events.ts';
import { type Incident, lastTry, type RunState, type TryState } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, context, section } from '../blocks.ts';
import type { Callable } from '../door.ts';
import { fitBlocks } from '../fit.ts';
import { code, line, ping } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { askBlocks, manualBlocks } from './wait-ask.ts';
import { checkBlocks } from './wait-check.ts';
import { decideBlocks } from './wait-decide.ts';
import { approvalBlocks, confirmBlocks } from './wait-confirm.ts';

export interface Message {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What the views of one waiting step share. */
export interface Waiting {
  readonly incident: Incident;
  readonly run: RunState;
  readonly one: TryState;
  readonly at: { readonly run: number; readonly step: string; readonly try: number };
  readonly event: Event;
  readonly approvers: Callable;
}

/** Who goes on with a run when nobody else is named. */
export function needed(run: RunState, one: TryState): Person {
  return one.requested?.by ?? one.confirmedBy ?? run.startedBy;
}

/** The message of a waiting step, or undefined when what it would ask is over and nothing is left to say. */
export function waitMessage(waiting: Waiting): Message | undefined {
  const { incident, run, one, event } = waiting;
  const said = body(waiting);
  if (!said) return undefined;
  const undo = one.undoes === undefined ? '' : ':leftwards_arrow_with_hook: ';
  const title = `${drillMark(incident)}${undo}*${line(one.title, 200)}*  ·  ${line(run.runbook.title, 100)}, run ${run.run}`;
  return {
    text: `${line(one.title, 150)}: ${line(said.text, 300)}`,
    blocks: fitBlocks([section(title), ...said.blocks, ...actions(said.buttons, `wait:${event.version}`)]),
  };
}

interface Body {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly buttons: readonly Button[];
}

function body(waiting: Waiting): Body | undefined {
  const { one, event } = waiting;
  if (event.type === 'check_done') return checkBlocks(waiting, event);
  switch (one.phase) {
    case 'planned':
      return confirmBlocks(waiting);
    case 'approval':
      return approvalBlocks(waiting);
    case 'decide':
      return decideBlocks(waiting);
    case 'asking':
      return askBlocks(waiting);
    case 'by hand':
      return manualBlocks(waiting);
    case 'checking':
    case 'planning':
    case 'calling':
    case 'looking':
    case 'verifying':
    case 'nested':
    case 'closed':
      return outcome(waiting);
  }
}

/** It went on by itself since: only what happened is told, without buttons. */
function outcome({ one, event, run }: Waiting): Body | undefined {
  if (event.type === 'verified') {
    const words = event.body.held ? ':white_check_mark:' : ':grey_question:';
    const text = `${words} ${line(event.body.says, 800)}`;
    const more = one.closedAs === 'undone' ? 'It is taken back.' : '';
    return { text, blocks: [section(`${text} ${more}`.trim())], buttons: [] };
  }
  if (event.type === 'act_found' || event.type === 'act_done' || event.type === 'approval_lapsed' || event.type === 'plan_failed') {
    const text = line(event.body.says, 800);
    return { text, blocks: [section(`${text}\n${ping(needed(run, one))}`)], buttons: [] };
  }
  return undefined;
}

/** A proposed target waits for one click. */
export function targetMessage(incident: Incident, event: Extract<Event, { type: 'target_proposed' }>): Message {
  const { target, run } = event.body;
  const { namespace, kind, name } = target;
  const starter = incident.runs.get(run)?.startedBy ?? incident.declaredBy;
  const same = incident.target?.name === name && incident.target.namespace === namespace;
  const says = `The check found: ${line(kind, 60)} ${code(name, 200)} in ${code(namespace, 100)}. ${line(target.says, 600)}`;
  const ask = same ? 'It is confirmed.' : `${ping(starter)} is this what we work on? Look at it before you confirm.`;
  const value = { incident: incident.number, target: { namespace, kind, name, says: target.says.replace(/[\s\p{C}]+/gu, ' ').slice(0, 300) } };
  return {
    text: `Is ${line(name, 150)} the right target?`,
    blocks: fitBlocks([
      section(`${drillMark(incident)}*Is this the right target?*\n${says}\n${ask}`),
      ...(same ? [] : actions([button('confirm-target', 'Yes, this is the target', value, { style: 'primary' })], `wait:${event.version}`)),
    ]),
  };
}

/** A run ended and names the runbook that could come next. */
export function offerMessage(incident: Incident, event: Extract<Event, { type: 'run_ended' }>): Message | undefined {
  const { offer, run, says } = event.body;
  if (!offer) return undefined;
  const ended = incident.runs.get(run);
  const value = { incident: incident.number, runbook: offer.runbook, with: offer.with };
  const short = JSON.stringify(value).length > 1900 ? { incident: incident.number, runbook: offer.runbook } : value;
  const whom = ended ? ` ${ping(ended.startedBy)}` : '';
  return {
    text: `Next could be the runbook ${line(offer.runbook, 100)}`,
    blocks: [
      section(`${drillMark(incident)}${line(says, 500)} Next could be the runbook ${code(offer.runbook, 100)}.${whom}`),
      ...actions([button('open-run', `Start ${offer.runbook}`, short, { style: 'primary' })], `wait:${event.version}`),
    ],
  };
}

/** What an older waiting message becomes: its first line and what happened, no buttons. `again`: a newer try is there. */
export function answeredMessage(run: RunState, one: TryState, given: { newer?: string; again?: boolean }): Message {
  const { newer, again = false } = given;
  const plain = newer ? 'goes on below' : again ? 'tried again' : answeredWords(one);
  const says = newer ? `<${newer}|Goes on below>` : plain;
  return {
    text: `${line(one.title, 150)}: ${plain}`,
    blocks: [context(`*${line(one.title, 200)}*  ·  ${says}  ·  run ${run.run}`)],
  };
}

function answeredWords(one: TryState): string {
  const { confirmedBy, approvedBy, alone } = one;
  if (approvedBy) return alone ? `${line(approvedBy.name, 80)} went on alone` : `approved by ${line(approvedBy.name, 80)}`;
  if (one.phase === 'closed') return one.lastSays ? line(one.lastSays, 200) : (one.closedAs ?? 'done');
  if (confirmedBy) return `confirmed by ${line(confirmedBy.name, 80)}`;
  return 'answered';
}

/** The try that a waiting message speaks of. */
export function tryOf(incident: Incident, at: Waiting['at']): { run: RunState; one: TryState; last: boolean } | undefined {
  const run = incident.runs.get(at.run);
  const state = run?.steps.get(at.step);
  const one = state?.tries.find((candidate) => candidate.try === at.try);
  return run && one ? { run, one, last: lastTry(state) === one } : undefined;
}
