/** The report as plain data: everything a profile may say, from the events alone. */
import type { Event, EventOf, Severity } from '../incidents/events.ts';
import { correctedEvents, shownEvents } from '../incidents/timeline/corrected-events.ts';
import { inOrder } from '../incidents/timeline/in-order.ts';
import { stepStories } from '../incidents/timeline/steps.ts';
import { timeline } from '../incidents/timeline.ts';
import { lastAnswers } from './model/answers.ts';
import { type Cause, causeOf } from './model/cause.ts';
import { type Change, changesOf } from './model/changes.ts';
import { type Decision, decisionsOf } from './model/decisions.ts';
import { type EvidenceTable, evidenceOf } from './model/evidence.ts';
import { type FollowUp, followUpsOf } from './model/follow-ups.ts';
import { type Gantt, ganttOf } from './model/gantt.ts';
import { type Hole, holesOf } from './model/holes.ts';
import { type Learnt, learntOf } from './model/learnt.ts';
import { type LeftBehind, leftBehindOf } from './model/left-behind.ts';
import { type Interval, intervalsOf, type Milestones, milestonesOf } from './model/milestones.ts';
import { type Question, questionsOf } from './model/questions.ts';
import { type Repeated, repeatedOf } from './model/repeated.ts';
import { type Asked, retrospectiveOf } from './model/retrospective.ts';
import { type Row, rowOf } from './model/rows.ts';
import { type RunUsed, runsOf } from './model/runbooks.ts';
import { type Target, targetsOf } from './model/targets.ts';
import { type Wait, waitsOf, withWaits } from './model/waits.ts';
import { openEnds, type Why, whysOf } from './model/whys.ts';
import {
  type Handover,
  handoversOf,
  type OwnText,
  openAtFinalOf,
  ownTextsOf,
  type ReportStatus,
  statusOf,
  type Update,
  updatesOf,
  type WaivedQuestion,
  waivedOf,
} from './model/written.ts';
import { type Participant, type PeopleStyle, peopleOf } from './people.ts';
import { withoutSlackEntities } from './typed.ts';

export type { Row } from './model/rows.ts';

export interface ReportModel {
  readonly id: string;
  readonly title: string;
  readonly severity: { readonly first: Severity; readonly last: Severity };
  readonly status: ReportStatus;
  /** Codes of the questions that were open when it was made final. */
  readonly openAtFinal: readonly string[];
  readonly drill: boolean;
  readonly private: boolean;
  /** The incident's own IANA zone. */
  readonly zone: string;
  readonly namespace: string;
  readonly system?: EventOf<'incident_declared'>['body']['system'];
  readonly moments: Milestones;
  readonly intervals: readonly Interval[];
  readonly people: readonly Participant[];
  readonly declaredBy: string;
  readonly noticed: string;
  readonly place?: string;
  /** Confirmed, in order; those without an end count. */
  readonly targets: readonly Target[];
  /** What it was not: proposed or looked at, and not confirmed; ruled out in words. */
  readonly notTargets: readonly string[];
  /** What the person wrote who said that the service is back. */
  readonly summary?: { readonly text: string; readonly by: string; readonly at: number };
  /** Sections in people's own words. */
  readonly written: readonly OwnText[];
  readonly whys: readonly Why[];
  readonly updates: readonly Update[];
  readonly handovers: readonly Handover[];
  readonly counts: {
    readonly checks: number;
    readonly bad: number;
    readonly changes: number;
    readonly undos: number;
    readonly byHand: number;
  };
  readonly rows: readonly Row[];
  readonly holes: readonly Hole[];
  readonly cause: Cause;
  readonly changes: readonly Change[];
  /** Asked once more at the last resolve. */
  readonly repeated: readonly Repeated[];
  readonly decisions: readonly Decision[];
  readonly evidence: readonly EvidenceTable[];
  readonly left: LeftBehind;
  readonly followUps: readonly FollowUp[];
  readonly questions: readonly Question[];
  /** Questions of the review that do not apply, as people said. */
  readonly waived: readonly WaivedQuestion[];
  /** What the people who were there are asked afterwards. */
  readonly retrospective: readonly Asked[];
  readonly learnt: readonly Learnt[];
  readonly waits: readonly Wait[];
  readonly gantt: Gantt;
  readonly runs: readonly RunUsed[];
  /** Where the record stood, for whoever wants to know later that nothing in it was changed. */
  readonly head?: Head;
}

/** The last entry of an incident's record and its hash. */
export interface Head {
  readonly version: number;
  readonly hash: string;
}

/** A report was asked for events that do not begin with a declaration. */
export class NoIncident extends Error {
  constructor() {
    super('There is no incident in these events: the first one must be its declaration.');
    this.name = 'NoIncident';
  }
}

