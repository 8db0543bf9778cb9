/** What an outcome brought back by a worker means for its step. Outcomes are observations: never refused. */
import type { Expression, Rule, Verdict } from '../../runbooks/runbook.ts';
import type { Outcome, What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import type { At, Bodies } from '../events.ts';
import { type LooseEnd, type RunState, runsOn, scopeOf, type TryState } from '../state.ts';
import { actEnded, askWhatHappened, planned, undoProbe, verifyAct } from './acts.ts';
import { closeStep, goOn, offerOf, queueCheck, queuePlan, stepOf, tryAt } from './flow.ts';
import { madeLate, probeAll, settleLooseEnd, settleUndone } from './loose-ends.ts';

type Settle = Extract<What, { do: 'settle' }>;

/** The phase in which an outcome of this purpose is waited for. */
export const phaseOf = {
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
    if (outcome.purpose === 'act') late(draft, what, outcome.result);
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
      // Told once; a change that goes on for an hour is not told every minute.
      if (happened === 'still running' && runsOn(one)) return askWhatHappened(draft, run, one, at);
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

/** Recorded, never dropped: what it says of the world is true, whoever went on without it. */
function late(draft: Draft, { at, attempt }: Settle, result: ResultOf<'act'>): void {
  const says = lateWords(result);
  const found = tryAt(draft, at);
  const may = result.ok || !result.nothingHappened;
  if (found && may) madeLate(draft, found.one, at);
  emit(draft, 'outcome_late', { attempt, ...at, says });
  if (!found || may) return;
  const { one } = found;
  // The proof that people were waiting for: now it may be tried again.
  if (!found.current || one.phase !== 'decide' || one.found?.happened !== 'cannot tell' || one.claimed) return;
  emit(draft, 'act_found', { ...at, happened: 'not made', says });
  actEnded(draft, one, at, 'not made');
}

function lateWords(outcome: ResultOf<'act'>): string {
  if (outcome.ok) return 'The first worker came back after it had been given up: its change was made.';
  if (outcome.nothingHappened)
    return `The first worker came back after it had been given up: it changed nothing. ${outcome.says}`;
  return `The first worker came back after it had been given up: ${outcome.says}`;
}

/** Also for a worker that never brought it. */
export function checkDone(
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
  const answer = { uses: step.uses, out: outcome.out };
  const offer = next && 'run' in next ? offerOf(draft, run, at.step, next, answer) : undefined;
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
    ...(offer ? { next: { run: offer.runbook, with: offer.with } } : next && !('run' in next) ? { next } : {}),
  };
  emit(draft, 'check_done', body);
  if (step.proposesTarget) proposeTarget(draft, at, outcome.out, says);
  if (moves) goOn(draft, run, at.step, offer ? { offer } : next);
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

/** Also for a worker that never brought it. */
export function verified(
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
  const byHand = one.outcome?.outcome !== 'made' && one.found?.happened !== 'made';
  if (byHand) actEnded(draft, one, at, 'made');
  const undone = one.undoes !== undefined;
  if (undone) {
    settleUndone(draft, at, undoProbe(run, at));
    closeStep(draft, at, 'undone');
  } else closeStep(draft, at, byHand ? 'by hand' : 'done');
  const own = ({ opened }: LooseEnd) => opened.run === at.run && opened.step === at.step;
  probeAll(draft, (end) => end.state === 'open' && (undone || !own(end)));
}

/** Also for a worker that never brought it. */
export function settleProbe(draft: Draft, looseEnd: string | undefined, result: ResultOf<'probe'>): void {
  const end = looseEnd ? draft.incident.looseEnds.get(looseEnd) : undefined;
  if (!end || end.state === 'gone') return;
  if (!result.ok) {
    const state = end.state === 'accepted' ? 'accepted' : 'open';
    return settleLooseEnd(draft, end.id, state, `Could not be checked: ${result.says}`);
  }
  if (result.gone) return settleLooseEnd(draft, end.id, 'gone', 'Checked: it is gone.');
  if (end.state !== 'accepted') settleLooseEnd(draft, end.id, 'open', 'Checked: it is still there.');
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
