/** Performs one attempt: a look, a plan, the call that changes something, the look for its trace, a verification. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Action, ActionFailed, type ChangingCall, type ReadingAction } from '../actions/action.ts';
import type { Failure, Outcome } from '../incidents/commands.ts';
import type { NewAttempt } from '../incidents/draft.ts';
import { planHash } from '../incidents/hash.ts';
import type { Plan } from '../incidents/plan.ts';
import { type Incident, scopeOf } from '../incidents/state.ts';
import { claim, renew, stillOurs, stillQueued } from '../store/attempts.ts';
import { type Calling, failureOf, openCall, outputOf, paramsOf, pause, Stopped, within } from './calling.ts';
import { fieldsToKeep, keptOf } from './evidence.ts';
import { mayCall, TooOld } from './may-call.ts';
import { changing, pollHappened, stopNow } from './trace.ts';
import { tellOutcome, type Worker } from './worker.ts';

/** Takes the attempt if nobody has, performs it and brings the outcome to the door. */
export async function performAttempt(worker: Worker, id: string): Promise<void> {
  const found = await stillQueued(worker.pool, id);
  if (!found) return;
  const { incident, attempt, waitedMs } = found;
  const started = worker.now().getTime();
  const outcome =
    attempt.purpose === 'act'
      ? await act(worker, incident, attempt, waitedMs)
      : await look(worker, incident, attempt);
  if (!outcome) return;
  const seconds = (worker.now().getTime() - started) / 1000;
  await bring(worker, incident, attempt, outcome, seconds);
}

/** So often the door may throw although the store answers, before an outcome is left to whoever finds its lease run out. */
const MOST_DEFECTS = 20;

/** The outcome must not be lost: the store may be away for a while, the world has changed already. */
async function bring(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  outcome: Outcome,
  seconds: number,
): Promise<void> {
  const { id, at, looseEnd } = attempt;
  for (let turn = 0, defects = 0; defects < MOST_DEFECTS; turn++) {
    try {
      await tellOutcome(worker, incident, `settle:${id}`, {
        do: 'settle',
        attempt: id,
        at,
        outcome,
        seconds: Math.round(seconds * 10) / 10,
        ...(looseEnd ? { looseEnd } : {}),
      });
      return;
    } catch (error) {
      worker.log.warn({ err: error, attempt: id }, 'an outcome could not be stored yet; trying again');
      // An incident that cannot be read is ours to mend: it must not hold a place among the workers for ever.
      await worker.pool.query('select 1').then(
        () => defects++,
        () => undefined,
      );
      await wait(Math.min(200 * 2 ** turn, 5000));
    }
  }
}

async function look(worker: Worker, incident: number, attempt: NewAttempt): Promise<Outcome | undefined> {
  if (!(await claimed(worker, attempt.id))) return undefined;
  const { purpose } = attempt;
  let calling: Calling | undefined;
  try {
    const action = actionOf(worker, attempt);
    calling = openCall(worker, incident, attempt, paramsOf(action, attempt.args));
    const { call, leaving } = calling;
    switch (purpose) {
      case 'check': {
        const read = outputOf(action, await within(call.signal, reading(action).run(call as never)));
        const out = leaving.out(read, action.sensitive);
        const kept = keptOf(await fieldsToKeep(worker, incident, attempt), out);
        return { purpose, result: { ok: true, out, ...kept, rawHash: leaving.hash(read) } };
      }
      case 'plan': {
        const plan = await within(call.signal, changing(action).plan(call as never));
        return { purpose, result: { ok: true, plan: leaving.plan(plan) } };
      }
      case 'happened': {
        const happened = await pollHappened(worker, incident, attempt, action, calling);
        return { purpose, result: { ok: true, happened } };
      }
      case 'verify':
        return { purpose, result: await poll(worker, incident, attempt, action, calling) };
      case 'probe': {
        const found = await poll(worker, incident, attempt, action, calling, { once: true });
        if (!found.ok) return { purpose, result: found };
        return { purpose, result: { ok: true, gone: found.held } };
      }
      case 'act':
        break;
    }
    throw new Error('a change is performed by act(), not by look()');
  } catch (error) {
    return { purpose, result: failureOf(worker, attempt, error, calling) };
  } finally {
    calling?.end();
  }
}

/** Asks again until the condition holds or time is up; a single failed look on the way is not the end. */
async function poll(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  action: Action,
  calling: Calling,
  options: { once?: boolean } = {},
): Promise<Extract<Outcome, { purpose: 'verify' }>['result']> {
  const { leaving } = calling;
  const { signal } = calling.call;
  const keep = await fieldsToKeep(worker, incident, attempt);
  const answered = (read: Record<string, unknown>) => {
    const out = leaving.out(read, action.sensitive);
    return { out, ...keptOf(keep, out), rawHash: leaving.hash(read) };
  };
  let last: Record<string, unknown> | undefined;
  let says: string | undefined;
  // Short waits first: most changes are seen within half a second.
  let turn = 0;
  for (;;) {
    leaving.seen.again();
    try {
      last = outputOf(action, await within(signal, reading(action).run(calling.call as never)));
      says = undefined;
      if (await holds(worker, incident, attempt, action, last))
        return { ok: true, held: true, ...answered(last) };
    } catch (error) {
      const failure = failureOf(worker, attempt, error, calling);
      says = failure.says;
      if (options.once) return failure;
    }
    if (options.once || signal.aborted) break;
    await pause(Math.min(100 * 2 ** turn++, worker.pollMs), signal);
    if (signal.aborted) break;
  }
  const seconds = Math.round(attempt.timeoutMs / 1000);
  return {
    ok: true,
    held: false,
    ...(last ? answered(last) : {}),
    says: says ? `Last answer: ${says}` : `The condition did not come true within ${seconds} s.`,
  };
}

