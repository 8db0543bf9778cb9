/** Takes a snapshot of every namespace of the catalogue each night, in one of the processes, in the background. */
import { DateTime } from 'luxon';
import { ActionFailed } from '../actions/action.ts';
import { nothingRead } from '../incidents/baseline/snapshot.ts';
import {
  claimNight,
  dropNightsBefore,
  giveNightBack,
  keepNight,
  nightFailed,
  nightsDone,
} from '../store/nights.ts';
import { within } from './calling.ts';
import { failure, LEASE_MS, RETRY_MS, TIMEOUT_MS, type Times, taken } from './snapshots.ts';
import type { Worker } from './worker.ts';

/** Of the zone of handrail.yaml: people are least at work then. */
const HOUR = 3;
/** Nights for which one is kept. */
const KEPT = 7;
/** ms between two looks whether one is due. */
const LOOK_MS = 60_000;

export interface Nightly {
  /** Takes what is due, one namespace after the other. For a sweep; nothing waits for it. Never throws. */
  take(): Promise<void>;
  stop(): void;
}

/** `zone`: IANA. Where none was taken since the last 03:00, as at the first start, one is due at once. */
export function nightlyOf(worker: Worker, zone: string, times: Times = {}): Nightly {
  const stopping = new AbortController();
  let looked = Number.NEGATIVE_INFINITY;
  return {
    async take() {
      const now = worker.now().getTime();
      if (now - looked < LOOK_MS) return;
      looked = now;
      try {
        await takeAll(worker, nightOf(now, zone), stopping.signal, times);
      } catch (error) {
        worker.log.debug({ err: error }, "this night's snapshots were put off");
      }
    },
    stop: () => stopping.abort(),
  };
}

/** The date on which the night ends to which an instant (ms) belongs. */
function nightOf(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).minus({ hours: HOUR }).toFormat('yyyy-LL-dd');
}

async function takeAll(worker: Worker, night: string, stopping: AbortSignal, times: Times): Promise<void> {
  const { pool, reach } = worker;
  const namespaces = new Set(reach.catalog.systems.map(({ namespace }) => namespace));
  const done = await nightsDone(pool, night);
  const due = [...namespaces].filter((namespace) => !done.has(namespace));
  if (due.length === 0) return;
  await dropNightsBefore(pool, DateTime.fromISO(night).minus({ days: KEPT }).toFormat('yyyy-LL-dd'));
  for (const namespace of due) {
    if (stopping.aborted) return;
    await takeOne(worker, namespace, night, stopping, times);
  }
}

async function takeOne(
  worker: Worker,
  namespace: string,
  night: string,
  stopping: AbortSignal,
  { timeoutMs = TIMEOUT_MS, retryMs = RETRY_MS }: Times,
): Promise<void> {
  const { pool, name, log } = worker;
  const id = await claimNight(pool, namespace, night, name, LEASE_MS);
  if (id === undefined) return;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
  try {
    const snapshot = await within(signal, taken(worker, namespace, signal));
    const unread = nothingRead(snapshot);
    if (unread !== undefined) throw new ActionFailed(unread);
    await keepNight(pool, id, snapshot);
    log.info({ namespace, night, objects: snapshot.objects.length }, "the night's snapshot is kept");
  } catch (error) {
    if (stopping.aborted) return giveNightBack(pool, id, name);
    const says = failure(worker, error, signal);
    log.info({ namespace, night, says }, "the night's snapshot could not be taken; tried again a few times");
    await nightFailed(pool, id, name, says, retryMs);
  }
}
