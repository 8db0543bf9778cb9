/** What an outcome brought back by a worker means for its step. Outcomes are observations: never refused. */
import type { Expression, Rule, Verdict } from '../../runbooks/runbook.ts';
import type { Outcome, What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';

import { type RunState, scopeOf, type TryState } from '../state.ts';
import { actEnded, askWhatHappened, planned, verifyAct } from './acts.ts';
import { closeStep, goOn, queueCheck, queuePlan, stepOf, tryAt } from './flow.ts';
import { probeAll, settleLooseEnd } from './loose-ends.ts';

type Settle = Extract<What, { do: 'settle' }>;
type GiveUp = Extract<What, { do: 'give up attempt' }>;

const phaseOf = {
  check: 'checking',
  plan: 'planning',
  act: 'calling',
  happened: 'looking',
  verify: 'verifying',
} as const;

/** Takes an outcome in, or records it as late when its attempt had been given up or is no longer waited for. */
export function settle(draft: Draft, what: Settle): void {
  const { at, outcome, attempt, seconds } = what;
  if (outcome.purpose === 'probe') return settleProbe(draft, what.looseEnd, outcome.result);
  const found = tryAt(draft, at);
  const waiting =
    found?.one.phase === phaseOf[outcome.purpose] && !draft.incident.lost.has(attempt) && found.current;
  if (!found || !waiting) {
    if (outcome.purpose !== 'act') return;
    emit(draft, 'outcome_late', { attempt, ...at, says: lateWords(outcome.result) });
    return;
  }
  const { run, one } = found;
  switch (outcome.purpose) {
    case 'check':
      return checkDone(draft, run, one, at, outcome.result, seconds);
    case 'plan':
      if (outcome.result.ok) return planned(draft, run, one, at, outcome.result.plan);
      emit(draft, 'plan_failed', { ...at, says: outcome.result.says });
      return;
    case 'act':
      return actSettled(draft, run, one, at, outcome.result, seconds);
    case 'happened': {
      const { result } = outcome;
      const happened = result.ok ? result.happened : 'cannot tell';
      emit(draft, 'act_found', { ...at, happened, says: result.ok ? foundWords[happened] : result.says });
      if (happened === 'made') {
        actEnded(draft, one, at, 'made');
        verifyAct(draft, run, one, at);
      } else if (happened === 'not made') actEnded(draft, one, at, 'not made');
      else if (happened === 'still running') askWhatHappened(draft, run, one, at);
      else probeAll(draft, (end) => end.opened.run === at.run && end.opened.step === at.step);
      return;
    }
    case 'verify':
      return verified(draft, run, one, at, outcome.result, seconds);
  }
}

const foundWords = {
  made: 'Looked for its trace: the change was made.',
  'not made': 'Looked for its trace: the change was not made.',
  'still running': 'Looked for its trace: it is still running.',
  'cannot tell': 'Looked for its trace: cannot tell whether the change was made.',
} as const;

type ResultOf<P extends Outcome['purpose']> = Extract<Outcome, { purpose: P }>['result'];

function lateWords(outcome: ResultOf<'act'>): string {
  if (outcome.ok) return 'The first worker came back after it had been given up: its change was made.';
  if (outcome.nothingHappened)
    return `The first worker came back after it had been given up: it changed nothing. ${outcome.says}`;
  return `The first worker came back after it had been given up: ${outcome.says}`;
}

function checkDone(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: ResultOf<'check'>,
  seconds: number,
): void {
  const step = stepOf(run, at.step);
  if (step?.kind !== 'check') return;
  const moves = !one.aside && !run.ended && run.current === at.step;
  if (!outcome.ok) {
    const earlier = run.steps.get(at.step)?.tries.length ?? 1;
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
  const elsewhere = notTheTarget(draft, outcome.out, one.args);
  const body: Bodies['check_done'] = {
    ...at,
    verdict,
    says,
    out: outcome.out,
    seconds,
    milestone: step.timeline === 'milestone',
    ...(outcome.kept ? { evidence: { fields: outcome.kept, hash: outcome.rawHash ?? '' } } : {}),
    ...(elsewhere ? { elsewhere } : {}),
    ...(next ? { next: resolvedNext(draft, run, at.step, next, outcome.out, step.uses) } : {}),
  };
  emit(draft, 'check_done', body);
  if (step.proposesTarget) proposeTarget(draft, at, outcome.out, says);
  if (moves) goOn(draft, run, at.step, next);
}

function resolvedNext(
  draft: Draft,
  run: RunState,
  step: string,
  next: NonNullable<Rule['next']>,
  out: Record<string, unknown>,
  uses: string,
): NonNullable<Bodies['check_done']['next']> {
  if (!('run' in next)) return next;
  const place = { runbook: run.runbook, step, out: uses };
  return {
    run: next.run,
    with: draft.knows.language.resolve(next.with, { ...scopeOf(draft.incident, run), out }, place),
  };
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
    (value) => typeof value === 'string' && value !== '',
  );
  if (looked === undefined || looked === target.name || target.kind !== 'statefulset') return undefined;
  return `${String(looked)} is not the confirmed target ${target.name}.`;
}

function actSettled(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: ResultOf<'act'>,
  seconds: number,
): void {
  if (outcome.ok) {
    emit(draft, 'act_done', {
      ...at,
      outcome: 'made',
      says: `Done.${shortOf(draft, one.uses, outcome.out)}`,
      out: outcome.out,
      seconds,
    });
    actEnded(draft, one, at, 'made');
    verifyAct(draft, run, one, at);
    return;
  }
  const proved = outcome.nothingHappened === true;
  if (outcome.planChanged === true && proved) {
    actEnded(draft, one, at, 'not made');
    emit(draft, 'approval_lapsed', {
      ...at,
      why: 'plan changed',
      says: `Nothing was changed. The live state is no longer what the plan says: ${outcome.says}`,
    });
    queuePlan(draft, at, one, timeoutOf(run, at));
    return;
  }
  emit(draft, 'act_done', { ...at, outcome: proved ? 'failed' : 'unknown', says: outcome.says, seconds });
  if (proved) actEnded(draft, one, at, 'not made');
  else askWhatHappened(draft, run, one, at);
}

function verified(
  draft: Draft,
  run: RunState,
  one: TryState,
  at: At,
  outcome: ResultOf<'verify'>,
  seconds: number,
): void {
  const held = outcome.ok && outcome.held;
  const words = outcome.says;
  emit(draft, 'verified', {
    ...at,
    held,
    says: held
      ? `Verified.${shortOf(draft, verifying(run, one, at), outcome.out)}`
      : `Not verified. ${words ?? 'The condition did not come true in time.'}`,
    ...(outcome.ok && outcome.out ? { out: outcome.out } : {}),
    seconds,
  });
  if (!held) return;
  const byHand = one.outcome === undefined;
  if (byHand) actEnded(draft, one, at, 'made');
  if (one.undoes !== undefined) {
    for (const end of draft.incident.looseEnds.values())
      if (end.opened.run === at.run && end.opened.step === at.step && end.opened.kind === 'temporary')
        settleLooseEnd(draft, end.id, 'gone', 'Taken back and checked.');
    closeStep(draft, at, 'undone');
  } else closeStep(draft, at, byHand ? 'by hand' : 'done');
  probeAll(
    draft,
    (end) => end.state === 'open' && !(end.opened.run === at.run && end.opened.step === at.step),
  );
}

function settleProbe(draft: Draft, looseEnd: string | undefined, result: ResultOf<'probe'>): void {
  const end = looseEnd ? draft.incident.looseEnds.get(looseEnd) : undefined;
  if (!end || end.state === 'gone') return;
  if (!result.ok) {
    const state = end.state === 'accepted' ? 'accepted' : 'open';
    return settleLooseEnd(draft, end.id, state, `Could not be checked: ${result.says}`);
  }
  if (result.gone) return settleLooseEnd(draft, end.id, 'gone', 'Checked: it is gone.');
  if (end.state !== 'accepted') settleLooseEnd(draft, end.id, 'open', 'Checked: it is still there.');
}

/** The lease of a worker ran out. A read is simply repeated; a change is looked for, never made again. */
export function giveUp(draft: Draft, what: GiveUp): void {
  const { at, attempt, purpose } = what;
  if (purpose === 'probe') {
    const end = what.looseEnd ? draft.incident.looseEnds.get(what.looseEnd) : undefined;
    emit(draft, 'attempt_lost', { attempt, ...at, says: 'The worker that looked at what is left stopped.' });
    if (end) probeAll(draft, (candidate) => candidate.id === end.id);
    return;
  }
  const found = tryAt(draft, at);
  if (!found?.current || found.one.phase !== phaseOf[purpose] || draft.incident.lost.has(attempt)) return;
  const { run, step, one } = found;
  switch (purpose) {
    case 'check':
      emit(draft, 'attempt_lost', {
        attempt,
        ...at,
        says: 'The worker stopped while it looked. Looking again.',
      });
      return queueCheck(draft, at, one.uses ?? '', one.args, step.kind === 'check' ? step.timeoutMs : 30_000);
    case 'plan':
      emit(draft, 'attempt_lost', {
        attempt,
        ...at,
        says: 'The worker stopped while it planned. Planning again.',
      });
      return queuePlan(draft, at, one, timeoutOf(run, at));
    case 'act':
      emit(draft, 'attempt_lost', {
        attempt,
        ...at,
        says: 'The worker stopped during the call. It is not known whether the change was made.',
      });
      emit(draft, 'act_done', {
        ...at,
        outcome: 'unknown',
        says: 'The worker stopped during the call. It is not known whether the change was made.',
        seconds: 0,
      });
      return askWhatHappened(draft, run, one, at);
    case 'happened':
      emit(draft, 'attempt_lost', {
        attempt,
        ...at,
        says: 'The worker stopped while it looked. Looking again.',
      });
      return askWhatHappened(draft, run, one, at);
    case 'verify':
      emit(draft, 'attempt_lost', {
        attempt,
        ...at,
        says: 'The worker stopped while it verified. Verifying again.',
      });
      return verifyAct(draft, run, one, at);
  }
}

/** The few plain values of an answer, for people: ` desired 1, ready 1.` Nothing that may be sensitive. */
function shortOf(draft: Draft, uses: string | undefined, out: Record<string, unknown> | undefined): string {
  const signature = uses === undefined ? undefined : draft.knows.language.register(uses);
  if (!signature || !out) return '';
  const words = Object.entries(out)
    .filter(([name, value]) => !signature.sensitive.includes(name) && isShort(value))
    .slice(0, 6)
    .map(
      ([name, value]) =>
        `${name.replaceAll('_', ' ')} ${typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)}`,
    );
  return words.length === 0 ? '' : ` ${words.join(', ')}.`;
}

function isShort(value: unknown): boolean {
  return (
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.length <= 80)
  );
}

/** The action that verifies this try. */
function verifying(run: RunState, one: TryState, at: At): string | undefined {
  if (one.planned?.verify) return one.planned.verify.uses;
  const step = stepOf(run, at.step);
  return step?.kind === 'manual' && !('none' in step.verify) ? step.verify.uses : undefined;
}

/** ms that one call of this step may take. */
export function timeoutOf(run: RunState, at: At): number {
  const step = stepOf(run, at.step);
  return step && 'timeoutMs' in step ? step.timeoutMs : 30_000;
}
