/** What an act would change, as read from the live system before anybody confirms it. */

export interface Plan {
  /** The exact object; `uid` where the system has one, so that a re-made object of the same name is another target. */
  readonly target: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid?: string;
    /** What it is part of, as the system says: the StatefulSet of a pod. Never guessed from the name. */
    readonly owner?: { readonly kind: string; readonly name: string };
  };
  /** Each field that changes, in words a person reads. */
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  /** Typed values for expressions (`steps.<id>.plan.<name>`), such as a path. Stable while the plan is the same. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Who else may put it back, a budget, a hook: lines to read before confirming. Not part of the hash. */
  readonly notes: readonly string[];
  /** What could not be known, in words. Not part of the hash. */
  readonly unknowns: readonly string[];
  /** Parameters of the same action that restore what was before; absent when nothing can be restored. */
  readonly undo?: Readonly<Record<string, unknown>>;
}
