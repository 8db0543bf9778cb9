/** The plan of a change that has been read: what will change, who must agree, how it is verified and taken back. */
import { readableSeconds } from '../../runbooks/duration.ts';
import type { ActStep, Leaves, Probe } from '../../runbooks/runbook.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { planHash } from '../hash.ts';
import type { Plan } from '../plan.ts';
import { objectOf, type RunState, scopeOf, type TryState } from '../state.ts';
import { stepOf } from './flow.ts';
import { elsewhere as whyElsewhere } from './targets.ts';
import { tried, wordsOf } from './tried.ts';
import { takenBack, undoProbe } from './undo.ts';

/** A plan has been read: say what will change, who must agree, how it is verified and taken back. */
export function planned(draft: Draft, run: RunState, one: TryState, at: At, plan: Plan): void {
  const step = stepOf(run, at.step);
  if (!step || (step.kind !== 'act' && step.kind !== 'manual')) return;
  const uses = one.uses ?? '';
  const { operation } = one;
  const hash = planHash(uses, one.args, plan);
  if (one.undoes !== undefined) {
    const elsewhere = actElsewhere(draft, plan);
    emit(draft, 'plan_made', {
      ...at,
      operation,
      plan: copyOf(plan),
      hash,
      ...(elsewhere === undefined
        ? { level: 'click' }
        : { level: 'type', phrase: plan.target.name, says: elsewhere }),
      from: [],
      expiresMs: 600_000,
      undo: 'This takes back an earlier step.',
      ...guardOf(draft, uses),
      leaves: [],
      locks: takenBack(run, at)?.planned?.locks ?? [objectOf(plan)],
      byHand: [...one.byHand],
      ...undoVerify(run, at),
    });
    return;
  }
  if (step.kind !== 'act') return;
  const made = tried(() => bodyOf(draft, run, step, one, plan));
  if (made.ok)
    return emit(draft, 'plan_made', {
      ...at,
      operation,
      hash,
      plan: copyOf(plan),
      ...guardOf(draft, uses),
      ...made.value,
    });
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
        return { kind: 'nothing', says: wordsOf(draft, leaves.why, scope, place) };
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
          until: language.render(leaves.until, scope, place),
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
    ...coversOf(language.resolve({ covers: confirm.covers ?? [] }, scope, place).covers),
    verify: {
      uses: verify.uses,
      args: language.resolve(verify.with, scope, place),
      says: `reading it back (${verify.uses}) for up to ${readableSeconds(verify.timeoutMs / 1000)}`,
    },
    undo:
      step.undo.kind === 'none'
        ? wordsOf(draft, step.undo.why, scope, place)
        : 'One button takes it back, with its own plan.',
    leaves: [leavesOf(step.leaves), ...step.alsoLeaves.map(leavesOf)],
    locks:
      step.locks.length === 0
        ? [objectOf(plan)]
        : step.locks.map((lock) => language.render(lock, scope, place)),
    byHand: [...one.byHand],
  };
}

function guardOf(draft: Draft, uses: string): { guard?: string } {
  const guard = draft.knows.language.register(uses)?.guard;
  return guard === undefined ? {} : { guard };
}

function coversOf(names: unknown): { covers?: string[] } {
  const covers = Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  return covers.length === 0 ? {} : { covers };
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

/** Why this change, or its undo, is not on what people confirmed that they work on; then it has to be typed. */
function actElsewhere(draft: Draft, plan: Plan): string | undefined {
  return whyElsewhere(draft.incident, plan.target);
}

/** A loose end's probe is what verifies an undo: gone means the probe says gone. */
function undoVerify(run: RunState, at: At): { verify?: NonNullable<Bodies['plan_made']['verify']> } {
  const probe = undoProbe(run, at);
  if (!probe) return {};
  return { verify: { uses: probe.uses, args: probe.args, says: `reading it back (${probe.uses})` } };
}