async function holds(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  action: Action,
  out: Record<string, unknown>,
): Promise<boolean> {
  const held = await worker.store.look(incident, (state: Incident) => {
    const run = state.runs.get(attempt.at.run);
    if (!run || attempt.until === undefined) return false;
    const place = { runbook: run.runbook, step: attempt.at.step, out: action.name, own: true };
    return worker.knows.language.holds(attempt.until, { ...scopeOf(state, run, attempt.at), out }, place);
  });
  return held ?? false;
}

/**
 * The change. The plan is read once more and compared before the row goes to `calling`: until then nothing has
 * happened and any worker may take it. From `calling` on the outcome is made, not made, or unknown.
 */
async function act(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  waitedMs: number,
): Promise<Outcome | undefined> {
  let calling: Calling | undefined;
  let refusal: Failure | undefined;
  let plan: Plan | undefined;
  let keep: readonly string[] = [];
  try {
    const action = changing(actionOf(worker, attempt));
    calling = openCall(worker, incident, attempt, paramsOf(action, attempt.args));
    keep = await fieldsToKeep(worker, incident, attempt);
    await mayCall(worker, incident, attempt, waitedMs);
    plan = await within(calling.call.signal, action.plan(calling.call as never));
    // People confirmed the plan as it was shown.
    if (planHash(attempt.uses, attempt.args, calling.leaving.plan(plan)) !== attempt.planHash)
      throw new ActionFailed('read the new plan and confirm again.', {
        nothingHappened: true,
        planChanged: true,
      });
  } catch (error) {
    const failure = failureOf(worker, attempt, error, calling);
    // Nothing was called yet, whatever went wrong.
    refusal = { ...failure, nothingHappened: true, ...(error instanceof TooOld ? { tooOld: true } : {}) };
  }
  try {
    const withinMs = refusal ? undefined : worker.knows.executeWithinMs;
    const unguarded = !refusal && changing(actionOf(worker, attempt)).guard === 'none';
    const caller = unguarded ? await worker.caller?.() : undefined;
    if (!(await claimed(worker, attempt.id, withinMs, caller))) return undefined;
    if (refusal) return { purpose: 'act', result: refusal };
    if (!calling || !plan) return undefined;
    const early = await stoppedBefore(worker, attempt, calling);
    if (early) return { purpose: 'act', result: early };
    const action = changing(actionOf(worker, attempt));
    const ours = () => stillOurs(worker.pool, attempt.id, worker.name);
    const call = { ...calling.call, plan, stillOurs: ours } as ChangingCall;
    try {
      const gave = outputOf(action, await within(call.signal, action.run(call as never)));
      const out = calling.leaving.out(gave, action.sensitive);
      const rawHash = calling.leaving.hash(gave);
      return { purpose: 'act', result: { ok: true, out, ...keptOf(keep, out), rawHash } };
    } catch (error) {
      // A time limit only ends our watching; Stop ends the work, with a signal that has not fired yet.
      if (call.signal.reason instanceof Stopped) await stopNow(worker, action, call);
      return { purpose: 'act', result: failureOf(worker, attempt, error, calling) };
    }
  } finally {
    calling?.end();
  }
}

/** Stop may be pressed while nobody has taken the call, or time may be up before it: then nothing is called. */
async function stoppedBefore(
  worker: Worker,
  attempt: NewAttempt,
  calling: Calling,
): Promise<Failure | undefined> {
  const failed = (says: string): Failure => ({ ok: false, says, nothingHappened: true });
  try {
    const { stop } = await renew(worker.pool, attempt.id, worker.name, worker.leaseMs, undefined);
    if (stop) return failed('Somebody pressed Stop before it began.');
  } catch (error) {
    worker.log.warn({ err: error, attempt: attempt.id }, 'it was not called: the database does not answer');
    return failed('It was not started: the database did not answer.');
  }
  const { signal } = calling.call;
  return signal.aborted
    ? { ...failureOf(worker, attempt, signal.reason, calling), nothingHappened: true }
    : undefined;
}

function actionOf(worker: Worker, attempt: NewAttempt): Action {
  const action = worker.action(attempt.uses);
  if (!action)
    throw new ActionFailed(`This Handrail has no action ${attempt.uses}.`, { nothingHappened: true });
  return action;
}

function reading(action: Action): ReadingAction {
  if (action.changes) throw new Error(`${action.name} changes something and cannot be used to look`);
  return action;
}

/** As long as a query is waited for (open-store.ts): later than that nobody here makes the call any more. */
const CLAIM_WITHIN_MS = 10_000;

function claimed(worker: Worker, id: string, withinMs?: number, caller?: string): Promise<boolean> {
  const { clockAhead } = worker.store;
  const notAfter = clockAhead === undefined ? undefined : Date.now() + CLAIM_WITHIN_MS + clockAhead;
  return claim(worker.pool, id, worker.name, worker.leaseMs, withinMs, caller, notAfter);
}
