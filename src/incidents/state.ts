/** What an incident is at one moment, for deciding and drawing: folded from its events, small, without notes' texts. */

import type { Runbook, Verdict } from '../runbooks/runbook.ts';
import type { Scope } from '../runbooks/scope-types.ts';
import type { Bodies, Person, Severity, Status, Target } from './events.ts';
import type { Plan } from './plan.ts';

/**
 * Where one try of a step is. `decide` waits for a person: the outcome is unknown or bad and only a person goes on.
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
  | 'nested'
  | 'closed';

export interface TryState {
  readonly try: number;
  readonly undoes?: number;
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
  phase: Phase;
  closedAs?: Bodies['step_closed']['state'];
  /** The attempt that makes the change, while it is under way. */
  attempt?: string;
  planned?: Bodies['plan_made'];
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
  verified?: Bodies['verified'];
  /** The last thing that was said about it, for people. */
  lastSays?: string;
  out?: Record<string, unknown>;
  verdict?: Verdict;
  openedAt: number;
  closedAt?: number;
  /** Set once its call was confirmed. */
  started?: boolean;
  /** It holds its locks: from the confirmation to the end of its verification. */
  holds?: boolean;
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
  lastVerdict?: Verdict;
}

export interface LooseEnd {
  readonly id: string;
  readonly opened: Bodies['loose_end_opened'];
  readonly openedAt: number;
  readonly openedBy: Person;
  state: 'may exist' | 'open' | 'gone' | 'accepted';
  says?: string;
  settledAt?: number;
  owner?: Person;
}

export interface PinnedEntry {
  readonly entry: string;
  hidden: boolean;
}

export interface Incident {
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
  target?: Target;
  proposed?: { run: number; step: string; target: Target };
  readonly runs: Map<number, RunState>;
  readonly looseEnds: Map<string, LooseEnd>;
  readonly followUps: Map<string, Bodies['follow_up_added']>;
  /** Slack messages on the timeline, by `channel/ts`. */
  readonly pinned: Map<string, PinnedEntry>;
  readonly lost: Set<string>;
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

/** The try whose values later expressions read: one more look beside the run counts once it has an answer. */
function readTry(step: StepState): TryState | undefined {
  return step.tries.findLast(
    (one) => one.undoes === undefined && !(one.aside === true && one.out === undefined),
  );
}

/** True when a call was made, or claimed to have been made by hand, and nothing proves that it changed nothing. */
export function mayHaveChanged(one: TryState): boolean {
  if (one.claimed) return true;
  return one.started === true && one.outcome?.outcome !== 'failed' && one.found?.happened !== 'not made';
}

/** True while the look for its trace says that a change of a lost worker still goes on. */
export function runsOn(one: TryState): boolean {
  return one.phase === 'looking' && one.found?.happened === 'still running';
}

/** What expressions of a run can read. */
export function scopeOf(incident: Incident, run: RunState): Scope {
  const steps: Record<string, Scope['steps'][string]> = {};
  for (const [id, step] of run.steps) {
    const one = readTry(step);
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
  return `${plan.target.namespace}/${plan.target.kind}/${plan.target.name}`;
}
