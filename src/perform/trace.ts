/** The look for the trace of a change whose outcome nobody knows, and the end of one that still runs. */
import type { Action, ChangingAction, ChangingCall, Happened } from '../actions/action.ts';
import type { NewAttempt } from '../incidents/draft.ts';
import type { Plan } from '../incidents/plan.ts';
import { type Calling, pause, within } from './calling.ts';
import type { Worker } from './worker.ts';

/** ms that stopping may take. */
const STOP_MS = 15_000;

/** Looks for the trace until it is there, or is not, or time is up; a change that still runs is stopped when somebody asked for it. */
export async function pollHappened(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  action: Action,
  calling: Calling,
): Promise<Happened> {
  const plan = await confirmedPlan(worker, incident, attempt);
  if (!plan) return 'cannot tell';
  const call = { ...calling.call, plan, stillOurs: async () => true } as ChangingCall;
  let stopped = false;
  for (;;) {
    const happened = await within(call.signal, changing(action).happened(call as never));
    if (happened !== 'still running') return happened;
    if (!stopped && (await isStopAsked(worker, incident, attempt))) {
      stopped = true;
      await stopNow(worker, changing(action), call);
      continue;
    }
    await pause(worker.pollMs, call.signal);
    if (call.signal.aborted) return happened;
  }
}

async function isStopAsked(worker: Worker, incident: number, attempt: NewAttempt): Promise<boolean> {
  const asked = await worker.store.look(incident, (state) => {
    const tries = state.runs.get(attempt.at.run)?.steps.get(attempt.at.step)?.tries;
    return tries?.find((one) => one.try === attempt.at.try)?.stopAsked;
  });
  return asked ?? false;
}

/** Asks a running change to end, with a signal that has not fired yet and ends even an action that ignores it. */
export async function stopNow(worker: Worker, action: ChangingAction, call: ChangingCall): Promise<void> {
  if (!action.stop) return;
  const signal = AbortSignal.timeout(STOP_MS);
  await within(signal, action.stop({ ...call, signal } as never)).catch((failure: unknown) =>
    worker.log.warn({ err: failure }, 'what runs could not be stopped'),
  );
}

/** The plan that people confirmed, from the incident's own record. */
async function confirmedPlan(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
): Promise<Plan | undefined> {
  return worker.store.look(incident, (state) => {
    const tries = state.runs.get(attempt.at.run)?.steps.get(attempt.at.step)?.tries;
    return tries?.find((one) => one.try === attempt.at.try)?.planned?.plan;
  });
}

/** Throws when the action changes nothing. */
export function changing(action: Action): ChangingAction {
  if (!action.changes) throw new Error(`${action.name} changes nothing and has no plan`);
  return action;
}
