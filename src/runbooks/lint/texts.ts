/** Every condition and every text that people read, checked with the types of its place. */
import { offersIn } from '../offers.ts';
import type { Path } from '../places.ts';
import type { Next, Param, Step } from '../runbook.ts';
import { type Reads, scopeTypes } from '../scope-types.ts';
import { checkFreeArguments, checkNames } from './arguments.ts';
import { leavesOf } from './calls.ts';
import { type LintContext, wholeSteps } from './context.ts';
import { checkCondition, checkShown } from './place.ts';

interface At {
  readonly context: LintContext;
  readonly index: number;
  readonly path: Path;
}

export function checkTexts(context: LintContext): void {
  choices({ context, index: -1, path: ['params'] }, context.runbook.params);
  for (const { step, index, path } of wholeSteps(context)) {
    const at = { context, index, path };
    text(at, ['title'], step.title);
    if (step.when !== undefined) condition(at, ['when'], step.when);
    next(at, ['next'], step.next, step.kind === 'check' ? { out: step.uses } : { own: true });
    byKind(at, step);
    for (const { leaves, path: leftPath } of leavesOf(step, path)) left({ ...at, path: leftPath }, leaves);
  }
}

function byKind(at: At, step: Step): void {
  switch (step.kind) {
    case 'check': {
      const reads = { out: step.uses };
      step.verdict.forEach((rule, index) => {
        if (rule.if !== undefined) condition(at, ['verdict', index, 'if'], rule.if, reads);
        text(at, ['verdict', index, 'says'], rule.says, reads);
        next(at, ['verdict', index, 'next'], rule.next, reads);
      });
      return;
    }
    case 'act': {
      const own = { own: true };
      if (step.confirm.phrase !== undefined) text(at, ['confirm', 'phrase'], step.confirm.phrase, own);
      if (step.confirm.covers !== undefined)
        checkNames(at.context, types(at, own), [...at.path, 'confirm', 'covers'], step.confirm.covers);
      if (step.confirm.says !== undefined) text(at, ['confirm', 'says'], step.confirm.says, own);
      step.locks.forEach((lock, index) => {
        text(at, ['locks', index], lock, own);
      });
      if (step.undo.kind === 'none') text(at, ['undo', 'none'], step.undo.why, own);
      condition(at, ['verify', 'until'], step.verify.until, { out: step.verify.uses, own: true });
      return;
    }
    case 'ask':
      choices({ ...at, path: [...at.path, 'form'] }, step.form);
      step.choices.forEach((choice, index) => {
        text(at, ['choices', index, 'label'], choice.label);
        next(at, ['choices', index, 'next'], choice.next, {});
      });
      return;
    case 'manual':
      text(at, ['do'], step.do);
      step.byHand.forEach((command, index) => {
        text(at, ['by_hand', index], command);
      });
      if ('none' in step.verify) text(at, ['verify', 'none'], step.verify.none);
      else condition(at, ['verify', 'until'], step.verify.until, { out: step.verify.uses, own: true });
      return;
    case 'run':
      checkFreeArguments(at.context, types(at, {}), [...at.path, 'with'], step.with);
  }
}

function left(at: At, leaves: ReturnType<typeof leavesOf>[number]['leaves']): void {
  const own = { own: true };
  switch (leaves.kind) {
    case 'temporary':
      text(at, ['temporary'], leaves.what, own);
      text(at, ['until'], leaves.until, own);
      if (leaves.probe !== null) {
        condition(at, ['probe', 'gone'], leaves.probe.gone, { out: leaves.probe.uses, own: true });
      }
      return;
    case 'permanent':
      text(at, ['permanent'], leaves.what, own);
      text(at, ['follow_up'], leaves.followUp, own);
      return;
    case 'nothing':
      text(at, ['nothing'], leaves.why, own);
  }
}

function choices(at: At, params: Readonly<Record<string, Param>>): void {
  for (const [name, { from }] of Object.entries(params)) {
    if (from !== undefined) text(at, [name, 'from', 'show'], from.show, { item: from.uses });
  }
}

function text(at: At, path: Path, template: string, reads: Reads = {}): void {
  checkShown(at.context, types(at, reads), [...at.path, ...path], template);
}

function condition(at: At, path: Path, source: string, reads: Reads = {}): void {
  checkCondition(at.context, types(at, reads), [...at.path, ...path], source);
}

function next(at: At, path: Path, target: Next | undefined, reads: Reads): void {
  for (const offer of offersIn(target))
    checkFreeArguments(
      at.context,
      types(at, reads),
      [...at.path, ...path, ...offer.path, 'with'],
      offer.with,
    );
}

function types(at: At, reads: Reads) {
  return scopeTypes(at.context.runbook, at.index, at.context.register, reads);
}
