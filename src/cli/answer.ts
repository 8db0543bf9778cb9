/** Asks the person at the terminal what a waiting step needs. */
import { DateTime } from 'luxon';
import type { What } from '../incidents/commands.ts';
import { approvalFor } from '../incidents/decide/covered.ts';
import { canBeUndone } from '../incidents/decide/undo.ts';
import { FIRST_ARRIVES, isUnguarded } from '../incidents/decide/unguarded.ts';
import type { Runbook, Step } from '../runbooks/runbook.ts';
import { type ChoicesOf, fill } from './fill.ts';
import { type Ask, menu, words } from './person.ts';
import type { Print } from './printer.ts';
import type { Waiting } from './waiting.ts';

export interface Answering {
  readonly ask: Ask;
  readonly print: Print;
  readonly choices: ChoicesOf;
  /** A runbook of the library, for what runs inside a step. */
  readonly runbook: (id: string) => Runbook | undefined;
  /** Who sits here. */
  readonly me: string;
  /** ms */
  readonly now: () => number;
  /** The incident's time zone. */
  readonly zone: string;
}

type At = Extract<What, { do: 'skip' }>['at'];

/** The command that answers it, or undefined when the person waits. Throws Unanswered. */
export async function answerFor(waiting: Waiting, given: Answering): Promise<What | undefined> {
  const { run, step: id, one } = waiting;
  const at: At = { run: run.run, step: id, try: one.try };
  const step = run.runbook.steps.find((candidate) => candidate.id === id);
  if (!step) return undefined;
  switch (one.phase) {
    case 'planned':
      return planned(waiting, at, given);
    case 'approval':
      return approval(waiting, at, given);
    case 'by hand':
      return rest(await menu(given.ask, [['d', 'done by hand'], ...leaving]), at, given);
    case 'asking':
      return step.kind === 'ask' ? choice(waiting, step, at, given) : undefined;
    case 'params':
      return inside(waiting, at, given);
    case 'decide':
      return decide(waiting, step, at, given);
    case 'checking':
    case 'planning':
    case 'calling':
    case 'looking':
    case 'verifying':
    case 'nested':
    case 'closed':
      return undefined;
  }
}

const leaving = [
  ['s', 'skip'],
  ['e', 'end the run'],
] as const;
const byHand = ['h', 'done by hand'] as const;

/** What can be answered in every phase. */
async function rest(key: 'd' | 'h' | 's' | 'e', at: At, { ask }: Pick<Answering, 'ask'>): Promise<What> {
  switch (key) {
    case 'd':
    case 'h':
      return { do: 'done by hand', at };
    case 's':
      return { do: 'skip', at, reason: await words(ask, '  Why is it skipped? ') };
    case 'e':
      return { do: 'end run', run: at.run, reason: await words(ask, '  Why does it end here? ') };
  }
}

async function planned(waiting: Waiting, at: At, given: Answering): Promise<What | undefined> {
  const { planned: plan } = waiting.one;
  if (!plan) return undefined;
  const { hash, level, phrase = '' } = plan;
  const { ask } = given;
  if (level === 'two-person') {
    const covered = isCovered(waiting, given);
    const key = await menu(ask, [
      ...(covered ? ([['y', 'start it']] as const) : []),
      ['a', 'ask somebody to approve'],
      byHand,
      ...(covered ? ([['p', 'plan again']] as const) : []),
      ...leaving,
    ]);
    if (key === 'y') return { do: 'confirm', at, hash };
    if (key === 'p') return { do: 'plan again', at };
    return key === 'a' ? { do: 'ask approval', at, hash } : rest(key, at, given);
  }
  const key = await menu(ask, [['y', 'start it'], byHand, ['p', 'plan again'], ...leaving]);
  if (key === 'p') return { do: 'plan again', at };
  if (key !== 'y') return rest(key, at, given);
  if (level === 'click') return { do: 'confirm', at, hash };
  return { do: 'confirm', at, hash, phrase: await ask(`  Type exactly: ${phrase}\n  > `) };
}

/** Says so when the approval of an earlier one is for this one as well: then it is one click of who asked for that. */
function isCovered({ run, step, one }: Waiting, { now, print, zone }: Answering): boolean {
  const { requested, approvedBy } = approvalFor(run, step, one) ?? {};
  if (!requested || !approvedBy || now() >= requested.expiresAt) return false;
  const until = DateTime.fromMillis(requested.expiresAt, { zone }).toFormat('HH:mm');
  print(`  ${approvedBy.name} approved this one as well, until ${until}: read the plan, then start it.`);
  print(`  Only ${requested.by.name}, who asked for that, can. After that it needs an approval of its own.`);
  return true;
}

