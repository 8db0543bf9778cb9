/** Rules about steps: doubled ids, `next` without target (RB106), verdict without `else` (RB107), titles, reviews. */
import { suggestion } from '../../catalog/nearest.ts';
import type { Path } from '../places.ts';
import type { Next, Param, Step, Template } from '../runbook.ts';
import { namesTarget, TARGET_FIELDS } from '../target-output.ts';
import { splitTemplate } from '../template.ts';
import { type LintContext, reportKey, reportValue, wholeSteps } from './context.ts';

/** What Slack takes: a header block, a button or option. From the types of @slack/types 3.2. */
const longestTitle = 150;
const longestButton = 75;

/** Days after which a runbook wants reading again. */
const reviewDays = 180;

export function checkSteps(context: LintContext): void {
  checkReview(context);
  const ids = context.runbook.steps.map(({ id }) => id);
  for (const { step, index, path } of wholeSteps(context)) {
    if (ids.indexOf(step.id) !== index) {
      const says = `There are two steps ${step.id}.`;
      reportValue(context, [...path, 'id'], { code: 'RB006', says, remedy: 'Rename one of them.' });
    }
    checkTitle(context, [...path, 'title'], step.title, longestTitle);
    checkNext(context, [...path, 'next'], step.next, ids);
    if (step.kind === 'check') {
      checkVerdict(context, step, path, ids);
      checkProposal(context, step, path);
    }
    if (step.kind === 'ask') checkChoices(context, step, path, ids);
    if (step.kind === 'act' && step.confirm.level === 'type' && step.confirm.phrase === undefined) {
      const says = `${step.id} asks to type a phrase and names none.`;
      reportKey(context, [...path, 'confirm'], { code: 'RB002', says, remedy: 'Add phrase.' });
    }
    if (step.kind === 'act' && step.confirm.level !== 'two-person' && step.confirm.covers !== undefined) {
      const says = `${step.id} needs no approval, so there is none that covers anything.`;
      const remedy = 'Take covers out, or use level: two-person.';
      reportKey(context, [...path, 'confirm', 'covers'], { code: 'RB002', says, remedy });
    }
    if (step.why?.includes('${{')) plainText(context, [...path, 'why']);
  }
  for (const name of ['title', 'summary'] as const) {
    if (context.runbook[name].includes('${{')) plainText(context, [name]);
  }
}

function plainText(context: LintContext, path: Path): void {
  const says = `${String(path.at(-1))} is printed as it is written: no expression is evaluated there.`;
  reportValue(context, path, { code: 'RB117', says, remedy: 'Say it in title, do or says.' });
}

function checkVerdict(
  context: LintContext,
  step: Extract<Step, { kind: 'check' }>,
  path: Path,
  ids: string[],
): void {
  const last = step.verdict.length - 1;
  const otherwise = step.verdict.findIndex((rule) => rule.if === undefined);
  if (otherwise < 0) {
    const says = `The verdict of ${step.id} has no else: some answers would have none.`;
    reportKey(context, [...path, 'verdict'], {
      code: 'RB107',
      says,
      remedy: 'Add a last rule: - else: unknown',
    });
  } else if (otherwise < last) {
    const says = 'Rules after else are never read.';
    reportKey(context, [...path, 'verdict', otherwise, 'else'], {
      code: 'RB107',
      says,
      remedy: 'Put it last.',
    });
  }
  step.verdict.forEach((rule, index) => {
    checkNext(context, [...path, 'verdict', index, 'next'], rule.next, ids);
  });
}

/** A proposal that can never be made would look like a trace that found nothing. */
function checkProposal(context: LintContext, step: Extract<Step, { kind: 'check' }>, path: Path): void {
  const action = step.proposesTarget ? context.register(step.uses) : undefined;
  if (action === undefined || namesTarget(action)) return;
  reportKey(context, [...path, 'proposes_target'], {
    code: 'RB002',
    says: `${action.name} names no target: its output has none of ${TARGET_FIELDS.join(', ')}.`,
    remedy: 'Remove it, or use an action that traces one, such as k8s.trace-database.',
  });
}

function checkChoices(
  context: LintContext,
  step: Extract<Step, { kind: 'ask' }>,
  path: Path,
  ids: string[],
): void {
  const choiceIds = step.choices.map(({ id }) => id);
  step.choices.forEach((choice, index) => {
    const at = [...path, 'choices', index];
    checkNext(context, [...at, 'next'], choice.next, ids);
    checkTitle(context, [...at, 'label'], choice.label, longestButton);
    if (choiceIds.indexOf(choice.id) === index) return;
    reportValue(context, [...at, 'id'], { code: 'RB006', says: `There are two choices ${choice.id}.` });
  });
}

function checkNext(context: LintContext, path: Path, next: Next | undefined, ids: readonly string[]): void {
  if (next === undefined || !('step' in next) || ids.includes(next.step)) return;
  const remedy = suggestion(next.step, [...ids, 'stop']);
  reportValue(context, path, {
    code: 'RB106',
    says: `next names no step of this file: ${next.step}.`,
    remedy,
  });
}

function checkTitle(context: LintContext, path: Path, title: Template, most: number): void {
  const length = splitTemplate(title).parts.reduce(
    (sum, part) =>
      sum + (part.kind === 'text' ? part.text.length : likely(part.source, context.runbook.params)),
    0,
  );
  if (length <= most) return;
  const says = `This can become about ${length} characters long; Slack shows ${most}.`;
  reportValue(context, path, { code: 'RB114', level: 'warning', says, remedy: 'Shorten it.' });
}

/** How long a value gets: 63 is the longest name most objects can have; others are guessed. */
function likely(source: string, params: Readonly<Record<string, Param>>): number {
  const name = /^params\.(\w+)$/.exec(source)?.[1];
  const param = name === undefined ? undefined : params[name];
  if (param === undefined) return 20;
  if (param.options !== undefined) return Math.max(...param.options.map((option) => option.length));
  if (param.type === 'string') return param.max ?? 40;
  return param.type.includes('/') ? 63 : 10;
}

function checkReview(context: LintContext): void {
  const { reviewed } = context.runbook;
  const days = (Date.parse(context.today) - Date.parse(reviewed)) / 86_400_000;
  if (!(days > reviewDays)) return;
  const says = `Last reviewed ${reviewed}, ${Math.floor(days)} days ago.`;
  const remedy = `Read it again and set reviewed; it is due after ${reviewDays} days.`;
  reportValue(context, ['reviewed'], { code: 'RB113', level: 'warning', says, remedy });
}
