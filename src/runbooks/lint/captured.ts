/** RB120: what an action puts back is what an earlier step captured, never a text that somebody typed or wrote down. */
import { parseExpression } from '../expressions.ts';
import type { Path } from '../places.ts';
import type { Json, Step } from '../runbook.ts';
import type { Signature } from '../signature.ts';
import { onlyExpression, splitTemplate } from '../template.ts';
import type { Call } from './calls.ts';
import { type LintContext, reportValue } from './context.ts';

/** A step that comes later, and one that may have been skipped, are found where expressions are checked (RB104). */
export function checkCaptured(context: LintContext, call: Call, action: Signature): void {
  for (const name of action.captured ?? []) {
    const value = call.with[name];
    if (value === undefined || isCapture(context, value)) continue;
    const path: Path = [...call.path, 'with', name];
    const says = `${name} of ${action.name} must be what an earlier step of this runbook captured, and nothing else.`;
    reportValue(context, path, { code: 'RB120', says, remedy: remedy(context) });
  }
}

/** One expression that reads the capture in the plan of a step: `steps.remove.plan.manifest`, with or without `?`. */
function isCapture(context: LintContext, value: Json): boolean {
  if (typeof value !== 'string') return false;
  const source = onlyExpression(splitTemplate(value));
  const names = source === undefined ? undefined : namesIn(parseExpression(source));
  if (names?.length !== 4) return false;
  const [root, id, part, name = ''] = names;
  if (root !== 'steps' || part !== 'plan') return false;
  const step = context.runbook.steps.find((one) => one.id === id);
  return step !== undefined && capturesOf(context, step).includes(name);
}

/** `a.b.?c` as its names; undefined for anything that is not only names. */
function namesIn(node: unknown): string[] | undefined {
  if (typeof node !== 'object' || node === null || !('op' in node) || !('args' in node)) return undefined;
  if (node.op === 'id') return [String(node.args)];
  if ((node.op !== '.' && node.op !== '.?') || !Array.isArray(node.args)) return undefined;
  const [base, key] = node.args as unknown[];
  const before = namesIn(base);
  return before === undefined || typeof key !== 'string' ? undefined : [...before, key];
}

function capturesOf(context: LintContext, step: Step): readonly string[] {
  return (step.kind === 'act' ? context.register(step.uses)?.captures : undefined) ?? [];
}

function remedy(context: LintContext): string {
  const known = context.runbook.steps.flatMap((step) =>
    capturesOf(context, step).map((name) => `\${{ steps.${step.id}.plan.${name} }}`),
  );
  const [first] = known;
  if (first !== undefined) return `Write ${first}.`;
  return 'Put it back from a file of the runbooks’ folder (manifest), or add the step that captures it.';
}
