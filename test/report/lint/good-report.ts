/** A report by hand that the review has nothing to ask about, ways to break it, and what it is reviewed with. */
import { redact } from '../../../src/actions/redact.ts';
import { earlier } from '../../../src/report/lint/lint.ts';
import type { EarlierReport, LintContext } from '../../../src/report/lint/report-read.ts';

/** A few days after `good`. */
export const context: LintContext = {
  now: Date.UTC(2026, 2, 10),
  clean: (text) => redact(text, { exact: true }),
};

export const good = `# 2026-03-04: Orders could not be paid

Severity: SEV2
Start: 2026-03-04 09:30 UTC
Restored: 2026-03-04 10:25 UTC
People: Mira Sandoval (lead), Teo Brandt

## Summary

Payments failed for 55 min: \`orders-db\` had no free connection.

## Impact

Customers could not pay from 09:30 to 10:25: about 1,200 orders failed.

## Timeline

| Time | Who | What |
| - | - | - |
| 09:30 | Mira Sandoval | First noticed: the payment page answers 500 |
| 09:41 | Teo Brandt | Declared as SEV2, and started to investigate |
| 09:58 | Teo Brandt | Confirmed: 100 of 100 connections are in use |
| 10:20 | Mira Sandoval | Rolled back the worker to v41 |
| 10:25 | Teo Brandt | Service restored |
| 11:40 | Teo Brandt | Wrote down what happened |

## Five whys

- Payments failed because \`orders-db\` refused connections.
  - Why? The worker of v42 opened one for each job, 100 in 10 min.

## Lessons

The pool of the worker has to have a limit.

## Follow-ups

- [ ] Add an alert at 80 connections of orders-db (Teo Brandt, 2026-03-20, OPS-12)
- [x] Set the pool of the worker to 10 connections

## Left behind

| What | Since | Until | State | Who |
| - | - | - | - | - |
| worker has 5 replicas instead of 2 | 10:02 | 10:30 | gone: scaled back | Mira Sandoval |
| max_connections is 200 | 10:05 | 2026-04-01 | kept on purpose | Mira Sandoval, kept by Teo Brandt |
`;

/** The text without its mark, and where the mark stood. */
export function marked(text: string): {
  readonly text: string;
  readonly line: number;
  readonly column: number;
} {
  const index = text.indexOf('▶');
  if (index === -1) throw new Error('No place is marked.');
  const before = text.slice(0, index).split('\n');
  return {
    text: text.replace('▶', ''),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  };
}

/** `good` with one part of it put another way; throws when the part is not there. */
export function changed(from: string, to: string, text = good): string {
  if (!text.includes(from)) throw new Error(`Not in the text: ${from}`);
  return text.replace(from, () => to);
}

/** Of another night with the same error, and a follow-up that is open. */
export const earlierReport = (day: string, name: string, people = 'Mira Sandoval'): EarlierReport =>
  earlier(
    `# ${day}: Again\n\nPeople: ${people}\n\n## Follow-ups\n\n- [ ] Limit the pool\n\n## Evidence\n\n\`\`\`text\n10:12 pod-7f9c FATAL: sorry, too many clients already\n\`\`\`\n`,
    name,
  );