async function approval({ one }: Waiting, at: At, given: Answering): Promise<What | undefined> {
  const { requested, planned: plan } = one;
  const mine = requested?.by.id === given.me;
  const alone = requested?.aloneAllowed === true && mine;
  const others = (plan?.covers ?? []).filter((name) => name !== plan?.plan.target.name);
  if (!mine && others.length > 0)
    given.print(
      `  Your approval is also for ${others.join(', ')} in this run: the same change, each with a plan of its own.`,
    );
  const key = await menu(given.ask, [
    ['w', 'wait'],
    ...(mine ? [] : ([['p', 'approve']] as const)),
    ...(alone ? ([['a', 'go alone']] as const) : []),
    byHand,
    ...leaving,
  ]);
  if (key === 'w') return undefined;
  if (key === 'p') return { do: 'approve', at, hash: requested?.hash ?? '' };
  if (key !== 'a') return rest(key, at, given);
  const reason = await words(given.ask, '  Why can it not wait? (at least 10 characters) ');
  return { do: 'go alone', at, hash: requested?.hash ?? '', reason };
}

/** The form first, field by field, then the choice, then why. */
async function choice(
  { run, one }: Waiting,
  step: Extract<Step, { kind: 'ask' }>,
  at: At,
  given: Answering,
): Promise<What> {
  const { ask, print } = given;
  const key = await menu(ask, [['a', 'answer'], ...leaving]);
  if (key !== 'a') return rest(key, at, given);
  const asksForm = Object.keys(step.form).length > 0;
  const form = asksForm ? { form: await fill(step.form, {}, run.runbook, given) } : {};
  const choices = one.choices ?? [];
  if (choices.length === 0) return { do: 'choose', at, ...form };
  choices.forEach(({ label }, index) => print(`    ${index + 1}. ${label}`));
  const keys = choices.map((_, index) => `${index + 1}`);
  let typed = await ask('  Your choice (number): ');
  while (!keys.includes(typed)) typed = await ask(`  1 to ${keys.length}: `);
  const { id } = choices[Number(typed) - 1] as (typeof choices)[number];
  const needed = step.choices.find((candidate) => candidate.id === id)?.reason === 'required';
  const reason = needed ? await words(ask, '  Why? ') : await ask('  Why? (nothing leaves it out) ');
  return { do: 'choose', at, choice: id, ...(reason === '' ? {} : { reason }), ...form };
}

/** What the runbook inside a step still needs; what the step gives is offered as the default. */
async function inside({ one }: Waiting, at: At, given: Answering): Promise<What> {
  const { ask, print } = given;
  const runbook = given.runbook(one.asks?.runbook ?? '');
  if (!runbook) print(`  The runbook ${one.asks?.runbook ?? ''} is not here.`);
  const key = runbook ? await menu(ask, [['f', 'fill in and start'], ...leaving]) : await menu(ask, leaving);
  if (key !== 'f' || !runbook) return rest(key === 'f' ? 's' : key, at, given);
  return {
    do: 'start inside',
    at,
    params: await fill(runbook.params, one.asks?.known ?? {}, runbook, given),
  };
}

async function decide({ run, one }: Waiting, step: Step, at: At, given: Answering): Promise<What> {
  const notMade =
    one.planFailed !== undefined ||
    one.outcome?.outcome === 'failed' ||
    (one.found?.happened === 'not made' && !one.madeLate);
  const unguarded = isUnguarded(one) && one.found?.happened !== 'made' && !one.madeLate;
  const again = (notMade || unguarded) && (step.kind === 'act' || step.kind === 'run');
  const undoable = one.undoes === undefined && !notMade && canBeUndone(step, one);
  const key = await menu(given.ask, [
    ...(notMade ? [] : ([['c', 'check again']] as const)),
    ...(again ? ([['t', 'try again']] as const) : []),
    ...(undoable
      ? ([
          ['u', 'undo'],
          ['a', 'undo everything of this run'],
        ] as const)
      : []),
    ['g', 'go on'],
    one.verified?.byEye ? (['h', 'it is taken back'] as const) : byHand,
    ...leaving,
  ]);
  switch (key) {
    case 'c':
      return { do: 'check again', at };
    case 't':
      return unguarded
        ? { do: 'try again', at, phrase: await given.ask(`  To try again, type: ${FIRST_ARRIVES}\n  `) }
        : { do: 'try again', at };
    case 'u':
      return { do: 'undo', run: run.run, step: at.step };
    case 'a':
      return { do: 'unwind', run: run.run };
    case 'g':
      return { do: 'go on', at, reason: await words(given.ask, '  Why is that all right? ') };
    case 'h':
    case 's':
    case 'e':
      return rest(key, at, given);
  }
}
