/** A change: plan, confirmation, the call, the look for its trace, verification, undo. */
import { readableSeconds } from '../../runbooks/duration.ts';
import type { ActStep, Leaves, Probe } from '../../runbooks/runbook.ts';
import { type Draft, emit, queue } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { planHash } from '../hash.ts';
import type { Plan } from '../plan.ts';
import { Refused } from '../refused.ts';
import {
  lastTry,
  mainTry,
  mayHaveChanged,
  objectOf,
  type RunState,
  scopeOf,
  type TryState,
} from '../state.ts';
import { closeStep, openAct, stepOf } from './flow.ts';
import { openLooseEnds, probeAll, settleMade, settleUndone } from './loose-ends.ts';
import { byHandOf, tried } from './tried.ts';

/** A plan has been read: say what will change, who must agree, how it is verified and taken back. */
export function planned(draft: Draft, run: RunState, one: TryState, at: At, plan: Plan): void {
  const step = stepOf(run, at.step);
  if (!step || (step.kind !== 'act' && step.kind !== 'manual')) return;
  const uses = one.uses ?? '';
  const { operation } = one;
  const hash = planHash(uses, one.args, plan);
  if (one.undoes !== undefined) {
    emit(draft, 'plan_made', {
      ...at,
      operation,
      plan: copyOf(plan),
      hash,
      level: 'click',
      from: [],
      expiresMs: 600_000,
      undo: 'This takes back an earlier step.',
      leaves: [],
      locks: takenBack(run, at)?.planned?.locks ?? [objectOf(plan)],
      byHand: [...one.byHand],
      ...undoVerify(run, at),
    });
    return;
  }
  if (step.kind !== 'act') return;
  const made = tried(() => bodyOf(draft, run, step, one, plan));
  if (made.ok) return emit(draft, 'plan_made', { ...at, operation, hash, plan: copyOf(plan), ...made.value });
  emit(draft, 'plan_failed', { ...at, says: `The plan could not be put into words: ${made.says}` });
}

type PlanBody = Omit<Bodies['plan_made'], 'run' | 'step' | 'try' | 'operation' | 'plan' | 'hash'>;

/** Throws ExpressionFailed when the runbook's words do not fit the plan. */
function bodyOf(draft: Draft, run: RunState, step: ActStep, one: TryState, plan: Plan): PlanBody {
  const { language } = draft.knows;
  const place = { runbook: run.runbook, step: step.id, own: true };
  const base = scopeOf(draft.incident, run);
  const scope = {
    ...base,
    steps: { ...base.steps, [step.id]: { ...base.steps[step.id], args: one.args, plan: plan.values } },
  };
  const { confirm, verify } = step;
  const elsewhere = actElsewhere(draft, plan);
  const level = elsewhere && confirm.level === 'click' ? 'type' : confirm.level;
  const asked = confirm.phrase ? language.render(confirm.phrase, scope, place) : '';
  // A phrase of nothing would be typed by everybody.
  const phrase = asked.trim() === '' ? plan.target.name : asked;
  const leavesOf = (leaves: Leaves): Bodies['plan_made']['leaves'][number] => {
    switch (leaves.kind) {
      case 'nothing':
        return { kind: 'nothing', says: leaves.why };
      case 'permanent':
        return {
          kind: 'permanent',
          says: language.render(leaves.what, scope, place),
          followUp: language.render(leaves.followUp, scope, place),
        };
      case 'temporary':
        return {
          kind: 'temporary',
          says: language.render(leaves.what, scope, place),
          until: leaves.until,
          ...(leaves.sensitivity ? { sensitivity: leaves.sensitivity } : {}),
          ...(leaves.probe ? { probe: probeOf(leaves.probe) } : {}),
        };
    }
  };
  const probeOf = (probe: Probe) => ({
    uses: probe.uses,
    args: language.resolve(probe.with, scope, place),
    gone: probe.gone,
  });
  const says = [elsewhere, confirm.says ? language.render(confirm.says, scope, place) : undefined]
    .filter(Boolean)
    .join(' ');
  return {
    ...(says ? { says } : {}),
    ...(level === 'type' ? { phrase } : {}),
    level,
    from: [...confirm.from],
    expiresMs: confirm.expiresMs,
    verify: {
      uses: verify.uses,
      args: language.resolve(verify.with, scope, place),
      says: `reading it back (${verify.uses}) for up to ${readableSeconds(verify.timeoutMs / 1000)}`,
    },
    undo: step.undo.kind === 'none' ? step.undo.why : 'One button takes it back, with its own plan.',
    leaves: [leavesOf(step.leaves), ...step.alsoLeaves.map(leavesOf)],
    locks:
      step.locks.length === 0
        ? [objectOf(plan)]
        : step.locks.map((lock) => language.render(lock, scope, place)),
    byHand: [...one.byHand],
  };
}

