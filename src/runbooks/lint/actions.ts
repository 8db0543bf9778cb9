/** Rules about actions: known (RB101), rightly called (RB102), rightly chosen (RB108), with undo, probe and lock. */
import { nearest } from '../../catalog/nearest.ts';
import { actionShapes, listOf } from '../shapes.ts';
import type { Signature } from '../signature.ts';
import { checkArguments } from './arguments.ts';
import { type Call, callsOf, leavesOf } from './calls.ts';
import { checkCaptured } from './captured.ts';
import { type LintContext, reportKey, reportValue, wholeSteps } from './context.ts';

/** Parameters that name an object which somebody else may change at the same time. */
const objectParams = [
  'workload',
  'deployment',
  'statefulset',
  'service',
  'pod',
  'member',
  'cluster',
  'database',
];

/** `names`: of all actions, for suggestions. */
export function checkActions(context: LintContext, names: readonly string[]): void {
  for (const call of callsOf(context)) {
    const action = context.register(call.uses);
    if (action === undefined) unknownAction(context, call, names);
    else {
      checkKind(context, call, action);
      checkArguments(context, call, action);
      checkCaptured(context, call, action);
    }
  }
  for (const { step, path } of wholeSteps(context)) {
    const action = step.kind === 'act' || step.kind === 'check' ? context.register(step.uses) : undefined;
    for (const { leaves, path: at } of leavesOf(step, path)) {
      if (leaves.kind !== 'temporary' || leaves.probe !== null) continue;
      const says = 'What is left for a time has no probe: nobody would see whether it is gone.';
      reportKey(context, at, { code: 'RB109', says, remedy: 'Add probe: { uses, with, gone }.' });
    }
    if (action === undefined) continue;
    if (step.kind === 'act') checkAct(context, step, action, path);
    checkCapture(context, step, action, path);
  }
  checkChoices(context);
}

function unknownAction(context: LintContext, call: Call, names: readonly string[]): void {
  const near = nearest(call.uses, names);
  const remedy = near === undefined ? undefined : `Did you mean ${near}?`;
  reportValue(context, [...call.path, 'uses'], {
    code: 'RB101',
    says: `There is no action ${call.uses}.`,
    remedy,
  });
}

function checkKind(context: LintContext, call: Call, action: Signature): void {
  const step = context.runbook.steps[call.stepIndex];
  if (action.waits && (step?.kind !== 'check' || call.what !== step.id)) {
    const says = `${action.name} lets time pass before a step of its own, and ${call.what} asks at once.`;
    reportValue(context, [...call.path, 'uses'], {
      code: 'RB108',
      says,
      remedy: 'Make it a step of kind check. What is verified or probed is asked again by itself.',
    });
    return;
  }
  if (action.changes === (call.may === 'change')) return;
  const says = action.changes
    ? `${action.name} changes something, and ${call.what} may only read.`
    : `${action.name} changes nothing, and ${call.what} is there to change something.`;
  const remedy = action.changes ? 'Use it in a step of kind act.' : 'Use it in a step of kind check.';
  reportValue(context, [...call.path, 'uses'], { code: 'RB108', says, remedy });
}

function checkAct(
  context: LintContext,
  step: Extract<LintContext['runbook']['steps'][number], { kind: 'act' }>,
  action: Signature,
  path: readonly (string | number)[],
): void {
  if (step.undo.kind === 'auto' && action.changes && !action.capturesBefore) {
    const says = `${action.name} does not record what was before, so it cannot be undone by itself.`;
    const remedy = 'Name the undo with uses and with, or say none and why.';
    reportKey(context, [...path, 'undo'], { code: 'RB110', says, remedy });
  }
  const named = objectParams.filter((name) => Object.hasOwn(step.with, name));
  if (step.locks.length === 0 && named.length > 0) {
    const says = `${step.id} changes a named object (${named.join(', ')}) without a lock.`;
    const remedy = 'Add locks: ["${{ incident.namespace }}/<kind>/<name>"].';
    reportKey(context, path, { code: 'RB116', says, remedy });
  }
}

/** Kept evidence is named after the outputs of the step's action or of its verification. */
function checkCapture(
  context: LintContext,
  step: LintContext['runbook']['steps'][number],
  action: Signature,
  path: readonly (string | number)[],
): void {
  if (!('capture' in step) || step.capture === undefined) return;
  const verify = step.kind === 'act' ? context.register(step.verify.uses) : undefined;
  const known = [action, ...(verify ? [verify] : [])].flatMap((one) => [
    ...actionShapes(one).out.fields.keys(),
  ]);
  step.capture.keep.forEach((name, index) => {
    if (known.includes(name)) return;
    const near = nearest(name, known);
    const remedy = near === undefined ? `It gives: ${known.join(', ')}.` : `Did you mean ${near}?`;
    const says = `${action.name} has no output ${name}.`;
    reportValue(context, [...path, 'capture', 'keep', index], { code: 'RB102', says, remedy });
  });
}

function checkChoices(context: LintContext): void {
  for (const call of callsOf(context)) {
    if (call.path.at(-1) !== 'from') continue;
    const action = context.register(call.uses);
    if (action === undefined || listOf(action) !== undefined) continue;
    const says = `${action.name} gives no list to choose from.`;
    reportValue(context, [...call.path, 'uses'], { code: 'RB102', says });
  }
}
