/** The message of one run: its steps, which are done, which is next. */
import { canBeUndone, changeToUndo } from '../../incidents/decide/undo.ts';
import { undoable, underWay as unwindingOf } from '../../incidents/decide/unwind.ts';
import { fromTo, pinnedAs } from '../../incidents/pin.ts';
import { type Incident, lastTry, mainTry, type RunState, runsOn } from '../../incidents/state.ts';
import { countWords } from '../../runbooks/count-words.ts';
import { actions, type Block, type Button, button, context, header, section } from '../blocks.ts';
import type { UnderWay } from '../door.ts';
import { fitBlocks, joined } from '../fit.ts';
import { code, line, moment, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { lockLines } from './locks.ts';
import { runEndWords } from './outcome.ts';
import { canBeLeft, stepLine, waits } from './steps.ts';

/** `waitLink`: where the message is that waits for a person; `innerLink`: where that of a run inside is. */
export function runMessage(
  incident: Incident,
  run: RunState,
  underWay: readonly UnderWay[],
  waitLink?: string,
  innerLink: (run: number) => string | undefined = () => undefined,
): Block[] {
  const { zone } = incident.declared;
  const inside = run.parent ? ` inside run ${run.parent.run}` : '';
  const lines = run.runbook.steps.map((step, index) => {
    const inner = incident.runs.get(mainTry(run.steps.get(step.id))?.inner ?? 0);
    const inside = inner && { run: inner, link: innerLink(inner.run) };
    return stepLine(run, step, index, underWay, inside, zone);
  });
  const params = Object.entries(run.params).map(
    ([name, value]) => `${line(name, 60)} ${code(String(value), 80)}`,
  );
  return fitBlocks([
    header(run.runbook.title),
    context(
      `${drillMark(incident)}Run ${run.run}${inside}: ${countWords(run.runbook.steps)}. ${code(pinnedAs(run.runbook.id, run), 120)}, started by ${who(run.startedBy)} ${moment(run.startedAt, zone)}`,
    ),
    ...newerLine(run),
    ...(params.length > 0 ? [context(params.join(', '))] : []),
    ...joined(lines, 2900).map(section),
    ...lockLines(incident, run).slice(0, 5).map(context),
    ...unwindLine(run),
    ...nowLine(incident, run, waitLink),
    ...actions(runButtons(incident, run), `run:${run.run}`),
  ]);
}

/** Never swapped in while it runs (design/runbooks.md, Pinned). */
function newerLine(run: RunState): Block[] {
  const newest = run.changedTo?.at(-1);
  if (!newest || newest.hash === run.hash || run.ended) return [];
  const versions = line(fromTo(run, newest), 160);
  return [
    context(
      `:page_facing_up: A newer version of this runbook exists (${versions}); this run goes on with the one it began with.`,
    ),
  ];
}

function nowLine(incident: Incident, run: RunState, waitLink: string | undefined): Block[] {
  if (run.ended) {
    const words = runEndWords(incident, run);
    return [context(`:checkered_flag: ${line(run.ended.says, 300)}${words ? ` ${words}` : ''}`)];
  }
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  if (!one || !waits(one)) return [];
  return [
    context(
      `:raised_hand: ${waitLink ? `<${waitLink}|This waits for a person>` : 'This waits for a person: see below.'}`,
    ),
  ];
}

/** Everything of this run is being taken back, or was, and how that ended. */
function unwindLine({ unwinding }: RunState): Block[] {
  if (!unwinding) return [];
  const { changes, by, ended } = unwinding;
  const many = changes.length === 1 ? '1 change' : `${changes.length} changes, newest first`;
  if (!ended)
    return [context(`:leftwards_arrow_with_hook: ${who(by)} undoes everything of this run: ${many}.`)];
  if (ended.why === 'finished') return [context(`:leftwards_arrow_with_hook: ${line(ended.says, 300)}`)];
  const { left } = ended;
  const some = left.slice(0, 5).map(({ title }) => line(title, 100));
  const more = left.length > 5 ? ` and ${left.length - 5} more` : '';
  return [
    context(
      `:octagonal_sign: Undoing everything stopped: ${line(ended.says, 300)} Not taken back: ${some.join(', ')}${more}`,
    ),
  ];
}

function runButtons(state: Incident, run: RunState): Button[] {
  const { number: incident, closedAt } = state;
  if (closedAt !== undefined) return [];
  if (run.ended) return undoButtons(state, run);
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  const at = one && run.current ? { run: run.run, step: run.current, try: one.try } : undefined;
  const skip =
    at && one && (waits(one) || canBeLeft(one))
      ? [button('open-skip', 'Skip this step', { incident, at })]
      : [];
  return [
    ...(at && one && (one.phase === 'calling' || runsOn(one))
      ? [button('stop', 'Stop', { incident, at }, { style: 'danger' })]
      : []),
    ...(at && one && runsOn(one)
      ? [
          button('open-go-on', 'Go on without waiting', { incident, at }),
          button('open-skip', 'Skip this step', { incident, at }),
        ]
      : []),
    ...skip,
    button('open-end-run', 'End this run', { incident, run: run.run }),
    ...undoButtons(state, run),
  ];
}

/** Changes that were made, by a button or by hand, and can be taken back: each alone, or all of them. */
function undoButtons(state: Incident, run: RunState): Button[] {
  const incident = state.number;
  const single = run.runbook.steps.flatMap((step, index): Button[] => {
    const steps = run.steps.get(step.id);
    const one = changeToUndo(steps);
    if (one?.phase !== 'closed' || lastTry(steps)?.phase !== 'closed' || !canBeUndone(step, one)) return [];
    return [
      button('undo', `Undo step ${index + 1}`, { incident, run: run.run, step: step.id }, { n: index }),
    ];
  });
  const many = undoable(state, run).length > 1 && !unwindingOf(state, run);
  return [...single, ...(many ? [button('undo-all', 'Undo all', { incident, run: run.run })] : [])];
}

export function runText(run: RunState): string {
  return `${line(run.runbook.title, 150)}: ${run.ended ? line(run.ended.says, 150) : countWords(run.runbook.steps)}`;
}
