/** Every place of a runbook that calls an action, with what it may be and where it stands in the file. */
import type { Path } from '../places.ts';
import type { Arguments, Leaves, Param, Step, Verify } from '../runbook.ts';
import type { Reads } from '../scope-types.ts';
import { type LintContext, wholeSteps } from './context.ts';

export interface Call {
  readonly uses: string;
  readonly with: Arguments;
  readonly may: 'read' | 'change';
  /** Words for messages, such as `the verification of scale`. */
  readonly what: string;
  /** Of the group that holds `uses` and `with`. */
  readonly path: Path;
  readonly stepIndex: number;
  readonly reads: Reads;
}

/** A part of a step that leaves something, with its place. */
export interface PlacedLeaves {
  readonly leaves: Leaves;
  readonly path: Path;
}

export function callsOf(context: LintContext): Call[] {
  return [
    ...fromCalls(context.runbook.params, -1, ['params']),
    ...wholeSteps(context).flatMap(({ step, index, path }) => stepCalls(step, index, path)),
  ];
}

function stepCalls(step: Step, stepIndex: number, path: Path): Call[] {
  if (step.kind === 'run') return [];
  if (step.kind === 'ask') return fromCalls(step.form, stepIndex, [...path, 'form']);
  const calls: Call[] = [];
  if (step.kind === 'check' || step.kind === 'act') {
    const may = step.kind === 'check' ? 'read' : 'change';
    calls.push({ uses: step.uses, with: step.with, may, what: step.id, path, stepIndex, reads: {} });
  }
  if (step.kind === 'check') return calls;
  if ('uses' in step.verify) calls.push(verifyCall(step.verify, step.id, stepIndex, path));
  if (step.kind === 'act' && step.undo.kind === 'call') {
    const { uses, with: args } = step.undo;
    const what = `the undo of ${step.id}`;
    calls.push({
      uses,
      with: args,
      may: 'change',
      what,
      path: [...path, 'undo'],
      stepIndex,
      reads: { own: true },
    });
  }
  for (const { leaves, path: at } of leavesOf(step, path)) {
    if (leaves.kind !== 'temporary' || leaves.probe === null) continue;
    const { uses, with: args } = leaves.probe;
    const what = `the probe of ${step.id}`;
    calls.push({
      uses,
      with: args,
      may: 'read',
      what,
      path: [...at, 'probe'],
      stepIndex,
      reads: { own: true },
    });
  }
  return calls;
}

function verifyCall(verify: Verify, id: string, stepIndex: number, path: Path): Call {
  const { uses, with: args } = verify;
  const what = `the verification of ${id}`;
  return { uses, with: args, may: 'read', what, path: [...path, 'verify'], stepIndex, reads: { own: true } };
}

export function leavesOf(step: Step, path: Path): PlacedLeaves[] {
  if (step.kind === 'manual') return [{ leaves: step.leaves, path: [...path, 'leaves'] }];
  if (step.kind !== 'act') return [];
  const also = step.alsoLeaves.map((leaves, index) => ({ leaves, path: [...path, 'also_leaves', index] }));
  return [{ leaves: step.leaves, path: [...path, 'leaves'] }, ...also];
}

function fromCalls(params: Readonly<Record<string, Param>>, stepIndex: number, path: Path): Call[] {
  return Object.entries(params).flatMap(([name, param]): Call[] => {
    if (param.from === undefined) return [];
    const at = [...path, name, 'from'];
    const what = `the choices for ${name}`;
    return [
      { uses: param.from.uses, with: param.from.with, may: 'read', what, path: at, stepIndex, reads: {} },
    ];
  });
}
