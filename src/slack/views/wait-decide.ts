/** After an outcome that is not known or not good: the buttons that a person decides with. */
import { canBeUndone } from '../../incidents/decide/undo.ts';
import { isUnguarded } from '../../incidents/decide/unguarded.ts';
import { type Block, type Button, button, section } from '../blocks.ts';
import { esc, ping } from '../mrkdwn.ts';
import { byHandBlocks } from './plan.ts';
import { needed, type Waiting } from './waiting.ts';

export function decideBlocks({ incident, run, one, at }: Waiting): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const value = { incident: incident.number, at };
  const whom = ping(needed(run, one));
  const step = run.runbook.steps.find((candidate) => candidate.id === at.step);
  const isAct = step?.kind === 'act';
  const isRun = step?.kind === 'run';
  if (one.verified?.byEye) return byEyeBlocks({ incident, run, one, at });
  const notMade =
    one.planFailed !== undefined ||
    one.outcome?.outcome === 'failed' ||
    (one.found?.happened === 'not made' && !one.madeLate);
  const unguarded = isAct && isUnguarded(one) && one.found?.happened !== 'made' && !one.madeLate;
  const failed = one.planFailed !== undefined;
  const text = stateWords(one);
  // What the look for its trace said is over.
  const says = one.madeLate && !one.verified ? '' : (one.lastSays ?? '');
  const advice = failed
    ? 'Nothing was changed.'
    : notMade
      ? unguarded
        ? 'The first one may still arrive: its worker never said what became of it. Look before you try again.'
        : 'Nothing was changed. You can try again.'
      : one.madeLate
        ? 'Check again, or undo it.'
        : isAct
          ? 'The change may be there. Look before you decide.'
          : 'Look yourself before you decide.';
  const undoable = step !== undefined && one.undoes === undefined && !notMade && canBeUndone(step, one);
  const buttons: Button[] = [
    ...(failed || (notMade && !unguarded)
      ? []
      : [button('check-again', 'Check again', value, { style: 'primary' })]),
    ...((notMade && (isAct || isRun)) || unguarded
      ? [button('try-again', 'Try again', value, { style: 'primary' })]
      : []),
    ...(undoable ? [button('undo', 'Undo', { incident: incident.number, run: at.run, step: at.step })] : []),
    button('open-go-on', 'Go on anyway', value),
    button('by-hand', 'Done by hand', value),
    button('open-skip', 'Skip', value),
  ];
  return {
    text,
    blocks: [
      section(`:grey_question: *${text}* ${esc(says, 1200)}\n${advice} ${whom}`),
      ...byHandBlocks(one.planned?.byHand ?? one.byHand),
    ],
    buttons,
  };
}

/** An undo was made that nothing here can look at: who has looked says so. */
function byEyeBlocks({ incident, run, one, at }: Pick<Waiting, 'incident' | 'run' | 'one' | 'at'>): {
  text: string;
  blocks: Block[];
  buttons: Button[];
} {
  const value = { incident: incident.number, at };
  return {
    text: 'done, not verified',
    blocks: [section(`:eyes: ${ping(needed(run, one))} ${esc(one.lastSays ?? '', 1200)}`)],
    buttons: [
      button('by-hand', 'It is taken back', value, { style: 'primary' }),
      button('open-skip', 'It is not', value),
    ],
  };
}

function stateWords(one: Waiting['one']): string {
  if (one.planFailed !== undefined) return 'There is no plan.';
  if (one.verified && !one.verified.held) return 'Not verified.';
  if (one.madeLate) return 'The change was made after all: its worker came back late.';
  if (one.found?.happened === 'not made') return 'The change was not made.';
  if (one.found?.happened === 'cannot tell') return 'Nobody knows whether the change was made.';
  if (one.outcome?.outcome === 'failed') return 'It failed.';
  if (one.outcome?.outcome === 'unknown') return 'The outcome is not known.';
  return 'A person decides.';
}
