/** What an incident is at one moment, for deciding and drawing: folded from its events, small, without notes' texts. */

import type { Runbook, Verdict } from '../runbooks/runbook.ts';
import type { Scope } from '../runbooks/scope-types.ts';
import type { Comparing } from './comparing.ts';
import type { Bodies, Person, Severity, Status, Target } from './events.ts';
import type { LooseEnd } from './loose-end.ts';
import type { Pin } from './pin.ts';
import type { Plan } from './plan.ts';
import type { QuietQuestion } from './quiet.ts';
import type { RecordIndex } from './record-index.ts';

export type { LooseEnd };

/**
 * Where one try of a step is. `decide` waits for a person: the outcome is unknown or bad and only a person goes on.
 * `params` waits for a person as well: the runbook inside needs what its step does not give.
 */
export type Phase =
  | 'checking'
  | 'planning'
  | 'planned'
  | 'approval'
  | 'calling'
  | 'looking'
  | 'verifying'
  | 'decide'
  | 'asking'
  | 'by hand'
  | 'params'
  | 'nested'
  | 'closed';

export interface TryState {
  readonly try: number;
  readonly undoes?: number;
  /** The unwinding that opened it, by the version of its `unwind_started`. */
  readonly unwinds?: number;
  readonly aside?: boolean;
  /** The id under which its change leaves its trace in the world; empty for what changes nothing. */
  readonly operation: string;
  readonly uses?: string;
  readonly args: Record<string, unknown>;
  readonly namespace: string;
  readonly title: string;
  readonly byHand: readonly string[];
  readonly says?: string;
  readonly choices?: readonly { id: string; label: string }[];
  /** Set while and after the runbook inside was asked about: which one, and what it is given already. */
  asks?: { readonly runbook: string; readonly known: Record<string, unknown> };
  /** The run inside this step. */
  inner?: number;
  phase: Phase;
  closedAs?: Bodies['step_closed']['state'];
  /** The attempt that makes the change, while it is under way. */
  attempt?: string;
  planned?: Bodies['plan_made'];
  /** When its plan was read (ms): a plan can be confirmed for so long. */
  plannedAt?: number;
  planFailed?: string;
  requested?: {
    by: Person;
    at: number;
    hash: string;
    expiresAt: number;
    aloneAt: number;
    aloneAllowed?: boolean;
  };
  approvedBy?: Person;
  alone?: boolean;
  outcome?: Bodies['act_done'];
  found?: Bodies['act_found'];
  /** Its worker came back after it had been given up, and had made the change. */
  madeLate?: boolean;
  verified?: Bodies['verified'];
  /** The last thing that was said about it, for people. */
  lastSays?: string;
  out?: Record<string, unknown>;
  verdict?: Verdict;
  openedAt: number;
  closedAt?: number;
  /** Set once its call was confirmed. */
  started?: boolean;
  /** Version of the event since which its change may exist; changes are taken back in its order, newest first. */
  changedIn?: number;
  /** It holds its locks: from the confirmation to the end of its verification. */
  holds?: boolean;
  /** Since when (ms): its confirmation, or the moment it took its locks over. */
  holdsSince?: number;
  /** Locks that somebody has taken over from it since then. */
  lostLocks?: readonly { keys: readonly string[]; by: Person; to: number; at: number }[];
  /** Of a check: it looked at something else than a confirmed target. */
  elsewhere?: string;
  /** Somebody pressed Stop. */
  stopAsked?: boolean;
  /** Somebody said that it was done by hand. */
  claimed?: boolean;
  /** The person whose confirmation started the call. */
  confirmedBy?: Person;
}

export interface StepState {
  readonly id: string;
  readonly kind: Bodies['step_opened']['kind'] | 'none';
  readonly tries: TryState[];
  /** Set for a step that was never opened. */
  notNeeded?: string;
}

export interface RunState {
  readonly run: number;
  readonly parent?: { run: number; step: string };
  readonly runbook: Runbook;
  readonly hash: string;
  readonly revision?: string;
  readonly params: Record<string, unknown>;
  readonly startedBy: Person;
  readonly startedAt: number;
  readonly counts: Bodies['run_started']['counts'];
  readonly steps: Map<string, StepState>;
  /** The step that the run waits at; undefined once it ended. */
  current?: string;
  ended?: Bodies['run_ended'];
  /** The first run that was started from the offer with which this one ended. */
  followedBy?: number;
  lastVerdict?: Verdict;
  /** Later versions of its file that were told, the newest last; the run goes on with its own. */
  changedTo?: readonly Pin[];
  /** The last time that everything of this run was asked to be taken back. */
  unwinding?: Unwinding;
}

/** Taking back every change of a run and of the runs inside it, newest first. */
export interface Unwinding {
  /** Version of its `unwind_started`. */
  readonly version: number;
  readonly by: Person;
  readonly changes: Bodies['unwind_started']['changes'];
  readonly passed: Bodies['unwind_started']['passed'];
  ended?: Bodies['unwind_ended'];
}

/** A check that had been bad or had had no answer, asked once more when the service was said to be back. */
export interface RepeatedCheck {
  readonly run: number;
  readonly step: string;
  readonly title: string;
  readonly was: Verdict;
  /** Absent until the answer is in. */
  verdict?: Verdict;
  says?: string;
}

/** What one resolve asked once more; empty when there was none to ask. */
export interface Repeats {
  /** Version of its `resolved`. */
  readonly resolve: number;
  readonly by: Person;
  /** By attempt. */
  readonly checks: Map<string, RepeatedCheck>;
}

