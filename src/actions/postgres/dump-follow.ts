/** Watches a started dump to its end, over connections that may break, and tells how far it is. */
import type { ChangingCall } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { type JobState, lookAtJob } from './dump-job.ts';
import { progressWords } from './dump-progress.ts';
import type { Inside } from './in-pod.ts';
import { sizeWords } from './size-words.ts';

type Done = Extract<JobState, { is: 'done' }>;
type Running = Extract<JobState, { is: 'running' }>;

const LOOK_LIMIT_MS = 20_000;
/** How long the cluster may be out of sight before we give up looking; the dump goes on without us. */
const PATIENCE_MS = 120_000;

/**
 * Resolves when the dump is complete. Throws ActionFailed with `nothingHappened` when it failed and its file is gone;
 * without it when we lost sight of it or were stopped: it may still be running, and `happened` will tell.
 */
export async function followJob(
  call: ChangingCall,
  where: Inside,
  dump: { path: string; database: string },
): Promise<Done> {
  const progress = new Progress(call, where, dump.database);
  try {
    return await followTo(progress, call, where, dump.path);
  } finally {
    progress.end();
  }
}

async function followTo(progress: Progress, call: ChangingCall, where: Inside, path: string): Promise<Done> {
  const startedAt = Date.now();
  let seenAt = startedAt;
  for (;;) {
    let state: JobState;
    try {
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(LOOK_LIMIT_MS)]);
      state = await lookAtJob({ ...call, signal }, where, path, 'look', waitAfter(Date.now() - startedAt));
      seenAt = Date.now();
    } catch (error) {
      if (call.signal.aborted) throw leftRunning(where, path, 'Stopped watching', error);
      if (Date.now() - seenAt > PATIENCE_MS) throw leftRunning(where, path, 'Lost sight of it', error);
      await pause(1000, call.signal);
      continue;
    }
    switch (state.is) {
      case 'done':
        return state;
      case 'running':
        progress.tell(state);
        break;
      case 'failed':
        await tidy(call, where, path);
        throw new ActionFailed(`The dump was not made. ${state.why}`, { nothingHappened: true });
      case 'dead':
        await tidy(call, where, path);
        throw new ActionFailed(
          'The dump was not made: its process is gone, the container was probably restarted. The unfinished file is removed.',
          { nothingHappened: true },
        );
      case 'fenced':
        throw new ActionFailed('The dump was given up before it was started.', { nothingHappened: true });
      case 'removed':
        throw new ActionFailed(`The dump was made, and ${path} was deleted before it could be read.`);
      case 'nothing':
        throw new ActionFailed(`Nothing of the dump is left at ${path}: somebody has removed it.`);
    }
  }
}

/**
 * One look waits in the pod, so that few connections are needed; the pauses between its glances grow with the time
 * that the dump has taken, so that neither they nor the glances cost more than a few percent of it.
 */
function waitAfter(elapsedMs: number): { seconds: number; pause: number } {
  return { seconds: 3, pause: Math.min(0.5, Math.max(0.05, elapsedMs / 30_000)) };
}

async function tidy(call: ChangingCall, where: Inside, path: string): Promise<void> {
  // The unfinished file itself is gone by then, unless the container was restarted.
  await lookAtJob(call, where, path, 'tidy').catch(() => undefined);
}

function leftRunning(where: Inside, path: string, what: string, cause: unknown): ActionFailed {
  return new ActionFailed(
    `${what}: the dump to ${path} may go on in pod ${where.pod} without us. Check again.`,
    {
      cause,
    },
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

/** Asks PostgreSQL beside the looking, so that a slow answer never delays the end. */
class Progress {
  private readonly ended = new AbortController();
  private readonly call: ChangingCall;
  private readonly where: Inside;
  private readonly database: string;
  private asking = false;

  constructor(call: ChangingCall, where: Inside, database: string) {
    this.call = call;
    this.where = where;
    this.database = database;
  }

  tell(state: Running): void {
    if (state.hashing) {
      this.call.progress(`written ${sizeWords(state.bytes)}, taking its hash`);
      return;
    }
    if (this.asking) return;
    this.asking = true;
    const signal = AbortSignal.any([this.call.signal, this.ended.signal]);
    const dump = { database: this.database, operation: this.call.operation };
    progressWords({ ...this.call, signal }, this.where, dump)
      .then((words) => {
        if (this.ended.signal.aborted) return;
        this.call.progress(`${words ?? 'between two tables'}, ${sizeWords(state.bytes)} written`);
      })
      .catch(() => undefined)
      .finally(() => {
        this.asking = false;
      });
  }

  end(): void {
    this.ended.abort();
  }
}
