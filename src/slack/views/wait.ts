/** A new short message at the bottom: what waits for a person, or an outcome that people must see. */
import { type Incident, isCurrent, type RunState, type TryState } from '../../incidents/state.ts';
import { actions, type Block, type Button, context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { line, ping, verdictWords } from '../mrkdwn.ts';
import { isVerified, stepTitle, verifiedMessage } from './outcome.ts';
import { askBlocks, manualBlocks, paramsBlocks } from './wait-ask.ts';
import { checkBlocks } from './wait-check.ts';
import { approvalBlocks, confirmBlocks } from './wait-confirm.ts';
import { decideBlocks } from './wait-decide.ts';
import { type Message, needed, type Waiting } from './waiting.ts';

/** The message of a waiting step, or undefined when what it would ask is over and nothing is left to say. */
export function waitMessage(waiting: Waiting): Message | undefined {
  const { incident, run, one, at, event } = waiting;
  if (event.type === 'verified' && isVerified(one)) return verifiedMessage(incident, run, at.step, one);
  const said = body(waiting);
  if (!said) return undefined;
  return {
    text: `${line(one.title, 150)}: ${line(said.text, 300)}`,
    blocks: fitBlocks([
      section(stepTitle(incident, run, one)),
      ...said.blocks,
      ...actions(said.buttons, `wait:${event.version}`),
    ]),
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
    case 'params':
      return paramsBlocks(waiting);
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
  if (
    event.type === 'act_found' ||
    event.type === 'act_done' ||
    event.type === 'approval_lapsed' ||
    event.type === 'plan_failed'
  ) {
    const text = line(event.body.says, 800);
    return { text, blocks: [section(`${text}\n${ping(needed(run, one))}`)], buttons: [] };
  }
  return undefined;
}

/** A check was looked at once more: its older message says what came of it. */
export function checkedAgain(one: TryState): Message {
  const words = one.verdict ? verdictWords[one.verdict] : 'looking';
  const text = `*${line(one.title, 200)}*  ·  checked again: ${words} ${line(one.lastSays ?? '', 400)}`;
  return { text: line(`${one.title}: checked again`, 200), blocks: [context(text)] };
}

/** A check of a closed incident: what it said, without a button. */
export function closedCheck(one: TryState): Message {
  const words = one.verdict ? verdictWords[one.verdict] : '';
  const text = `*${line(one.title, 200)}*  ·  ${words} ${line(one.lastSays ?? '', 400)}`;
  return { text: line(one.title, 200), blocks: [context(text)] };
}

/**
 * What an older waiting message becomes: one line without buttons, with the way to what is `newer` or with what
 * happened. `again`: a newer try is there.
 */
export function answeredMessage(
  run: RunState,
  one: TryState,
  given: { newer?: string; again?: boolean; closed?: boolean },
): Message {
  const { newer, again = false, closed = false } = given;
  const plain = newer
    ? 'goes on below'
    : again
      ? 'tried again'
      : closed
        ? 'the incident is closed'
        : answeredWords(one);
  const undo = one.undoes === undefined ? '' : 'Undo: ';
  const line1 = newer
    ? `<${newer}|Goes on below>  ·  ${undo}${line(one.title, 80)}`
    : `*${undo}${line(one.title, 200)}*  ·  ${plain}  ·  run ${run.run}`;
  return { text: `${undo}${line(one.title, 150)}: ${plain}`, blocks: [context(line1)] };
}

function answeredWords(one: TryState): string {
  const { confirmedBy, approvedBy, alone } = one;
  if (one.closedAs === 'rehearsed') return 'rehearsed, nothing was changed';
  // Who said yes is not how it ended.
  if (one.phase === 'closed') return one.lastSays ? line(one.lastSays, 200) : (one.closedAs ?? 'done');
  if (approvedBy)
    return alone ? `${line(approvedBy.name, 80)} went on alone` : `approved by ${line(approvedBy.name, 80)}`;
  if (confirmedBy) return `confirmed by ${line(confirmedBy.name, 80)}`;
  return 'answered';
}

/** The try that a waiting message speaks of. */
export function tryOf(
  incident: Incident,
  at: Waiting['at'],
): { run: RunState; one: TryState; last: boolean } | undefined {
  const run = incident.runs.get(at.run);
  const state = run?.steps.get(at.step);
  const one = state?.tries.find((candidate) => candidate.try === at.try);
  return run && one ? { run, one, last: isCurrent(state, one) } : undefined;
}
