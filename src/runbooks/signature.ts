/** What the core knows of an action: its name, its shapes and the words for doing it by hand; never how it is done. */
import type { z } from 'zod';

export interface Signature {
  /** Family and verb, e.g. `k8s.scale`. */
  readonly name: string;
  readonly changes: boolean;
  /** Raised when parameters, outputs or meaning change; stored with each run. */
  readonly version: number;
  readonly params: z.ZodObject;
  /**
   * Types the runbooks' expressions. Use z.int() for whole numbers, z.number() for others; optional keys, never null.
   * Sizes are z.int() bytes with `.meta({ format: 'bytes' })` and lengths of time z.int() seconds with
   * `.meta({ format: 'seconds' })`: texts then print "23 GiB" and "3 h 20 min". WAL positions are strings.
   */
  readonly output: z.ZodObject;
  /** The named values of a changing action's plan, read in expressions as `steps.<id>.plan.<name>`. */
  readonly planValues?: z.ZodObject;
  /** A changing action that captures what `undo: auto` restores. */
  readonly capturesBefore: boolean;
  /** Of a changing action: what keeps a second change from being made, in words; `none` when nothing in the target does. */
  readonly guard?: string;
  /** Output fields that may hold personal data or secrets: never in titles, texts or the timeline (RB112). */
  readonly sensitive: readonly string[];
  /**
   * Parameters whose value stands in the runbook's file as it is, without an expression (RB119): what somebody types in
   * Slack must not reach them.
   */
  readonly written?: readonly string[];
  /** Values of the plan that hold what is removed, whole: what `captured` parameters take. */
  readonly captures?: readonly string[];
  /** Parameters that take only what an earlier step of the same runbook captured (RB120). */
  readonly captured?: readonly string[];
  /**
   * ms that pass before a check with these arguments is made, counted from when its step opens; such an action is a step
   * of its own (RB108). Never throws.
   */
  waits?(args: Record<string, unknown>): number;
  /** The commands that a person would type instead, with real names. Never throws. */
  byHand(params: Record<string, unknown>, namespace: string): readonly string[];
}

/** Looks an action up by name. `names` of all of them are for "did you mean". */
export interface Register {
  (name: string): Signature | undefined;
  readonly names?: readonly string[];
}
