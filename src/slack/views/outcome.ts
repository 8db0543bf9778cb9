/** How a change ended, in words that last: what was done, by whom, what it left, and whether its run is over. */
import {
  type Incident,
  lastTry,
  mayHaveChanged,
  type RunState,
  type TryState,
} from '../../incidents/state.ts';
import { context, section } from '../blocks.ts';
import { fitBlocks } from '../fit.ts';
import { line, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { plainFacts } from './plain-facts.ts';
import type { Message } from './waiting.ts';

/** True for a try whose change was verified: its message stays as the record of it. */
export function isVerified(one: TryState): boolean {
  return one.phase === 'closed' && one.verified?.held === true;
}

/** The first line of a message about a step. */
export function stepTitle(incident: Incident, run: RunState, one: TryState): string {
  const undo = one.undoes === undefined ? '' : ':leftwards_arrow_with_hook: Undo: ';
  return `${drillMark(incident)}${undo}*${line(one.title, 200)}*  ·  ${line(run.runbook.title, 100)}, run ${run.run}`;
}

/** The same from the first drawing on, whenever it is drawn. */
export function verifiedMessage(incident: Incident, run: RunState, step: string, one: TryState): Message {
  const says = plainFacts(one.verified?.says ?? '');
  const back = one.closedAs === 'undone' && one.undoes !== undefined ? ' It is taken back.' : '';
  const takenBack = isTakenBack(run, step, one);
  const ends = run.ended && one.undoes === undefined && !takenBack && isLast(run, step);
  const facts = [
    ...byWhom(one),
    ...(takenBack ? ['Taken back since.'] : leftOf(incident, run.run, { step, try: one.try })),
    ...(ends ? [`:checkered_flag: ${line(run.ended?.says ?? '', 200)}`] : []),
  ];
  return {
    text: `${line(one.title, 150)}: ${line(says, 300)}`,
    blocks: fitBlocks([
      section(stepTitle(incident, run, one)),
      section(`:white_check_mark: ${line(says, 800)}${back}`),
      ...(facts.length > 0 ? [context(facts.join('  ·  '))] : []),
    ]),
  };
}

function byWhom({ approvedBy, alone, confirmedBy, claimed }: TryState): string[] {
  if (approvedBy) return [alone ? `${who(approvedBy)} went on alone` : `approved by ${who(approvedBy)}`];
  if (claimed) return ['done by hand'];
  return confirmedBy ? [`confirmed by ${who(confirmedBy)}`] : [];
}

/** Since it was made, by an undo of this very try. */
export function isTakenBack(run: RunState, step: string, one: TryState): boolean {
  const tries = run.steps.get(step)?.tries ?? [];
  return tries.some((later) => later.undoes === one.try && later.closedAs === 'undone');
}

/** The run stands at no later step. */
function isLast(run: RunState, step: string): boolean {
  const steps = run.runbook.steps.map(({ id }) => id);
  const touched = steps.filter((id) => run.steps.get(id)?.tries.length);
  return touched.at(-1) === step;
}

/** What a run, or one try of a step of it, has left and nobody has taken back yet. */
function leftOf(incident: Incident, run: number, of?: { step: string; try: number }): string[] {
  const left = [...incident.looseEnds.values()].filter(
    ({ opened, state }) =>
      opened.run === run &&
      opened.kind === 'temporary' &&
      (of === undefined || (opened.step === of.step && opened.try === of.try)) &&
      (state === 'open' || state === 'may exist'),
  );
  if (left.length === 0) return [];
  const some = left.slice(0, 3).map(({ opened }) => line(opened.title, 250));
  const more = left.length > 3 ? ` and ${left.length - 3} more` : '';
  return [`Left behind: ${some.join('; ')}${more}. It stays until it is taken back: \`/incident left\``];
}

/** The last line of a run that changed something: what it did, and what is left. Undefined for one that only looked. */
export function runEndWords(incident: Incident, run: RunState): string | undefined {
  const done = run.runbook.steps.flatMap(({ id }) => {
    const one = run.steps.get(id)?.tries.findLast((each) => each.undoes === undefined);
    if (!one || !mayHaveChanged(one)) return [];
    const back = isTakenBack(run, id, one) || lastTry(run.steps.get(id))?.closedAs === 'undone';
    return [`${line(one.title, 120)}${back ? ' (taken back)' : ''}`];
  });
  if (done.length === 0) return undefined;
  const some = done.slice(0, 5).join('; ');
  const more = done.length > 5 ? ` and ${done.length - 5} more` : '';
  const left = leftOf(incident, run.run);
  return `Changed: ${some}${more}. ${left[0] ?? 'Nothing is left behind by it'}.`;
}
