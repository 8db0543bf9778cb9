/** Every call that a runbook can lead to, and from where: what its rights are computed from. */
import { offersIn } from './offers.ts';
import type { Arguments, Leaves, Param, ParamType, Runbook, Step } from './runbook.ts';
import { onlyExpression, splitTemplate } from './template.ts';

/** A place in a runbook, for a comment beside a right. */
export interface Place {
  readonly runbook: string;
  /** `step dump`, `undo of dump`, `parameter pod`. */
  readonly where: string;
}

export type Reached =
  | { readonly kind: 'call'; readonly at: Place; readonly uses: string; readonly with: Arguments }
  /** A reading action that fills a choice; the confirmed target may stand in for what `with` leaves out. */
  | { readonly kind: 'choice'; readonly at: Place; readonly uses: string; readonly with: Arguments }
  /** A choice of what the namespace has of this type. */
  | { readonly kind: 'list'; readonly at: Place; readonly type: ParamType };

/** The runbook itself: the choices of its parameters and the calls of its steps, those of nested runbooks left out. */
export function reachedFrom(runbook: Runbook): Reached[] {
  const choices = Object.entries(runbook.params).flatMap(([name, param]) =>
    choiceOf(param, { runbook: runbook.id, where: `parameter ${name}` }),
  );
  const calls = runbook.steps.flatMap((step) => ofStep(step, runbook.id));
  return [...choices, ...calls].flatMap((one) => eachOption(one, runbook.params));
}

/** An argument that is a parameter with options is one of these: a right that only another value needs is not asked for. */
function eachOption(reached: Reached, params: Runbook['params']): Reached[] {
  if (reached.kind === 'list') return [reached];
  let all = [reached];
  for (const [name, value] of Object.entries(reached.with)) {
    const source = typeof value === 'string' ? onlyExpression(splitTemplate(value)) : undefined;
    const [, param = ''] = /^\s*params\.([A-Za-z_]\w*)\s*$/.exec(source ?? '') ?? [];
    const options = params[param]?.options;
    if (options)
      all = all.flatMap((one) =>
        options.map((option) => ({ ...one, with: { ...one.with, [name]: option } })),
      );
  }
  return all;
}

/** Ids of the runbooks that these run inside themselves, at any depth, without those that were given; sorted. */
export function nestedIn(ids: readonly string[], runbookOf: (id: string) => Runbook | undefined): string[] {
  const seen = new Set(ids);
  for (const id of seen) {
    for (const step of runbookOf(id)?.steps ?? []) if (step.kind === 'run') seen.add(step.runbook);
  }
  return [...seen].filter((id) => !ids.includes(id)).toSorted();
}

/** Ids of the runbooks that a run of this one may offer to start next; sorted. */
export function offeredBy(runbook: Pick<Runbook, 'steps'>): string[] {
  const offers = runbook.steps.flatMap((step) => {
    const rules = step.kind === 'check' ? step.verdict : step.kind === 'ask' ? step.choices : [];
    return [step.next, ...rules.map(({ next }) => next)].flatMap((next) =>
      offersIn(next).map(({ run }) => run),
    );
  });
  return [...new Set(offers)].toSorted();
}

/** What a form offers to choose from: of a run that somebody starts, or of an `ask`. */
function choiceOf(param: Param, at: Place): Reached[] {
  if (param.options) return [];
  if (param.from) return [{ kind: 'choice', at, uses: param.from.uses, with: param.from.with }];
  return param.type.startsWith('k8s/') ? [{ kind: 'list', at, type: param.type }] : [];
}

function ofStep(step: Step, runbook: string): Reached[] {
  const call = (where: string, { uses, with: args }: { uses: string; with: Arguments }): Reached => ({
    kind: 'call',
    at: { runbook, where: `${where} ${step.id}` },
    uses,
    with: args,
  });
  const probes = (leaves: readonly Leaves[]): Reached[] =>
    leaves.flatMap((one) =>
      one.kind === 'temporary' && one.probe ? [call('what is left of', one.probe)] : [],
    );
  switch (step.kind) {
    case 'check':
      return [call('step', step)];
    case 'act':
      return [
        call('step', step),
        call('verification of', step.verify),
        ...(step.undo.kind === 'call' ? [call('undo of', step.undo)] : []),
        ...(step.undo.kind === 'auto' ? [call('undo of', step)] : []),
        ...probes([step.leaves, ...step.alsoLeaves]),
      ];
    case 'manual':
      return [
        ...('none' in step.verify ? [] : [call('verification of', step.verify)]),
        ...probes([step.leaves]),
      ];
    case 'ask':
      return Object.entries(step.form).flatMap(([name, param]) =>
        choiceOf(param, { runbook, where: `form field ${name} of ${step.id}` }),
      );
    case 'run':
      return [];
  }
}
