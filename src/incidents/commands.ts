/** What can be asked of an incident, or told about it: the only way in is one of these, through the door. */
import type { Level } from '../catalog/access.ts';
import type { Runbook } from '../runbooks/runbook.ts';
import type { BaselineWhat } from './commands/baseline.ts';
import type { LeftWhat } from './commands/left.ts';
import type { RecordWhat } from './commands/record.ts';
import type { ReportWhat } from './commands/report.ts';
import type { SharingWhat } from './commands/sharing.ts';
import type { At, Bodies, Person, Severity, Status, Target, TargetName } from './events.ts';
import type { Plan } from './plan.ts';

/** Who asks, with the rights known and when they were read (ms); `groups` are names from handrail.yaml. */
export interface Asker {
  readonly person: Person;
  readonly levels: readonly Level[];
  readonly groups: readonly string[];
}

/** A call that failed, in words; for a change, whether it is proved that nothing was changed. */
export interface Failure {
  readonly ok: false;
  readonly says: string;
  readonly nothingHappened?: boolean;
  readonly planChanged?: boolean;
  /** The confirmation had waited for too long before the call; nothing was called. */
  readonly tooOld?: boolean;
}

type Result<T> = Failure | (T & { readonly ok: true });
type Values = Record<string, unknown>;

/** What a worker brings back from one attempt. */
export type Outcome =
  | {
      readonly purpose: 'check';
      /** All of it redacted. `kept` are the fields that the timeline keeps; `rawHash` is of what was read, as it was. */
      readonly result: Result<{ readonly out: Values; readonly kept?: Values; readonly rawHash?: string }>;
    }
  | { readonly purpose: 'probe'; readonly result: Result<{ readonly gone: boolean }> }
  | { readonly purpose: 'plan'; readonly result: Result<{ readonly plan: Plan }> }
  | {
      readonly purpose: 'act';
      readonly result: Result<{ readonly out: Values; readonly kept?: Values; readonly rawHash?: string }>;
    }
  | {
      readonly purpose: 'happened';
      readonly result: Result<{ readonly happened: Bodies['act_found']['happened'] }>;
    }
  | {
      readonly purpose: 'verify';
      readonly result: Result<{
        readonly held: boolean;
        readonly out?: Values;
        readonly kept?: Values;
        readonly rawHash?: string;
        readonly says?: string;
      }>;
    };

export type Purpose = 'check' | 'plan' | 'act' | 'happened' | 'verify' | 'probe';

