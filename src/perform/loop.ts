/** Keeps one process at work: bells wake it at once, a sweep every 2 s finds what no bell spoke of. */
import type { Bells } from '../queue/bells.ts';
import { expired, queued } from '../store/attempts.ts';
import { dropDeadline, dueDeadlines } from '../store/deadlines.ts';
import { incidentsWithEffects } from '../store/effects.ts';
import { performAttempt } from './attempt.ts';
import { eraseDue } from './erase.ts';
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
  /** What is done beside everything else and nothing waits for, by name: snapshots of namespaces, comparisons. */
  readonly beside?: Readonly<Record<string, () => Promise<void>>>;
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
  // Drawings are not counted: a Slack that hangs must not keep changes and checks from being made.
  let performing = 0;
  const takeAttempt = (id: string) => {
    if (performing >= options.concurrency) return;
    take(keyOfAttempt(id), async () => {
      performing++;
      await performAttempt(worker, id).finally(() => performing--);
    });
  };
  const takeIncident = (number: number) => {
    const { drain } = options;
    if (drain) take(`incident ${number}`, () => drain(number));
  };

  const takeBeside = () => {
    take('erased', () => eraseDue(worker));
    for (const [name, work] of Object.entries(options.beside ?? {})) take(name, work);
  };

  async function sweep(): Promise<void> {
    await giveUpExpired(worker, (id) => running.has(keyOfAttempt(id)));
    await fallDue(worker);
    for (const id of await queued(worker.pool, options.concurrency * 2)) takeAttempt(id);
    takeBeside();
    if (options.drain) for (const number of await incidentsWithEffects(worker.pool)) takeIncident(number);
  }

  bells.listen((bell) => {
    if (bell.look === 'attempt') return takeAttempt(bell.id);
    takeIncident(bell.number);
    // It may have been declared or resolved just now: a snapshot that is late holds what was changed meanwhile.
    takeBeside();
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

const keyOfAttempt = (id: string): string => `attempt ${id}`;

/**
 * Workers that no longer renew their lease: a read is repeated, a change is looked for. Not those of this process: it
 * is alive and brings their outcome itself, as after an outage of the database that was longer than the lease.
 */
async function giveUpExpired(worker: Worker, isOurs: (id: string) => boolean): Promise<void> {
  for (const { incident, attempt } of await expired(worker.pool)) {
    const { id, at, purpose, looseEnd } = attempt;
    if (isOurs(id) || worker.keeping?.holds(id)) continue;
    await one(worker, `lost ${id}`, () =>
      tell(worker, incident, `lost:${id}`, {
        do: 'give up attempt',
        attempt: id,
        at,
        purpose,
        ...(looseEnd ? { looseEnd } : {}),
      }),
    );
  }
}

async function fallDue(worker: Worker): Promise<void> {
  for (const { key, incident, what, due } of await dueDeadlines(worker.pool))
    await one(worker, `deadline ${key}`, async () => {
      // PostgreSQL's clock says that it is due. Were this process's clock behind, the command would come to nothing.
      await tell(worker, incident, `deadline:${key}`, what, Math.max(due, worker.now().getTime()));
      await dropDeadline(worker.pool, key);
    });
}

/** One incident that cannot be read must not keep the others waiting. */
async function one(worker: Worker, what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    worker.log.warn({ err: error, what }, 'put off to the next sweep');
  }
}