function copyOf(plan: Plan): Bodies['plan_made']['plan'] {
  return {
    target: plan.target,
    changes: [...plan.changes],
    values: { ...plan.values },
    notes: [...plan.notes],
    unknowns: [...plan.unknowns],
    ...(plan.undo ? { undo: { ...plan.undo } } : {}),
  };
}

function actElsewhere(draft: Draft, plan: Plan): string | undefined {
  const { target } = draft.incident;
  if (!target || target.kind !== 'statefulset') return undefined;
  if (plan.target.kind !== 'statefulset' && plan.target.kind !== 'pod') return undefined;
  const { name } = plan.target;
  if (name === target.name || name.startsWith(`${target.name}-`)) return undefined;
  return `${name} does not belong to the confirmed target ${target.name}.`;
}

/** A loose end's probe is what verifies an undo: gone means the probe says gone. */
function undoVerify(run: RunState, at: At): { verify?: NonNullable<Bodies['plan_made']['verify']> } {
  const probe = undoProbe(run, at);
  if (!probe) return {};
  return { verify: { uses: probe.uses, args: probe.args, says: `reading it back (${probe.uses})` } };
}

/** The probe that verifies this undo; none when what it takes back left nothing that can be looked at. */
export function undoProbe(run: RunState, at: At): Bodies['plan_made']['leaves'][number]['probe'] {
  return takenBack(run, at)?.planned?.leaves.find((leaves) => leaves.probe)?.probe;
}

/** The try that this undo takes back. */
function takenBack(run: RunState, at: At): TryState | undefined {
  const tries = run.steps.get(at.step)?.tries;
  const undoes = tries?.find((one) => one.try === at.try)?.undoes;
  return tries?.find((one) => one.try === undoes);
}

/** The confirmed call: from here on the change may exist, so what it leaves behind is already open. */
export function startAct(draft: Draft, run: RunState, one: TryState, at: At): void {
  const { planned: plan } = one;
  if (!plan) throw new Refused('no-plan', 'There is no plan yet. Wait for it, then confirm.');
  // A drill ends at the confirmed plan: no attempt is queued, so nothing can be called (design/product.md).
  if (draft.incident.declared.drill)
    return closeStep(
      draft,
      at,
      'rehearsed',
      `${draft.command.by.person.name} confirmed the plan. Nothing was changed: this is a drill.`,
    );
  const executeBy = draft.command.now + draft.knows.executeWithinMs;
  const step = stepOf(run, at.step);
  const attempt = queue(draft, {
    at,
    purpose: 'act',
    uses: one.uses ?? '',
    args: one.args,
    namespace: one.namespace,
    operation: plan.operation,
    timeoutMs: step && 'timeoutMs' in step && one.undoes === undefined ? step.timeoutMs : 120_000,
    planHash: plan.hash,
    executeBy,
    by: one.requested?.by.id ?? draft.command.by.person.id,
  });
  emit(draft, 'act_started', { ...at, operation: plan.operation, executeBy, attempt });
  if (one.undoes === undefined) openLooseEnds(draft, one, at);
}

/** After the call: the loose ends that it opened exist, or never did; permanent changes become follow-ups. */
export function actEnded(draft: Draft, one: TryState, at: At, state: 'made' | 'not made'): void {
  if (one.undoes === undefined) settleMade(draft, one, at, state);
}

