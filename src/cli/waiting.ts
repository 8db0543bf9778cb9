/** What of an incident's runs waits for a person, what runs, and how it came out. */
import { type Incident, lastTry, type RunState, runsOn, type TryState } from '../incidents/state.ts';

export interface Waiting {
  readonly run: RunState;
  readonly step: string;
  readonly one: TryState;
}

const waits: ReadonlySet<TryState['phase']> = new Set([
  'planned',
  'approval',
  'decide',
  'asking',
  'by hand',
  'params',
]);

/** The newest try of every step that is still open, in ended runs too: an undo can be asked for after the end. */
function open(incident: Incident): Waiting[] {
  const tries = [...incident.runs.values()].flatMap((run) =>
    [...run.steps.values()].flatMap((state) => {
      const one = lastTry(state);
      return one && one.phase !== 'closed' ? [{ run, step: state.id, one }] : [];
    }),
  );
  return tries.sort((a, b) => a.one.openedAt - b.one.openedAt);
}

export interface Standing {
  /** The one that was opened last comes first: an undo before the step that it was asked beside. */
  readonly waiting: readonly Waiting[];
  /** Changes that can be asked to stop. */
  readonly running: readonly Waiting[];
  readonly over: boolean;
  readonly ok: boolean;
}

export function standingOf(incident: Incident): Standing {
  const all = open(incident);
  const runs = [...incident.runs.values()];
  return {
    waiting: all.filter(({ one }) => waits.has(one.phase)).reverse(),
    running: all.filter(({ one }) => one.phase === 'calling' || runsOn(one)),
    over: runs.length > 0 && runs.every((run) => run.ended) && all.length === 0,
    ok: runs.every(wentWell),
  };
}

/** Two questions with the same key are the same question. */
export function keyOf({ run, step, one }: Waiting): string {
  const { phase, planned, requested } = one;
  return [run.run, step, one.try, phase, planned?.hash, requested?.aloneAllowed].join(' ');
}

/** Nothing that was looked at is bad or unknown, and nothing was left undone. */
export function foundWell(run: RunState): boolean {
  for (const step of run.steps.values()) {
    const one = lastTry(step);
    if (one?.verdict === 'bad' || one?.verdict === 'unknown') return false;
  }
  return true;
}

function wentWell(run: RunState): boolean {
  if (run.ended?.why === 'ended' || !foundWell(run)) return false;
  for (const step of run.steps.values()) {
    const closedAs = lastTry(step)?.closedAs;
    if (closedAs && !['done', 'not needed', 'by hand', 'undone'].includes(closedAs)) return false;
  }
  return true;
}

/** The run that a person started, around this one. */
export function outermost(incident: Incident, run: RunState): RunState {
  const around = run.parent && incident.runs.get(run.parent.run);
  return around ? outermost(incident, around) : run;
}
