/** Known signatures of crashes, as data, and the search for them. */
import { z } from 'zod';
import data from './signatures.json' with { type: 'json' };

const signatures = z
  .array(
    z.object({
      id: z.string().regex(/^[a-z-]+$/),
      in: z.enum(['log', 'reason', 'both']),
      pattern: z.string(),
      means: z.string(),
    }),
  )
  .parse(data)
  .map((one) => ({ ...one, expression: new RegExp(one.pattern) }));

export interface Recognised {
  readonly id: string;
  readonly means: string;
  /** The line of the log it was found in. */
  readonly line?: string;
}

/**
 * The first signature, in the data's order, that a line of the log shows, else that the reason or the message of the
 * kubelet shows. Of several lines the last counts: earlier ones may be from before.
 */
export function recognise(lines: readonly string[], reasons: readonly string[]): Recognised | undefined {
  for (const one of signatures) {
    if (one.in === 'reason') continue;
    const line = lines.findLast((text) => one.expression.test(text.slice(0, 2000)));
    if (line !== undefined) return { id: one.id, means: one.means, line };
  }
  for (const one of signatures) {
    if (one.in === 'log') continue;
    if (reasons.some((reason) => one.expression.test(reason))) return { id: one.id, means: one.means };
  }
  return undefined;
}

const ERROR =
  /\b(FATAL|PANIC|CRITICAL|ERROR|ERR|SEVERE|Unhandled|Traceback)\b|^\s*(\w+\.)*\w*(Error|Exception)\b|\b(error|exception|failed|failure|cannot|refused|denied)\b/;

/** The line to show: the end of a Python traceback (which names the error), else the first that speaks of an error. */
export function firstError(lines: readonly string[]): string | undefined {
  const traceback = lines.findIndex((line) => line.startsWith('Traceback (most recent call last)'));
  if (traceback >= 0) {
    const named = lines.slice(traceback + 1).find((line) => /^\S/.test(line));
    if (named) return named;
  }
  return lines.find((line) => ERROR.test(line));
}
