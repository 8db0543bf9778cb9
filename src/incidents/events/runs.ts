/** What happens in a run of a runbook: it starts, its steps open and close, checks are answered, people choose. */
import { z } from 'zod';
import type { Runbook } from '../../runbooks/runbook.ts';
import { at, evidenceSchema, nextSchema, pinSchema, values, verdict } from './shapes.ts';

/** A runbook that could come next, and what it is given already. */
const offered = { runbook: z.string(), with: values };

export const runBodies = {
  run_started: z.object({
    run: z.int(),
    parent: z.object({ run: z.int(), step: z.string() }).optional(),
    /** The run whose offer this is. */
    follows: z.int().optional(),
    /** The whole normalised runbook, pinned for this run. */
    runbook: z.custom<Runbook>((value) => typeof value === 'object' && value !== null),
    hash: z.string(),
    revision: z.string().optional(),
    /** The version of each action that it names. */
    actions: z.record(z.string(), z.int()).optional(),
    params: values,
    counts: z.object({ checks: z.int(), changes: z.int(), byHand: z.int() }),
  }),
  step_opened: z.object({
    ...at,
    kind: z.enum(['check', 'act', 'ask', 'manual', 'run']),
    title: z.string(),
    uses: z.string().optional(),
    args: values.optional(),
    namespace: z.string(),
    /** Commands a person would type instead. */
    byHand: z.array(z.string()).default([]),
    /** Rendered instructions of a manual step, or the question of an ask. */
    says: z.string().optional(),
    choices: z.array(z.object({ id: z.string(), label: z.string() })).optional(),
    /** The id under which a change leaves its trace in the world. */
    operation: z.string().optional(),
    /** This try takes back the try with this number. */
    undoes: z.int().optional(),
    /** Looked at once more beside the run, which stays where it is. */
    aside: z.boolean().optional(),
    /** How the step asks to stand on the timeline. */
    timeline: z.enum(['milestone', 'decision']).optional(),
    /** Version of the `unwind_started` that this undo belongs to. */
    unwinds: z.int().optional(),
  }),
  check_done: z.object({
    ...at,
    verdict,
    says: z.string(),
    out: values.optional(),
    evidence: evidenceSchema.optional(),
    seconds: z.number(),
    /** Set when it looked at something else than the confirmed target. */
    elsewhere: z.string().optional(),
    next: nextSchema.optional(),
    milestone: z.boolean().default(false),
  }),
  /** What a check that had been bad, or had had no answer, found when the service was said to be back. It moves nothing in its run. */
  check_repeated: z.object({
    ...at,
    attempt: z.string(),
    /** Version of the `resolved` that asked. */
    resolve: z.int(),
    title: z.string(),
    was: verdict,
    verdict,
    says: z.string(),
    evidence: evidenceSchema.optional(),
    seconds: z.number(),
    /** How many answers of the same resolve are still to come. */
    left: z.int(),
  }),
  choice_made: z.object({
    ...at,
    choice: z.string().optional(),
    label: z.string(),
    reason: z.string().optional(),
    options: z.array(z.string()),
    form: values.optional(),
  }),
  /** The runbook inside a step needs what the step does not give it: a person is asked. */
  params_asked: z.object({
    ...at,
    runbook: z.string(),
    title: z.string(),
    /** What it is given by the step, as it was resolved. */
    known: values,
    says: z.string(),
  }),
  step_closed: z.object({
    ...at,
    state: z.enum([
      'done',
      'not needed',
      'skipped',
      'failed',
      'accepted',
      'by hand',
      'undone',
      'stopped',
      'rehearsed',
    ]),
    reason: z.string().optional(),
  }),
  /** The runbook's file is another one now. The run goes on with the one it began with. */
  runbook_changed: z.object({
    run: z.int(),
    runbook: z.string(),
    from: pinSchema,
    to: pinSchema,
    /** It was told before, or it is the one that the run began with: drawn, not told. */
    again: z.boolean().default(false),
  }),
  run_ended: z.object({
    run: z.int(),
    why: z.enum(['finished', 'ended', 'stopped']),
    says: z.string(),
    offer: z.object({ ...offered, or: z.array(z.object(offered)).optional() }).optional(),
  }),
} as const;
