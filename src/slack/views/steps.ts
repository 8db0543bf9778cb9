/** How one step stands, in a few words. */

import { lastTry, mainTry, type RunState, type TryState } from '../../incidents/state.ts';
import type { Runbook } from '../../runbooks/runbook.ts';
import type { UnderWay } from '../door.ts';
import { line, moment, verdictWords } from '../mrkdwn.ts';
import { plainFacts } from './plain-facts.ts';

const closedWords = {
  done: ':white_check_mark: done',
  'not needed': ':heavy_minus_sign: not needed',
  skipped: ':fast_forward: skipped',
  failed: ':x: not done',
  accepted: ':warning: gone on with all the same',
  'by hand': ':white_check_mark: done by hand',
  undone: ':leftwards_arrow_with_hook: undone',
  rehearsed: ':performing_arts: rehearsed, nothing changed',
  stopped: ':octagonal_sign: stopped',
} as const;

/** Where a try is, for people. */
export function phaseWords(one: TryState): string {
  switch (one.phase) {
    case 'checking':
      return ':hourglass_flowing_sand: looking';
    case 'planning':
      return ':hourglass_flowing_sand: reading what would change';
    case 'planned':
      return ':raised_hand: waits for a confirmation';
    case 'approval':
      return ':raised_hand: waits for approval';
    case 'calling':
      return ':hourglass_flowing_sand: running';
    case 'looking':
      return ':hourglass_flowing_sand: looking whether the change was made';
    case 'verifying':
      return ':hourglass_flowing_sand: verifying';
    case 'decide':
      return ':raised_hand: waits for a decision';
    case 'asking':
      return ':raised_hand: waits for an answer';
    case 'by hand':
      return ':raised_hand: to be done by hand';
    case 'params':
      return ':raised_hand: waits for what it starts with';
    case 'nested':
      return ':hourglass_flowing_sand: another runbook runs inside';
    case 'closed':
      if (one.closedAs) return closedWords[one.closedAs];
      return one.verdict ? verdictWords[one.verdict] : ':white_check_mark: done';
  }
}

/** A call that is not due yet. */
function dueWords(until: number, zone: string): string {
  return `:hourglass_flowing_sand: waits, goes on by itself at ${moment(until, zone, '{time_secs}')}`;
}

/** True while only a person goes on. */
export function waits(one: TryState): boolean {
  return ['planned', 'approval', 'decide', 'asking', 'by hand', 'params'].includes(one.phase);
}

/** Nobody has to answer, and nothing is being changed: it can be skipped. */
export function canBeLeft(one: TryState): boolean {
  return ['checking', 'planning', 'nested'].includes(one.phase);
}

/** How far a runbook inside is: `run 3: 2 of 4 done`, with a link to its message where one is known. */
function insideWords({ run, link }: Inside): string {
  const steps = run.runbook.steps.map(({ id }) => run.steps.get(id));
  const done = steps.filter(
    (step) => step && (step.notNeeded !== undefined || mainTry(step)?.phase === 'closed'),
  );
  const name = link ? `<${link}|run ${run.run}>` : `run ${run.run}`;
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  const held = one && waits(one) ? ', waits for a person' : '';
  return `${name}: ${done.length} of ${steps.length} done${held}`;
}

export interface Inside {
  readonly run: RunState;
  readonly link?: string | undefined;
}

/** One line of a run's message. */
export function stepLine(
  run: RunState,
  step: Runbook['steps'][number],
  index: number,
  underWay: readonly UnderWay[],
  inside?: Inside,
  zone = 'UTC',
): string {
  const state = run.steps.get(step.id);
  const main = mainTry(state);
  const last = lastTry(state);
  const number = `${index + 1}.`;
  const title = line(main?.title || step.title.replace(/\$\{\{[^}]*\}\}/g, '…'), 150);
  if (!last || !main) {
    const left = state?.notNeeded;
    if (left === undefined) return run.ended ? `${number} ~${title}~ not run` : `${number} ${title}`;
    return `${number} ~${title}~ not needed${left === '' ? '' : `: ${line(left, 150)}`}`;
  }
  const isNext = run.current === step.id && !run.ended;
  const call = underWay.find((one) => one.run === run.run && one.step === step.id);
  const words = call?.until === undefined ? phaseWords(main) : dueWords(call.until, zone);
  // What was verified does not hold any more once it is taken back.
  const undone = main.phase === 'closed' && main.closedAs === 'undone';
  const says =
    main.lastSays && main.phase === 'closed' && !undone ? `: ${line(plainFacts(main.lastSays), 250)}` : '';
  const again = main.try > 1 ? ` (try ${main.try})` : '';
  const undo =
    last.undoes === undefined || (undone && last.phase === 'closed')
      ? ''
      : `\n      undo: ${phaseWords(last)}`;
  const { progress } = call ?? {};
  const far = progress ? ` ${line(progress, 120)}` : '';
  const elsewhere = main.elsewhere ? `\n      :warning: ${line(main.elsewhere, 250)}` : '';
  const inner = inside ? `\n      ${insideWords(inside)}` : '';
  return `${number} ${isNext ? `*${title}*` : title} ${words}${far}${again}${says}${inner}${elsewhere}${undo}`;
}
