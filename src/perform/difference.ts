/** Compares an incident's namespace with how it was before, in the background, when the incident asks for it. */
import { DateTime } from 'luxon';
import { type Asked, askedOf } from '../incidents/baseline/asked.ts';
import { recordedActs } from '../incidents/baseline/recorded.ts';
import { nothingRead, type Snapshot } from '../incidents/baseline/snapshot.ts';
import type { What } from '../incidents/commands.ts';
import { sentence } from '../incidents/sentence.ts';
import {
  baseOf,
  claimComparison,
  comparisonDone,
  comparisonFailed,
  comparisonsWanted,
  giveComparisonBack,
  renewComparison,
  type Wanted,
} from '../store/comparisons.ts';
import { snapshotOf } from '../store/snapshots.ts';
import { within } from './calling.ts';
import { failure, notTaken, RETRY_MS, TIMEOUT_MS, type Times, taken } from './snapshots.ts';
import { tell, type Worker } from './worker.ts';

/** So often a cluster that does not answer is asked; then it is said that nothing was compared. */
const MOST_TRIES = 4;

export interface Differences {
  /** Makes the comparisons that are wanted, one after the other. For a sweep; nothing waits for it. Never throws. */
  compare(): Promise<void>;
  /** Ends what is under way: another process, or the next start, compares. */
  stop(): void;
}

export function differencesOf(worker: Worker, times: Times = {}): Differences {
  const stopping = new AbortController();
  return {
    async compare() {
      try {
        for (const wanted of await comparisonsWanted(worker.pool)) {
          if (stopping.signal.aborted) return;
          await compareOne(worker, wanted, stopping.signal, times);
        }
      } catch (error) {
        // The database is away, which others tell of; a lease that was left runs out.
        worker.log.debug({ err: error }, 'comparisons were put off to the next sweep');
      }
    },
    stop: () => stopping.abort(),
  };
}

async function compareOne(
  worker: Worker,
  wanted: Wanted,
  stopping: AbortSignal,
  { timeoutMs = TIMEOUT_MS, retryMs = RETRY_MS }: Times,
): Promise<void> {
  const { pool, name, log, leaseMs } = worker;
  const tries = await claimComparison(pool, wanted, name, leaseMs);
  if (tries === undefined) return;
  const keepLease = setInterval(() => {
    renewComparison(pool, wanted, name, leaseMs).catch((error: unknown) =>
      log.debug({ err: error }, "a comparison's lease could not be renewed"),
    );
  }, leaseMs / 4);
  const { incident, version } = wanted;
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
  let what: What;
  try {
    what = await within(signal, compared(worker, wanted, signal));
  } catch (error) {
    if (stopping.aborted) return giveComparisonBack(pool, wanted, name);
    const says = sentence(failure(worker, error, signal));
    log.info({ incident, says, tries }, 'the namespace could not be compared with before the incident');
    if (tries < MOST_TRIES) return comparisonFailed(pool, wanted, name, retryMs);
    what = { do: 'record no difference', of: version, says };
  } finally {
    clearInterval(keepLease);
  }
  // Its id is that of the question: brought twice, it counts once.
  await tell(worker, incident, `difference:${incident}:${version}`, what);
  await comparisonDone(pool, wanted);
}

async function compared(worker: Worker, { incident, version }: Wanted, signal: AbortSignal): Promise<What> {
  const { pool, store, now, redact } = worker;
  const none = (says: string): What => ({ do: 'record no difference', of: version, says });
  const declared = await store.look(incident, (one) => one.declared);
  if (!declared) throw new Error(`there is no INC-${incident}`);
  const { namespace, since, zone } = declared;
  if (namespace === '') return none('The incident names no namespace.');
  const stored = await baseOf(pool, incident, namespace, since);
  if (!stored) return none(await whyNone(worker, incident));
  const live = await taken(worker, namespace, signal);
  const unread = nothingRead(live);
  if (unread !== undefined) return none(`Nothing could be read: ${sentence(unread)}`);
  // Read after the cluster was: what was changed just before by a button is in the record by now.
  const acts = (await store.look(incident, recordedActs)) ?? [];
  const { base } = stored;
  const asked = askedOf({ ...stored, now: live, acts, since, clock: clockIn(zone, now().getTime()), redact });
  return found(version, base, live, asked);
}

function found(of: number, base: Snapshot, live: Snapshot, asked: Asked): What {
  const { questions, objects, leftOut, older, notChecked } = asked;
  return {
    do: 'record difference',
    body: {
      of,
      from: base.takenAt,
      to: live.takenAt,
      objects,
      leftOut,
      older: [...older],
      notChecked: [...notChecked],
    },
    questions,
  };
}

async function whyNone({ pool }: Worker, incident: number): Promise<string> {
  const kept = await snapshotOf(pool, incident);
  return notTaken(incident, kept && 'says' in kept ? kept.says : undefined);
}

/** `11:20`, with its day when that is not today's. */
function clockIn(zone: string, now: number): (at: number) => string {
  const today = DateTime.fromMillis(now, { zone });
  return (at) => {
    const moment = DateTime.fromMillis(at, { zone });
    return moment.toFormat(moment.hasSame(today, 'day') ? 'HH:mm' : 'yyyy-LL-dd HH:mm');
  };
}
