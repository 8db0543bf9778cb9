/** The actions that a runbook names: its steps, how they are verified and undone, what looks for what is left, its choices. */
import type { Leaves, Param, Runbook, Step } from './runbook.ts';

/** Names, each once, in alphabetical order; those of runbooks that it runs or offers are not among them. */
export function usedActions(runbook: Runbook): readonly string[] {
  const names = [...fromParams(runbook.params), ...runbook.steps.flatMap(ofStep)];
  return [...new Set(names)].toSorted();
}

function ofStep(step: Step): string[] {
  switch (step.kind) {
    case 'check':
      return [step.uses];
    case 'act':
      return [
        step.uses,
        step.verify.uses,
        ...(step.undo.kind === 'call' ? [step.undo.uses] : []),
        ...[step.leaves, ...step.alsoLeaves].flatMap(ofLeaves),
      ];
    case 'manual':
      return [...('uses' in step.verify ? [step.verify.uses] : []), ...ofLeaves(step.leaves)];
    case 'ask':
      return fromParams(step.form);
    case 'run':
      return [];
  }
}

function ofLeaves(leaves: Leaves): string[] {
  return leaves.kind === 'temporary' && leaves.probe ? [leaves.probe.uses] : [];
}

function fromParams(params: Readonly<Record<string, Param>>): string[] {
  return Object.values(params).flatMap(({ from }) => (from ? [from.uses] : []));
}