/** Applies `change` to every text inside a value of plain data. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => mapTexts(one, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)])) as T;
}

/** Throws NoIncident. The same events and options give the same model; there is no clock in it. */
export function model(
  given: readonly Event[],
  options: { readonly people: PeopleStyle; readonly head?: Head },
): ReportModel {
  const corrected = correctedEvents(inOrder(given));
  const { recorded, events, texts, hidden } = corrected;
  const declared = events.find((event) => event.type === 'incident_declared');
  if (declared?.type !== 'incident_declared') throw new NoIncident();
  const people = peopleOf(recorded, options.people);
  const { labelOf } = people;
  const entries = timeline(recorded, labelOf)
    .filter((entry) => entry.show !== 'hide')
    .map((entry) => (entry.source.ts ? { ...entry, text: withoutSlackEntities(entry.text) } : entry));
  const stories = stepStories(events);
  const runs = new Map(
    events.flatMap((event) => (event.type === 'run_started' ? [[event.body.run, event] as const] : [])),
  );
  const moments = milestonesOf(corrected, declared, stories, runs);
  const shown = shownEvents(corrected);
  const written = ownTextsOf(events, labelOf);
  const whys = whysOf(events);
  const explained =
    written.some(({ name }) => name === 'root cause') || (whys.length > 0 && openEnds(whys).length === 0);
  const cause = causeOf(shown, stories, entries, labelOf, explained);
  const left = leftBehindOf(events, stories, labelOf);
  const holes = holesOf(entries, moments.open);
  const changes = changesOf(stories, runs, moments.restored, labelOf, texts);
  const repeated = repeatedOf(events);
  const ruledOut = entries
    .filter((entry) => entry.kind === 'ruled-out' && entry.deletedAt === undefined)
    .map(({ text }) => text);
  const { targets, notTargets, wrongSystem } = targetsOf(events, ruledOut, labelOf);
  const waits = waitsOf(entries, stories);
  const decisions = decisionsOf(stories, entries, hidden, labelOf);
  const checks = events.filter((event) => event.type === 'check_done');
  const severities = events.flatMap((event) => (event.type === 'severity_changed' ? [event.body.to] : []));
  const resolved = events.findLast((event) => event.type === 'resolved');
  const rewritten = texts.get(`v${resolved?.version}`);
  const summary =
    resolved?.type === 'resolved' && moments.restored !== undefined && resolved.body.summary
      ? {
          text: resolved.body.summary,
          // Whose words they are: not always those of who said that the service is back.
          by: labelOf(rewritten?.by ?? resolved.by),
          at: rewritten?.at ?? resolved.at,
        }
      : undefined;
  const { title, severity, drill, zone, namespace, system, noticed, place } = declared.body;
  const unresolved: ReportModel = {
    id: `INC-${declared.incident}`,
    title,
    severity: { first: severity, last: severities.at(-1) ?? severity },
    status: statusOf(events),
    openAtFinal: openAtFinalOf(events),
    drill,
    private: declared.body.private,
    zone,
    namespace,
    ...(system ? { system } : {}),
    moments,
    intervals: withWaits(intervalsOf(moments), wrongSystem, waits),
    people: people.took,
    declaredBy: labelOf(declared.by),
    noticed,
    // A channel's id says nothing to a reader.
    ...(place && !/^[CDG][A-Z0-9]{7,}$/.test(place) ? { place } : {}),
    targets,
    notTargets,
    ...(summary ? { summary } : {}),
    written,
    whys,
    updates: updatesOf(shown, texts, labelOf),
    handovers: handoversOf(shown, texts, labelOf),
    counts: {
      checks: checks.length,
      bad: checks.filter((event) => event.type === 'check_done' && event.body.verdict === 'bad').length,
      changes: changes.filter((change) => !change.byHand && !change.undoes).length,
      undos: changes.filter((change) => !change.byHand && change.undoes).length,
      byHand: changes.filter((change) => change.byHand).length,
    },
    rows: entries.map((entry) => rowOf(entry, labelOf)),
    holes,
    cause,
    changes,
    repeated,
    decisions,
    evidence: evidenceOf(stories),
    left,
    followUps: followUpsOf(events, stories, cause, left, labelOf),
    questions: questionsOf(
      stories,
      cause,
      moments,
      left,
      holes,
      lastAnswers(stories, repeated),
      labelOf,
      whys,
    ),
    waived: waivedOf(events, labelOf),
    retrospective: retrospectiveOf(
      { entries, stories, hidden, notTargets, decisions, first: { at: moments.start, noticed } },
      labelOf,
    ),
    learnt: learntOf(targets, stories),
    waits,
    gantt: ganttOf(moments, stories, waits),
    runs: runsOf(events, labelOf),
    ...(options.head ? { head: options.head } : {}),
  };
  return mapTexts(unresolved, people.resolve);
}
