/** The message of one run: its steps, which are done, which is next. */
import { type Incident, lastTry, type RunState, runsOn } from '../../incidents/state.ts';
import { actions, type Block, type Button, button, context, header, section } from '../blocks.ts';
import type { UnderWay } from '../door.ts';
import { fitBlocks, joined } from '../fit.ts';
import { code, line, moment, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { stepLine, waits } from './steps.ts';

/** `runbook @ 1a2b3c4`: what the report prints as well. */
export function pinnedAs(run: RunState): string {
  return `${run.runbook.id} @ ${(run.revision ?? run.hash).slice(0, 7)}`;
}

export function countWords(counts: RunState['counts']): string {
  return `checks ${counts.checks}, changes ${counts.changes}, by hand ${counts.byHand}`;
}

/** `waitLink`: where the message is that waits for a person. */
export function runMessage(
  incident: Incident,
  run: RunState,
  underWay: readonly UnderWay[],
  waitLink?: string,
): Block[] {
  const { zone } = incident.declared;
  const inside = run.parent ? ` inside run ${run.parent.run}` : '';
  const lines = run.runbook.steps.map((step, index) => stepLine(run, step, index, underWay));
  const params = Object.entries(run.params).map(
    ([name, value]) => `${line(name, 60)} ${code(String(value), 80)}`,
  );
  return fitBlocks([
    header(run.runbook.title),
    context(
      `${drillMark(incident)}Run ${run.run}${inside}: ${countWords(run.counts)}. ${code(pinnedAs(run), 80)}, started by ${who(run.startedBy)} ${moment(run.startedAt, zone)}`,
    ),
    ...(params.length > 0 ? [context(params.join(', '))] : []),
    ...joined(lines, 2900).map(section),
    ...nowLine(run, waitLink),
    ...actions(runButtons(incident, run), `run:${run.run}`),
  ]);
}

function nowLine(run: RunState, waitLink: string | undefined): Block[] {
  if (run.ended) return [context(`:checkered_flag: ${line(run.ended.says, 300)}`)];
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  if (!one || !waits(one)) return [];
  return [
    context(
      `:raised_hand: ${waitLink ? `<${waitLink}|This waits for a person>` : 'This waits for a person: see below.'}`,
    ),
  ];
}

function runButtons({ number, closedAt }: Incident, run: RunState): Button[] {
  if (closedAt !== undefined) return [];
  const incident = number;
  if (run.ended) return undoButtons(number, run);
  const one = run.current ? lastTry(run.steps.get(run.current)) : undefined;
  const at = one && run.current ? { run: run.run, step: run.current, try: one.try } : undefined;
  const skip = at && one && waits(one) ? [button('open-skip', 'Skip this step', { incident, at })] : [];
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
    ...undoButtons(number, run),
  ];
}

/** Changes that were made and can be taken back. */
function undoButtons(incident: number, run: RunState): Button[] {
  return run.runbook.steps.flatMap((step, index): Button[] => {
    if (step.kind !== 'act' || step.undo.kind === 'none') return [];
    const one = run.steps.get(step.id)?.tries.findLast((candidate) => candidate.undoes === undefined);
    const last = lastTry(run.steps.get(step.id));
    const made =
      one?.phase === 'closed' && (one.closedAs === 'done' || one.closedAs === 'accepted') && one.started;
    if (!one || !made || last?.phase !== 'closed') return [];
    return [
      button('undo', `Undo step ${index + 1}`, { incident, run: run.run, step: step.id }, { n: index }),
    ];
  });
}

export function runText(run: RunState): string {
  return `${line(run.runbook.title, 150)}: ${run.ended ? line(run.ended.says, 150) : countWords(run.counts)}`;
}