export type What =
  | RecordWhat
  | LeftWhat
  | ReportWhat
  | SharingWhat
  | BaselineWhat
  | { readonly do: 'declare'; readonly body: Bodies['incident_declared'] }
  | { readonly do: 'record channel'; readonly channel: string; readonly name: string }
  | { readonly do: 'record post'; readonly what: string; readonly channel: string; readonly ts: string }
  | { readonly do: 'record slack failure'; readonly what: string; readonly says: string }
  | { readonly do: 'note'; readonly body: Omit<Bodies['note_added'], 'late'> }
  | {
      readonly do: 'correct';
      readonly channel: string;
      readonly ts: string;
      readonly why: Bodies['entry_corrected']['why'];
      readonly text?: string;
    }
  | { readonly do: 'set role'; readonly role: string; readonly person: Person }
  | { readonly do: 'set severity'; readonly severity: Severity; readonly reason?: string }
  | {
      readonly do: 'set status';
      readonly status: Exclude<Status, 'resolved' | 'closed'>;
      readonly at: number;
    }
  /** `as` when another one is confirmed already; without it that one stays. */
  | { readonly do: 'confirm target'; readonly target: Target; readonly as?: 'also' | 'instead' }
  | { readonly do: 'drop target'; readonly target: TargetName }
  | {
      readonly do: 'start run';
      readonly runbook: Runbook;
      readonly hash: string;
      readonly revision?: string;
      readonly params: Record<string, unknown>;
      /** The ended run whose offer is taken: one offer starts one run. */
      readonly follows?: number;
    }
  /** What the runbook inside a step still needs. */
  | { readonly do: 'start inside'; readonly at: At; readonly params: Record<string, unknown> }
  /** The file of an open run's runbook is another one now. */
  | {
      readonly do: 'runbook changed';
      readonly run: number;
      readonly hash: string;
      readonly revision?: string;
    }
  | {
      readonly do: 'settle';
      readonly attempt: string;
      readonly at: At;
      readonly outcome: Outcome;
      readonly seconds: number;
      readonly looseEnd?: string;
    }
  | {
      readonly do: 'give up attempt';
      readonly attempt: string;
      readonly at: At;
      readonly purpose: Purpose;
      readonly looseEnd?: string;
    }
  | { readonly do: 'confirm'; readonly at: At; readonly hash: string; readonly phrase?: string }
  /** `from`: the holders that the person was shown; `phrase` when a call of theirs may still arrive. */
  | { readonly do: 'take over'; readonly at: At; readonly from: readonly string[]; readonly phrase?: string }
  | ({ readonly do: 'record lock lost'; readonly at: At } & Omit<Bodies['lock_lost'], keyof At>)
  | { readonly do: 'ask approval'; readonly at: At; readonly hash: string }
  | { readonly do: 'approve'; readonly at: At; readonly hash: string }
  | { readonly do: 'go alone'; readonly at: At; readonly hash: string; readonly reason: string }
  /** `due`: the moment of it by the clock of who asked (ms); the server has said that it has come. */
  | { readonly do: 'lapse approval'; readonly at: At; readonly hash: string; readonly due?: number }
  | { readonly do: 'allow alone'; readonly at: At; readonly hash: string; readonly due?: number }
  /** What was left for a length of time: that is over. */
  | { readonly do: 'end time'; readonly looseEnd: string; readonly due: number }
  | { readonly do: 'plan again'; readonly at: At }
  | { readonly do: 'check again'; readonly at: At }
  /** `phrase` when the first call may still arrive. */
  | { readonly do: 'try again'; readonly at: At; readonly phrase?: string }
  | { readonly do: 'go on'; readonly at: At; readonly reason: string }
  | { readonly do: 'skip'; readonly at: At; readonly reason: string }
  | { readonly do: 'stop'; readonly at: At }
  | { readonly do: 'undo'; readonly run: number; readonly step: string }
  /** Takes back everything that the run and the runs inside it changed, newest first, each on a confirmation. */
  | { readonly do: 'unwind'; readonly run: number }
  | { readonly do: 'done by hand'; readonly at: At; readonly says?: string }
  | {
      readonly do: 'choose';
      readonly at: At;
      readonly choice?: string;
      readonly reason?: string;
      readonly form?: Record<string, unknown>;
    }
  | { readonly do: 'end run'; readonly run: number; readonly reason: string }
  | { readonly do: 'resolve'; readonly at: number; readonly summary?: string }
  | { readonly do: 'reopen'; readonly reason: string }
  | { readonly do: 'close' }
  /** After an outage of the store: `commands` are the ids of what was kept meanwhile and is in the store now. */
  | {
      readonly do: 'record outage';
      readonly since: number;
      readonly until: number;
      readonly commands: readonly string[];
    };

export interface Command {
  /** Made where it comes from; the same id again gets the same answer and no event. */
  readonly id: string;
  /** Undefined: it opens a new incident. */
  readonly incident?: number;
  readonly by: Asker;
  /** ms since 1970, UTC, by the clock of who brings it. */
  readonly now: number;
  readonly what: What;
}

/** What the door answers; stored with the command. */
export type Answer =
  | {
      readonly ok: true;
      readonly incident: number;
      readonly version: number;
      readonly says?: string;
      /** It is on this machine's disk, and in the store when that answers again. */
      readonly kept?: true;
    }
  | {
      readonly ok: false;
      readonly code: string;
      readonly says: string;
      /** What a person would type instead. */
      readonly byHand?: readonly string[];
      /** The first call may still arrive; who may operate may try again all the same, with a typed sentence. */
      readonly arrives?: { readonly incident: number; readonly at: At };
      /** Others hold what this change locks; who may operate may take it over. */
      readonly held?: {
        readonly incident: number;
        readonly at: At;
        readonly from: readonly string[];
        /** A call of theirs may still arrive: that has to be typed. */
        readonly arrives: boolean;
      };
    };
