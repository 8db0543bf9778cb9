/** Keeps one process at work: bells wake it at once, a sweep every 2 s finds what no bell spoke of. */
import type { Bells } from '../queue/bells.ts';
import { expired, queued } from '../store/attempts.ts';
import { dropDeadline, dueDeadlines } from '../store/deadlines.ts';
import { incidentsWithEffects } from '../store/effects.ts';
import { performAttempt } from './attempt.ts';
import { tell, type Worker } from './worker.ts';

export interface Loop {
  /** Looks at everything once, now. */
  sweep(): Promise<void>;
  /** Stops taking new work and waits for what runs, at most `ms`. */
  stop(ms: number): Promise<void>;
}

export interface LoopOptions {
  readonly sweepMs: number;
  /** Attempts at once; reads and changes together. */
  readonly concurrency: number;
  /** Shows what an incident has to show; absent: nobody here speaks to Slack. */
  readonly drain?: (incident: number) => Promise<void>;
}

export function startLoop(worker: Worker, bells: Bells, options: LoopOptions): Loop {
  const running = new Map<string, Promise<void>>();
  let stopped = false;

  const take = (key: string, work: () => Promise<void>) => {
    if (stopped || running.has(key)) return;
    const done = work()
      .catch((error: unknown) => worker.log.warn({ err: error, key }, 'work was put off to the next sweep'))
      .finally(() => running.delete(key));
    running.set(key, done);
  };
  const takeAttempt = (id: string) => {
    if (running.size < options.concurrency) take(`attempt ${id}`, () => performAttempt(worker, id));
  };
  const takeIncident = (number: number) => {
    const { drain } = options;
    if (drain) take(`incident ${number}`, () => drain(number));
  };

  async function sweep(): Promise<void> {
    await giveUpExpired(worker);
    await fallDue(worker);
    for (const id of await queued(worker.pool, options.concurrency * 2)) takeAttempt(id);
    if (options.drain) for (const number of await incidentsWithEffects(worker.pool)) takeIncident(number);
  }

  bells.listen((bell) => {
    if (bell.look === 'attempt') takeAttempt(bell.id);
    else takeIncident(bell.number);
  });
  let sweeping: Promise<void> | undefined;
  const timer = setInterval(() => {
    sweeping ??= sweep()
      .catch((error: unknown) => worker.log.warn({ err: error }, 'a sweep failed; the next one follows'))
      .finally(() => {
        sweeping = undefined;
      });
  }, options.sweepMs);

  return {
    sweep,
    async stop(ms) {
      stopped = true;
      clearInterval(timer);
      const rest = Promise.allSettled([...running.values(), sweeping]);
      let timeout: NodeJS.Timeout | undefined;
      await Promise.race([
        rest,
        new Promise((resolve) => {
          timeout = setTimeout(resolve, ms);
        }),
      ]);
      clearTimeout(timeout);
    },
  };
}

/** Workers that no longer renew their lease: a read is repeated, a change is looked for. */
async function giveUpExpired(worker: Worker): Promise<void> {
  for (const { incident, attempt } of await expired(worker.pool)) {
    const { id, at, purpose, looseEnd } = attempt;
    await tell(worker, incident, `lost:${id}`, {
      do: 'give up attempt',
      attempt: id,
      at,
      purpose,
      ...(looseEnd ? { looseEnd } : {}),
    });
  }
}

async function fallDue(worker: Worker): Promise<void> {
  for (const { key, incident, what } of await dueDeadlines(worker.pool)) {
    await tell(worker, incident, `deadline:${key}`, what);
    await dropDeadline(worker.pool, key);
  }
}
