/** The events of one step as the door writes them: a check, a plan, an undo. */
import type { Bodies, Person } from '../../../src/incidents/events.ts';
import type { Runbook } from '../../../src/runbooks/runbook.ts';
import { bot, type Story } from '../story.ts';
import { marek, ns } from './people.ts';

type CheckEnd = Pick<Bodies['check_done'], 'verdict' | 'says'> & Partial<Bodies['check_done']>;

export function check(
  s: Story,
  by: Person,
  [run, step, number]: readonly [number, string, number],
  title: string,
  uses: string,
  args: Record<string, unknown>,
  end: CheckEnd,
): void {
  const at = { run, step, try: number };
  s.add(by, 'step_opened', { ...at, kind: 'check', title, uses, args, namespace: ns, byHand: [] });
  s.add(bot, 'check_done', { ...at, seconds: 1.2, milestone: false, ...end });
  s.add(bot, 'step_closed', { ...at, state: 'done' });
}

export function begin(
  s: Story,
  by: Person,
  run: number,
  book: Runbook,
  counts: [number, number, number],
): void {
  const [checks, changes, byHand] = counts;
  s.add(by, 'run_started', {
    run,
    runbook: book,
    hash: `${run}f3a91c07d2be4455a6`,
    revision: '1a2b3c4',
    params: {},
    counts: { checks, changes, byHand },
  });
}

export const finish = (s: Story, run: number, says: string): Story =>
  s.add(bot, 'run_ended', { run, why: 'finished', says });

export function plan(
  operation: string,
  object: { kind: string; name: string },
  change: { field: string; before: string; after: string },
  more: Partial<Bodies['plan_made']> = {},
): Omit<Bodies['plan_made'], 'run' | 'step' | 'try'> {
  return {
    operation,
    plan: { target: { ...object, namespace: ns }, changes: [change], values: {}, notes: [], unknowns: [] },
    hash: `hash-${operation}`,
    level: 'click',
    from: [],
    expiresMs: 600_000,
    undo: 'One button takes it back, with its own plan.',
    leaves: [],
    locks: [],
    byHand: [],
    ...more,
  };
}

export function undo(
  s: Story,
  at: { run: number; step: string; try: number },
  title: string,
  looseEnd: string,
  what: {
    uses: string;
    object: { kind: string; name: string };
    change: { field: string; before: string; after: string };
    command: string;
    gone: string;
  },
): void {
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title,
    uses: what.uses,
    namespace: ns,
    byHand: [what.command],
    undoes: 1,
  });
  const made = plan(`undo-${at.step}`, what.object, what.change, { byHand: [what.command] });
  s.add(bot, 'plan_made', { ...at, ...made });
  const operation = `undo-${at.step}`;
  s.add(marek, 'act_started', { ...at, operation, executeBy: s.now() + 300_000, attempt: `u${at.run}` });
  s.add(bot, 'act_done', { ...at, outcome: 'made', says: 'Done.', seconds: 1 });
  s.add(bot, 'verified', { ...at, held: true, says: `Verified. ${what.gone}`, seconds: 3 });
  s.add(bot, 'step_closed', { ...at, state: 'undone' });
  s.add(bot, 'loose_end_settled', { id: looseEnd, state: 'gone', says: what.gone });
}