export interface PinnedEntry {
  readonly entry: string;
  hidden: boolean;
  /** Hidden by somebody who corrected the timeline: a pushpin that is still there does not bring it back. */
  takenOff?: boolean;
}

/** What people work on, who said so and when (ms). */
export interface ConfirmedTarget {
  readonly target: Target;
  readonly by: Person;
  readonly at: number;
}

export interface Incident extends Comparing {
  readonly number: number;
  version: number;
  declared: Bodies['incident_declared'];
  declaredAt: number;
  declaredBy: Person;
  severity: Severity;
  status: Status;
  channel?: { id: string; name: string };
  readonly posts: Map<string, { channel: string; ts: string }>;
  readonly roles: Map<string, Person>;
  /** Confirmed, oldest first. */
  targets: readonly ConfirmedTarget[];
  /** Everything that a check proposed; the newest of each. */
  proposals: readonly Target[];
  /** The question that is open. */
  proposed?: { run: number; step: string; target: Target };
  readonly runs: Map<number, RunState>;
  readonly looseEnds: Map<string, LooseEnd>;
  readonly followUps: Map<string, Bodies['follow_up_added']>;
  /** Which entries the record has, and what people did to them; without their words. */
  readonly record: RecordIndex;
  /** Erasures that wait for a second person, by id. */
  readonly erases: Map<string, { readonly entry: string; readonly by: Person; readonly reason: string }>;
  /** Answers in the tree of whys: what each explains. */
  readonly whys: Map<string, { readonly parent?: string; readonly open: boolean }>;
  /** When something was last written down, said or done (ms): a quiet channel is asked. */
  lastEntryAt: number;
  /** Nobody is asked about the quiet before then (ms). */
  quietUntil?: number;
  /** The last time that the quiet channel was asked. */
  quietQuestion?: QuietQuestion;
  /** When the next update was promised (ms). */
  updateNext?: number;
  reportStatus: string;
  /** Slack messages on the timeline, by `channel/ts`. */
  readonly pinned: Map<string, PinnedEntry>;
  readonly lost: Set<string>;
  /** One for each resolve. */
  readonly repeats: Repeats[];
  resolvedAt?: number;
  closedAt?: number;
  reportHash?: string;
  /** Events written by a newer Handrail: decisions are refused while there are any. */
  unknownEvents: number;
}

/** The try of a step that counts: its last one that does not take another one back. */
export function mainTry(step: StepState | undefined): TryState | undefined {
  return step?.tries.findLast((one) => one.undoes === undefined);
}

/** The try that is under way or was last, undo included. */
export function lastTry(step: StepState | undefined): TryState | undefined {
  return step?.tries.at(-1);
}

/**
 * True for the try that buttons and outcomes may still speak of: the last one, and an undo that is under way while the
 * run has come back to the step and makes the change again.
 */
export function isCurrent(step: StepState | undefined, one: TryState): boolean {
  if (lastTry(step) === one) return true;
  return (
    one.undoes !== undefined &&
    one.phase !== 'closed' &&
    step?.tries.findLast((candidate) => candidate.undoes !== undefined) === one
  );
}

/** The try whose values later expressions read: one more look beside the run counts once it has an answer. */
function readTry(step: StepState): TryState | undefined {
  return step.tries.findLast(
    (one) => one.undoes === undefined && !(one.aside === true && one.out === undefined),
  );
}

function ownTry(step: StepState, number: number): TryState | undefined {
  const one = step.tries.find((candidate) => candidate.try === number);
  return one?.undoes === undefined ? one : step.tries.find((candidate) => candidate.try === one.undoes);
}

/** True when a call was made, or claimed to have been made by hand, and nothing proves that it changed nothing. */
export function mayHaveChanged(one: TryState): boolean {
  if (one.claimed || one.madeLate) return true;
  return one.started === true && one.outcome?.outcome !== 'failed' && one.found?.happened !== 'not made';
}

/** True while the look for its trace says that a change of a lost worker still goes on. */
export function runsOn(one: TryState): boolean {
  return one.phase === 'looking' && one.found?.happened === 'still running';
}

/**
 * What expressions of a run can read. With `at` its step's own plan and arguments are those of that try, or of the
 * try that it takes back: a change that was made twice has two before-values.
 */
export function scopeOf(incident: Incident, run: RunState, at?: { step: string; try: number }): Scope {
  const steps: Record<string, Scope['steps'][string]> = {};
  for (const [id, step] of run.steps) {
    const one = (at?.step === id ? ownTry(step, at.try) : undefined) ?? readTry(step);
    if (!one) continue;
    steps[id] = {
      args: one.args,
      ...(one.out === undefined ? {} : { out: one.out }),
      ...(one.planned === undefined ? {} : { plan: one.planned.plan.values }),
      ...(one.verdict === undefined ? {} : { verdict: one.verdict }),
    };
  }
  const { declared } = incident;
  return {
    params: run.params,
    incident: {
      id: incident.number,
      namespace: declared.namespace,
      title: declared.title,
      severity: incident.severity,
      system: declared.system?.id ?? '',
    },
    system: {
      id: declared.system?.id ?? '',
      title: declared.system?.title ?? '',
      namespace: declared.namespace,
    },
    steps,
  };
}

/** The plan as an object's name for people: `web/deployment/utility`. */
export function objectOf(plan: Plan | Bodies['plan_made']['plan']): string {
  // As runbooks write locks: one object must not have two keys.
  return `${plan.target.namespace}/${plan.target.kind.toLowerCase()}/${plan.target.name}`;
}