/** Queues the verification of an act, a repair by hand, or an undo. */
export function verifyAct(draft: Draft, run: RunState, one: TryState, at: At): void {
  const step = stepOf(run, at.step);
  const plan = one.planned;
  const common = { at, namespace: one.namespace, operation: one.operation };
  if (one.undoes !== undefined) {
    const probe = undoProbe(run, at);
    if (!probe) {
      settleUndone(draft, at, undefined);
      closeStep(draft, at, 'undone');
      probeAll(draft, (end) => end.state === 'open');
      return;
    }
    const { uses, args, gone: until } = probe;
    queue(draft, { ...common, purpose: 'verify', uses, args, until, timeoutMs: 120_000 });
    return;
  }
  if (step?.kind === 'manual') {
    if ('none' in step.verify) return closeStep(draft, at, 'by hand', step.verify.none);
    const place = { runbook: run.runbook, step: step.id, own: true };
    const args = draft.knows.language.resolve(step.verify.with, scopeOf(draft.incident, run), place);
    const { uses, until, timeoutMs } = step.verify;
    queue(draft, { ...common, purpose: 'verify', uses, args, until, timeoutMs });
    return;
  }
  // A question, or a runbook inside that is not here: nothing says how to look whether it was done.
  if (step?.kind !== 'act') return closeStep(draft, at, 'by hand');
  const { uses, until, timeoutMs } = step.verify;
  const place = { runbook: run.runbook, step: step.id, own: true };
  const args =
    plan?.verify?.args ?? draft.knows.language.resolve(step.verify.with, scopeOf(draft.incident, run), place);
  queue(draft, { ...common, purpose: 'verify', uses, args, until, timeoutMs });
}

/** Nobody knows whether the call changed anything: look for its trace before a person decides. */
export function askWhatHappened(draft: Draft, run: RunState, one: TryState, at: At): void {
  queue(draft, {
    at,
    purpose: 'happened',
    uses: one.uses ?? '',
    args: one.args,
    namespace: one.namespace,
    operation: one.operation,
    timeoutMs: Math.min(timeoutOfAct(stepOf(run, at.step)), 60_000),
  });
}

function timeoutOfAct(step: ReturnType<typeof stepOf>): number {
  return step?.kind === 'act' ? step.timeoutMs : 30_000;
}

/** Opens the taking back of a step's change, as an act of its own. */
export function openUndo(draft: Draft, run: RunState, stepId: string): void {
  const step = stepOf(run, stepId);
  const state = run.steps.get(stepId);
  const made = state?.tries.findLast((one) => one.undoes === undefined && mayHaveChanged(one));
  if (step?.kind !== 'act' || !state || !made?.planned)
    throw new Refused('nothing-to-undo', 'This step has changed nothing, so there is nothing to undo.');
  if (made.closedAs === 'undone') throw new Refused('undone', 'This step is already undone.');
  const open = lastTry(state);
  if (open?.undoes !== undefined && open.phase !== 'closed')
    throw new Refused('undo-open', 'Its undo is already under way.');
  if (['calling', 'looking', 'verifying', 'planning'].includes(made.phase))
    throw new Refused('busy', 'This step is still running. Wait for its outcome, then undo.');
  const latest = mainTry(state);
  if (latest && latest !== made && latest.phase !== 'closed')
    throw new Refused('busy', 'This step is being tried again. Skip that first, then undo.');
  const { language } = draft.knows;
  const place = { runbook: run.runbook, step: stepId, own: true };
  const scope = scopeOf(draft.incident, run);
  const undo = undoOf(step, made);
  if (!undo)
    throw new Refused(
      'no-undo',
      `It cannot be undone here: ${step.undo.kind === 'none' ? step.undo.why : 'nothing was captured.'}`,
    );
  const args = 'plan' in undo ? undo.plan : language.resolve(undo.with, scope, place);
  // The undo takes the place of the open decision: its locks are free, and the undo takes them in its turn.
  if (open && open.phase !== 'closed')
    emit(draft, 'step_closed', {
      run: run.run,
      step: stepId,
      try: open.try,
      state: 'accepted',
      reason: 'It is taken back.',
    });
  const at = { run: run.run, step: stepId, try: state.tries.length + 1 };
  openAct(draft, at, {
    title: made.title,
    uses: undo.uses,
    args,
    byHand: byHandOf(draft, undo.uses, args),
    timeoutMs: 30_000,
    undoes: made.try,
  });
}

function undoOf(
  step: ActStep,
  made: TryState,
): { uses: string; plan: Record<string, unknown> } | { uses: string; with: ActStep['with'] } | undefined {
  switch (step.undo.kind) {
    case 'none':
      return undefined;
    case 'auto':
      return made.planned?.plan.undo ? { uses: step.uses, plan: made.planned.plan.undo } : undefined;
    case 'call':
      return { uses: step.undo.uses, with: step.undo.with };
  }
}
