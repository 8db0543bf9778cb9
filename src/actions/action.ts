/** The definition of an action: a signature that the core knows, and how it is done. */
import type { Database } from '../catalog/catalog.ts';
import type { Plan } from '../incidents/plan.ts';
import type { Signature } from '../runbooks/signature.ts';
import type { Reach } from './reach.ts';
import type { Seen } from './redact/seen.ts';

/** What one call gets. `params` has been parsed by the action's own schema. */
export interface Call<P = Record<string, unknown>> {
  readonly params: P;
  readonly namespace: string;
  /** Unique for one confirmed try of one step: written where the change is made, looked for by `happened`. */
  readonly operation: string;
  /** Number of the incident, for names and annotations that people read. */
  readonly incident: number;
  /** Aborted at the step's timeout or when somebody presses Stop. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly reach: Reach;
  /** Says how far a long call is; shown to people, at most every 3 s. */
  readonly progress: (words: string) => void;
  /** Told of raw texts and of values of Secrets as they are read: a hash is kept of the first, the second are taken out. */
  readonly seen?: Seen;
}

export interface ChangingCall<P = Record<string, unknown>> extends Call<P> {
  readonly plan: Plan;
  /**
   * True while this worker still holds the attempt (lease by PostgreSQL's clock). Ask after reading the object's
   * version and before every write that could be a repeat: a worker that was frozen must not write again.
   */
  readonly stillOurs: () => Promise<boolean>;
}

/** Did this operation leave its trace in the target? */
export type Happened = 'made' | 'not made' | 'still running' | 'cannot tell';

/** A right in the cluster, as in an RBAC rule; `scope` cluster for what a namespace role cannot give. */
export interface KubernetesRight {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  readonly scope?: 'namespace' | 'cluster';
  /** True when the action still gives an answer without it, and says what it could not see. */
  readonly optional?: boolean;
  /** Of which objects, for what is known of a call before it is made. Absent: every call needs it, of any object. */
  readonly needed?: (call: Foreseen) => Needed;
}

/** No object, any object, or those of these names. */
export type Needed = 'none' | 'any' | readonly string[];

/** A right in a database, for a role that is no superuser. */
export interface SqlRight {
  /** Membership of a predefined role, or to connect to the database. */
  readonly grant:
    | 'CONNECT'
    | 'pg_monitor'
    | 'pg_read_all_data'
    | 'pg_read_all_settings'
    | 'pg_signal_backend';
  /** What needs it, for a comment beside it. */
  readonly why: string;
}

export interface Rights {
  readonly kubernetes: readonly KubernetesRight[];
  readonly postgres: readonly SqlRight[];
}

/** What is known of an argument before a run: the text says it, or it is seen only then (and may turn out absent). */
export type KnownArgument = { readonly is: string } | 'seen later';

/** A call of an action as a runbook's text foretells it, in one namespace. */
export interface Foreseen {
  /** By parameter, the schema's defaults included; a parameter that is left out for certain has no entry. */
  readonly args: Readonly<Record<string, KnownArgument>>;
  /** What the catalogue has in that namespace. */
  readonly databases: readonly Database[];
  /** Roles of the cluster that handrail.yaml lets nobody be given. */
  readonly neverGive?: readonly string[];
}

interface Definition<P, O> extends Signature {
  readonly rights: Rights;
  /** Reads or changes. Throws ActionFailed for what a person should read; anything else is ours. */
  run(call: Call<P>): Promise<O>;
}

export interface ReadingAction<P = never, O = unknown> extends Definition<P, O> {
  readonly changes: false;
}

export interface ChangingAction<P = never, O = unknown> extends Omit<Definition<P, O>, 'run'> {
  readonly changes: true;
  readonly planValues: NonNullable<Signature['planValues']>;
  /** What the target itself checks, in words; `none` when it checks nothing. */
  readonly guard: string;
  plan(call: Call<P>): Promise<Plan>;
  /** Makes the change that the plan names, or throws. ActionFailed with `nothingHappened` proves that no change was made. */
  run(call: ChangingCall<P>): Promise<O>;
  happened(call: ChangingCall<P>): Promise<Happened>;
  /** Asks a running change to end (a detached dump), best effort. */
  stop?(call: ChangingCall<P>): Promise<void>;
}

export type Action = ReadingAction | ChangingAction;

/** A failure with words for a person: what, and what to do. */
export class ActionFailed extends Error {
  readonly says: string;
  /** For a changing action: true only when it is proved that the target was not changed. */
  readonly nothingHappened: boolean;
  /** The live state is no longer what the plan says: the confirmation is void. */
  readonly planChanged: boolean;

  constructor(
    says: string,
    options: { nothingHappened?: boolean; planChanged?: boolean; cause?: unknown } = {},
  ) {
    super(says, { cause: options.cause });
    this.name = 'ActionFailed';
    this.says = says;
    this.nothingHappened = options.nothingHappened ?? false;
    this.planChanged = options.planChanged ?? false;
  }
}
