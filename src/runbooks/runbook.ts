/** The normalised runbook: what a run pins in its first event, and what every other room reads. */

export type Verdict = 'ok' | 'warn' | 'bad' | 'unknown';

/** A CEL expression, without the `${{ }}` around it. */
export type Expression = string;

/** Text with `${{ expression }}` places. One that is a single place and nothing else keeps the expression's type. */
export type Template = string;

/** Arguments of an action: templates, or plain values as written in the file. */
export type Arguments = Readonly<Record<string, Json>>;

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Another runbook that can be started when this run has ended. */
export interface Offering {
  readonly run: string;
  readonly with: Arguments;
}

/** Where a run goes after a step: another step, the end, or an offer of other runbooks, the one to take first. */
export type Next =
  | { readonly step: string }
  | { readonly stop: true }
  | (Offering & { readonly or?: readonly Offering[] });

/** One verdict rule; the first whose `if` holds wins, the last one has no `if`. */
export interface Rule {
  readonly if?: Expression;
  readonly is: Verdict;
  readonly says: Template;
  readonly next?: Next;
}

export type ParamType =
  | 'string'
  | 'int'
  | 'bool'
  | 'duration'
  | 'bytes'
  | 'enum'
  | 'k8s/deployment'
  | 'k8s/statefulset'
  | 'k8s/deploymentconfig'
  | 'k8s/pod'
  | 'k8s/service'
  | 'patroni/member'
  | 'postgres/database';

/** What a run asks for before it starts, or what an `ask` step asks for. */
export interface Param {
  readonly type: ParamType;
  readonly label: string;
  readonly required: boolean;
  readonly default?: string | number | boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly options?: readonly string[];
  /** Fills the choice from a reading action; `show` is rendered with `item`. */
  readonly from?: { readonly uses: string; readonly with: Arguments; readonly show: Template };
}

export interface Confirm {
  readonly level: 'click' | 'type' | 'two-person';
  /** Who may approve a two-person step, e.g. `group:database`; empty: anyone with the level approve. */
  readonly from: readonly string[];
  readonly expiresMs: number;
  readonly phrase?: Template;
  readonly says?: Template;
  /** Names of targets that one approval is for, in one run; only of a two-person step. */
  readonly covers?: Template | readonly Template[];
}

/** Polls a reading action until a condition holds; reads the act's plan and arguments, never its output. */
export interface Verify {
  readonly uses: string;
  readonly with: Arguments;
  readonly until: Expression;
  readonly timeoutMs: number;
}

export type Undo =
  | { readonly kind: 'auto' }
  | { readonly kind: 'call'; readonly uses: string; readonly with: Arguments }
  | { readonly kind: 'none'; readonly why: string };

export interface Probe {
  readonly uses: string;
  readonly with: Arguments;
  readonly gone: Expression;
}

export type Leaves =
  | {
      readonly kind: 'temporary';
      readonly what: Template;
      /** `incident-close`, or a length of time. */
      readonly until: Template;
      readonly probe: Probe | null;
      readonly sensitivity?: 'personal-data' | 'access';
    }
  | { readonly kind: 'permanent'; readonly what: Template; readonly followUp: Template }
  | { readonly kind: 'nothing'; readonly why: string };

export interface Capture {
  readonly keep: readonly string[];
  readonly share: 'summary' | 'thread' | 'none';
}

interface StepBase {
  readonly id: string;
  readonly title: Template;
  readonly why?: string;
  readonly when?: Expression;
  readonly next?: Next;
  readonly timeline?: 'milestone' | 'decision';
  /** Line of the step in its file, 1-based, for messages. */
  readonly line: number;
}

export interface CheckStep extends StepBase {
  readonly kind: 'check';
  readonly uses: string;
  readonly with: Arguments;
  readonly timeoutMs: number;
  readonly retry?: { readonly times: number; readonly everyMs: number };
  readonly verdict: readonly Rule[];
  readonly proposesTarget: boolean;
  readonly capture?: Capture;
}

export interface ActStep extends StepBase {
  readonly kind: 'act';
  readonly uses: string;
  readonly with: Arguments;
  readonly timeoutMs: number;
  readonly confirm: Confirm;
  readonly verify: Verify;
  readonly undo: Undo;
  readonly leaves: Leaves;
  readonly alsoLeaves: readonly Leaves[];
  /** Objects that nobody else may change meanwhile, e.g. `web/deployment/utility`. */
  readonly locks: readonly Template[];
  readonly capture?: Capture;
}

export interface AskStep extends StepBase {
  readonly kind: 'ask';
  readonly form: Readonly<Record<string, Param>>;
  readonly choices: readonly {
    readonly id: string;
    readonly label: Template;
    readonly reason: 'required' | 'optional';
    readonly next?: Next;
  }[];
}

export interface ManualStep extends StepBase {
  readonly kind: 'manual';
  readonly do: Template;
  readonly byHand: readonly Template[];
  readonly verify: Verify | { readonly none: string };
  readonly leaves: Leaves;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly runbook: string;
  readonly with: Arguments;
}

export type Step = CheckStep | ActStep | AskStep | ManualStep | RunStep;

export interface Runbook {
  readonly apiVersion: 'runbook/v1';
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly owner: string;
  /** ISO date of the last review. */
  readonly reviewed: string;
  readonly alerts: readonly string[];
  readonly docs: { readonly meaning?: string; readonly impact?: string; readonly mitigation?: string };
  readonly params: Readonly<Record<string, Param>>;
  readonly steps: readonly Step[];
}
