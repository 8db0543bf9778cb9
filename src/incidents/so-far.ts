/** How an incident stands, in plain sentences from its state: the first words of an update and of a handover. Facts only. */

import { clause, sentence } from './sentence.ts';
import { type Incident, lastTry, type RunState, type TryState } from './state.ts';
import { timeWords } from './time-words.ts';

/** Lines of one kind; more are counted. */
const MOST = 5;

function listed(lines: readonly string[]): string {
  const more = lines.length - MOST;
  return [...lines.slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

const openRuns = (incident: Incident): RunState[] => [...incident.runs.values()].filter((run) => !run.ended);

function tries(incident: Incident): TryState[] {
  return [...incident.runs.values()].flatMap((run) => [...run.steps.values()].flatMap((step) => step.tries));
}

/** Changes that were made and are known to hold, oldest first. */
function made(incident: Incident): string[] {
  return tries(incident)
    .filter((one) => one.changedIn !== undefined && one.undoes === undefined && one.closedAs === 'done')
    .sort((a, b) => (a.changedIn ?? 0) - (b.changedIn ?? 0))
    .map((one) => clause(one.title));
}

/** What the last look at each step found to be bad. */
function bad(incident: Incident): string[] {
  const found: string[] = [];
  for (const run of incident.runs.values())
    for (const step of run.steps.values()) {
      const one = lastTry(step);
      if (one?.verdict === 'bad') found.push(`“${clause(one.title)}”`);
    }
  return found;
}

/** Whom or what a try waits for; undefined when it is over. */
function waitsFor(one: TryState): string | undefined {
  const title = `“${clause(one.title)}”`;
  switch (one.phase) {
    case 'planned':
      return `${title} waits for a confirmation`;
    case 'approval':
      return `${title} waits for approval, asked for by ${one.requested?.by.name ?? 'somebody'}`;
    case 'decide':
      return `${title} waits for a decision`;
    case 'asking':
      return `${title} waits for an answer`;
    case 'by hand':
      return `${title} is to be done by hand`;
    case 'params':
      return `${title} waits for what it starts with`;
    case 'checking':
    case 'planning':
    case 'calling':
    case 'looking':
    case 'verifying':
      return `${title} is under way`;
    case 'nested':
    case 'closed':
      return undefined;
  }
}

const waiting = (incident: Incident): string[] =>
  openRuns(incident).flatMap((run) =>
    [...run.steps.values()].flatMap((step) => step.tries.flatMap((one) => waitsFor(one) ?? [])),
  );

function targetLine({ targets }: Incident): string {
  if (targets.length === 0) return 'What is affected is not confirmed yet.';
  return `Confirmed: ${listed(targets.map(({ target }) => `${target.kind} ${target.name} in ${target.namespace}`))}.`;
}

function standing(incident: Incident, now: number): string {
  const { declared, severity, status } = incident;
  const since = timeWords({ at: declared.since, precision: 'exact' }, { zone: declared.zone, now });
  return `${severity}, ${status}, since ${since}.`;
}

/** What a status says of the cause. */
const causes: Readonly<Record<Incident['status'], string | undefined>> = {
  investigating: 'The cause is not known yet.',
  'cause found': 'The cause is known.',
  fixing: 'A fix is under way.',
  watching: 'A fix is in place and is being watched.',
  resolved: undefined,
  closed: undefined,
};

/** For everybody who waits: what is known, what was done, what comes next. `now` in ms. */
export function updateDraft(incident: Incident, now: number): string {
  const changes = made(incident);
  const { declared, resolvedAt, status } = incident;
  const first = `${sentence(declared.title)} ${standing(incident, now)}`;
  const done = `Done: ${changes.length === 0 ? 'nothing was changed' : listed(changes)}.`;
  if (resolvedAt !== undefined) {
    const back = timeWords({ at: resolvedAt, precision: 'exact' }, { zone: declared.zone, now });
    return [first, `The service is back since ${back}.`, done].join('\n');
  }
  const next = waiting(incident);
  const cause = causes[status];
  return [
    first,
    `Known: ${targetLine(incident)}${cause ? ` ${cause}` : ''}`,
    done,
    ...(next.length > 0 ? [`Next: ${listed(next.slice(0, 2))}.`] : []),
  ].join('\n');
}

export interface HandoverDraft {
  /** How things are. */
  readonly conditions: string;
  /** What was tried and done. */
  readonly actions: string;
  /** What comes next, and who waits for what. */
  readonly needs: string;
}

/** For whoever takes over. `now` in ms. */
export function handoverDraft(incident: Incident, now: number): HandoverDraft {
  const broken = bad(incident);
  const changes = made(incident);
  const runs = openRuns(incident).filter((run) => !run.parent);
  const left = [...incident.looseEnds.values()].filter(
    ({ state }) => state === 'open' || state === 'may exist',
  );
  const waits = waiting(incident);
  return {
    conditions: [
      standing(incident, now),
      targetLine(incident),
      ...(broken.length > 0 ? [`Not good: ${listed(broken)}.`] : []),
    ].join('\n'),
    actions: [
      changes.length === 0 ? 'Nothing was changed yet.' : `Changed: ${listed(changes)}.`,
      ...(runs.length > 0 ? [`Open: ${listed(runs.map((run) => clause(run.runbook.title)))}.`] : []),
    ].join('\n'),
    needs: [
      waits.length === 0 ? 'No step waits.' : `${listed(waits)}.`,
      left.length === 0
        ? 'Nothing is known to be left behind.'
        : `Left behind: ${listed(left.map(({ opened }) => clause(opened.title)))}.`,
    ].join('\n'),
  };
}
