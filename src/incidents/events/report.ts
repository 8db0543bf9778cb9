/** What people write for the report, and what becomes of it. */
import { z } from 'zod';
import { personSchema } from './shapes.ts';

/** A day without a time, as people set one: `2026-11-27`. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const reportBodies = {
  /** One section in people's own words (`impact`, `went well`); the last text of a section counts, an empty one takes it away. */
  section_written: z.object({ section: z.string(), text: z.string() }),
  /** One answer in the tree of whys: `parent` is the answer that it explains. `open`: nobody knows why yet. */
  why_written: z.object({
    id: z.string(),
    parent: z.string().optional(),
    text: z.string(),
    open: z.boolean().default(false),
    removed: z.literal(true).optional(),
  }),
  /** Only what is given changes. */
  follow_up_changed: z.object({
    id: z.string(),
    text: z.string().optional(),
    owner: personSchema.optional(),
    dueOn: day.optional(),
    link: z.string().optional(),
    doneWhen: z.string().optional(),
    /** Nobody will do it, and why. */
    dropped: z.string().optional(),
  }),
  /** `draft`, `in review`, `final`; for `final` with the questions that were still open then. */
  report_status_set: z.object({
    to: z.string(),
    problems: z.array(z.object({ code: z.string(), says: z.string() })).default([]),
  }),
  /** A question of the review that does not apply here, and why. */
  lint_waived: z.object({ code: z.string(), key: z.string(), reason: z.string() }),
} as const;
