/** Calls an action with a time limit that really ends it, a kept lease and progress for people. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Action, ActionFailed, type Call } from '../actions/action.ts';
import type { Failure } from '../incidents/commands.ts';
import type { NewAttempt } from '../incidents/draft.ts';
import { renew } from '../store/attempts.ts';
import { type Leaving, leavingOf } from './leaving.ts';
import type { Worker } from './worker.ts';

/** Somebody pressed Stop: unlike a time limit, it ends the work itself. */
export class Stopped extends ActionFailed {
  constructor() {
    super('Somebody pressed Stop.');
  }
}

export interface Calling {
  readonly call: Call;
  /** What the calls say goes through it. */
  readonly leaving: Leaving;
  /** Ends the time limit and the lease's renewal. */
  end(): void;
}

/** Opens the frame in which an attempt's calls run: at most `timeoutMs`, ended early when somebody presses Stop. */
export function openCall(
  worker: Worker,
  incident: number,
  attempt: NewAttempt,
  params: Record<string, unknown>,
): Calling {
  const controller = new AbortController();
  const timer = setTimeout(
    () =>
      controller.abort(
        new ActionFailed(`It did not answer within ${Math.round(attempt.timeoutMs / 1000)} s.`),
      ),
    attempt.timeoutMs,
  );
  let progress: string | undefined;
  const leaving = leavingOf(worker, { params, namespace: attempt.namespace });
  const keepLease = setInterval(() => {
    renew(worker.pool, attempt.id, worker.name, worker.leaseMs, progress).then(
      ({ stop }) => {
        if (stop) controller.abort(new Stopped());
      },
      (error: unknown) => worker.log.warn({ error, attempt: attempt.id }, 'the lease could not be renewed'),
    );
  }, worker.leaseMs / 4);
  return {
    leaving,
    call: {
      seen: leaving.seen,
      params,
      namespace: attempt.namespace,
      operation: attempt.operation,
      incident,
      signal: controller.signal,
      now: worker.now,
      reach: worker.reach,
      progress: (words) => {
        progress = leaving.words(words);
        worker.progressed(incident, attempt.at.run);
      },
    },
    end() {
      clearTimeout(timer);
      clearInterval(keepLease);
    },
  };
}

/** Runs work until it ends or the signal does, whichever is first: an action that ignores its signal cannot hang us. */
export async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) throw signal.reason;
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}

/** Waits, but not beyond the signal. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

/** What went wrong, in words; a defect of ours is logged and told briefly. */
export function failureOf(worker: Worker, attempt: NewAttempt, error: unknown, calling?: Calling): Failure {
  const signal = calling?.call.signal;
  // Arguments that do not fit are told before there is a call.
  const leaving = calling?.leaving ?? leavingOf(worker, { params: {}, namespace: attempt.namespace });
  const told =
    signal?.aborted && signal.reason instanceof ActionFailed && !(error instanceof ActionFailed)
      ? signal.reason
      : error;
  if (told instanceof ActionFailed) {
    const { says, nothingHappened, planChanged } = told;
    return {
      ok: false,
      says: leaving.words(says),
      ...(nothingHappened ? { nothingHappened } : {}),
      ...(planChanged ? { planChanged } : {}),
    };
  }
  worker.log.error(
    { err: leaving.error(error), attempt: attempt.id, uses: attempt.uses },
    'an action failed in a way it should not',
  );
  const words = error instanceof Error ? error.message : String(error);
  return { ok: false, says: `${attempt.uses} failed: ${leaving.words(words).slice(0, 300)}` };
}

/** Arguments as the action's own schema reads them. Throws ActionFailed that proves nothing was changed. */
export function paramsOf(action: Action, args: Record<string, unknown>): Record<string, unknown> {
  const parsed = action.params.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`,
  );
  throw new ActionFailed(`${action.name} cannot be used with these values. ${problems.join('; ')}`, {
    nothingHappened: true,
  });
}

/** Output as the action's own schema reads it: what does not fit its declared types never reaches an expression. */
export function outputOf(action: Action, out: unknown): Record<string, unknown> {
  const parsed = action.output.safeParse(out);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw new Error(
    `${action.name} gave an answer that is not of its own shape: ${first?.path.join('.')} ${first?.message}`,
  );
}
