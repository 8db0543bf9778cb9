/** What the answer of a check means: its verdict in words, the target it proposes, the step that follows. */
import type { CheckStep, Expression, Rule, Verdict } from '../../runbooks/runbook.ts';
import type { Outcome } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { type RunState, scopeOf, type TryState } from '../state.ts';
import { goOn, offerOf, queueCheck, stepOf } from './flow.ts';

type CheckResult = Extract<Outcome, { purpose: 'check' }>['result'];

/** What a check brought back, or that it brought nothing: its verdict, and the step that follows. */
export function checkDone(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: CheckResult,
  seconds: number,
): void {
  const step = stepOf(run, at.step);
  if (step?.kind !== 'check') return;
  const moves = !one.aside && !run.ended && run.current === at.step;
  if (!outcome.ok) {
    const earlier = run.steps.get(at.step)?.tries.filter((candidate) => !candidate.aside).length ?? 1;
    if (moves && step.retry && earlier <= step.retry.times) {
      emit(draft, 'check_done', { ...at, verdict: 'unknown', says: outcome.says, seconds, milestone: false });
      emit(draft, 'step_opened', {
        run: at.run,
        step: at.step,
        try: at.try + 1,
        kind: 'check',
        title: one.title,
        uses: step.uses,
        args: one.args,
        namespace: one.namespace,
        byHand: [...one.byHand],
      });
      queueCheck(draft, { ...at, try: at.try + 1 }, step.uses, one.args, step.timeoutMs, step.retry.everyMs);
      return;
    }
    emit(draft, 'check_done', { ...at, verdict: 'unknown', says: outcome.says, seconds, milestone: false });
    if (moves) goOn(draft, run, at.step, step.next);
    return;
  }
  const { language } = draft.knows;
  const place = { runbook: run.runbook, step: step.id, out: step.uses };
  const scope = { ...scopeOf(draft.incident, run), out: outcome.out };
  let rule: Rule | undefined;
  let verdict: Verdict = 'unknown';
  let says: string;
  try {
    rule = step.verdict.find((candidate) => applies(candidate.if));
    verdict = rule?.is ?? 'unknown';
    says = rule ? language.render(rule.says, scope, place) : 'No rule fits what was found.';
  } catch (error) {
    rule = undefined;
    verdict = 'unknown';
    says = `What was found could not be judged: ${error instanceof Error ? error.message : String(error)}`;
  }
  function applies(condition: Expression | undefined): boolean {
    return condition === undefined || language.holds(condition, scope, place);
  }
  const next = rule?.next ?? step.next;
  const answer = { uses: step.uses, out: outcome.out };
  const offer = next && 'run' in next ? offerOf(draft, run, at.step, next, answer) : undefined;
  const elsewhere = notTheTarget(draft, outcome.out, one.args);
  const body: Bodies['check_done'] = {
    ...at,
    verdict,
    says,
    out: storedOut(draft, step, outcome.out),
    seconds,
    milestone: step.timeline === 'milestone',
    ...(outcome.kept ? { evidence: { fields: outcome.kept, hash: outcome.rawHash ?? '' } } : {}),
    ...(elsewhere ? { elsewhere } : {}),
    ...(offer
      ? { next: { run: offer.runbook, with: offer.with } }
      : next && !('run' in next)
        ? { next }
        : {}),
  };
  emit(draft, 'check_done', body);
  if (step.proposesTarget) proposeTarget(draft, at, outcome.out, says);
  if (moves) goOn(draft, run, at.step, offer ? { offer } : next);
}

/** What may hold secrets or personal data is stored only where the step keeps it (design/runbooks.md, Evidence). */
function storedOut(draft: Draft, step: CheckStep, out: Record<string, unknown>): Record<string, unknown> {
  const sensitive = draft.knows.language.register(step.uses)?.sensitive ?? [];
  const dropped = sensitive.filter((name) => !step.capture?.keep.includes(name));
  if (dropped.length === 0) return out;
  return Object.fromEntries(Object.entries(out).filter(([name]) => !dropped.includes(name)));
}

/** A trace proposes; a person confirms (design/runbooks.md, Targets). */
function proposeTarget(draft: Draft, at: At, out: Record<string, unknown>, says: string): void {
  const target = targetIn(out);
  if (!target) return;
  const { target: confirmed } = draft.incident;
  if (confirmed && confirmed.name === target.name && confirmed.namespace === target.namespace) return;
  emit(draft, 'target_proposed', { run: at.run, step: at.step, target: { ...target, says } });
}

function targetIn(
  out: Record<string, unknown>,
): { namespace: string; kind: string; name: string } | undefined {
  const service = out.service as { name?: string; namespace?: string } | undefined;
  if (out.service_found !== true || !service?.name) return undefined;
  const statefulset = typeof out.statefulset === 'string' ? out.statefulset : undefined;
  return {
    namespace: service.namespace ?? '',
    kind: statefulset ? 'statefulset' : 'service',
    name: statefulset ?? service.name,
  };
}

/** Checks are never guarded; one that looked elsewhere says so. */
function notTheTarget(
  draft: Draft,
  out: Record<string, unknown>,
  args: Record<string, unknown>,
): string | undefined {
  const { target } = draft.incident;
  if (!target) return undefined;
  const looked = [out.statefulset, args.statefulset].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (looked === undefined || looked === target.name || target.kind !== 'statefulset') return undefined;
  return `${looked} is not the confirmed target ${target.name}.`;
}
