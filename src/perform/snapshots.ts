/** Takes a snapshot of an incident's namespace in the background, and hands the kept one to whoever compares with it. */
import { ActionFailed } from '../actions/action.ts';
import { takeSnapshot } from '../actions/kubernetes/snapshot/take.ts';
import type { Reach, StoredBaseline } from '../actions/reach.ts';
import { recordedActs } from '../incidents/baseline/recorded.ts';
import type { Snapshot } from '../incidents/baseline/snapshot.ts';
import { clause, sentence } from '../incidents/sentence.ts';
import { baseOf } from '../store/comparisons.ts';
import {
  claimSnapshot,
  giveSnapshotBack,
  keepSnapshot,
  renewSnapshot,
  snapshotFailed,
  snapshotKey,
  snapshotOf,
  withoutSnapshot,
} from '../store/snapshots.ts';
import type { Store } from '../store/store.ts';
import { within } from './calling.ts';
import { tell, type Worker } from './worker.ts';

/** ms that a cluster has for all of it. */
export const TIMEOUT_MS = 30_000;
/** Of a night's snapshot: longer than the timeout, so that only a process that is gone lets it run out. */
export const LEASE_MS = 90_000;
/** ms until the next try: the cluster may be what the incident is about. */
export const RETRY_MS = 15_000;

/** ms; production has the defaults, tests shorten them. */
export interface Times {
  readonly timeoutMs?: number;
  readonly retryMs?: number;
}

export interface Snapshots {
  /** Takes what is wanted, one after the other. For a sweep; nothing waits for it. Never throws. */
  take(): Promise<void>;
  /** Ends what is under way: another process, or the next start, takes it. */
  stop(): void;
}

export function snapshotsOf(worker: Worker, times: Times = {}): Snapshots {
  const stopping = new AbortController();
  return {
    async take() {
      try {
        for (const incident of await withoutSnapshot(worker.pool)) {
          if (stopping.signal.aborted) return;
          await takeOne(worker, incident, stopping.signal, times);
        }
      } catch (error) {
        // The database is away, which others tell of; a lease that was left runs out.
        worker.log.debug({ err: error }, 'snapshots were put off to the next sweep');
      }
    },
    stop: () => stopping.abort(new ActionFailed('Handrail stops.')),
  };
}

async function takeOne(
  worker: Worker,
  incident: number,
  stopping: AbortSignal,
  { timeoutMs = TIMEOUT_MS, retryMs = RETRY_MS }: Times,
): Promise<void> {
  const { pool, name, log, leaseMs } = worker;
  const declared = await worker.store.look(incident, (one) => one.declared);
  if (declared === undefined) return;
  const { namespace, since } = declared;
  if (!(await claimSnapshot(pool, incident, namespace, name, leaseMs))) return;
  const keepLease = setInterval(() => {
    renewSnapshot(pool, incident, name, leaseMs).catch((error: unknown) =>
      log.debug({ err: error }, "a snapshot's lease could not be renewed"),
    );
  }, leaseMs / 4);
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
  try {
    const snapshot = await within(signal, taken(worker, namespace, signal));
    await keepSnapshot(pool, incident, snapshot);
    log.info(
      { incident, objects: snapshot.objects.length, notChecked: snapshot.notChecked.length },
      'a snapshot of the namespace is kept',
    );
  } catch (error) {
    if (stopping.aborted) {
      await giveSnapshotBack(pool, incident, name);
      return;
    }
    const says = failure(worker, error, signal);
    log.info({ incident, says }, 'no snapshot of the namespace could be taken; tried again a few times');
    const over = await snapshotFailed(pool, incident, name, says, retryMs);
    // Told while the incident is young: an empty list at its end is not to be trusted then.
    if (!over || namespace === '' || (await baseOf(pool, incident, namespace, since))) return;
    await tell(worker, incident, `no-snapshot:${incident}`, {
      do: 'record no difference',
      says: notTaken(incident, says),
    });
  } finally {
    clearInterval(keepLease);
  }
}

/** Why nothing can be compared: nothing is stored. */
export function notTaken(incident: number, says?: string): string {
  return says === undefined
    ? `No snapshot of the namespace was taken when INC-${incident} was declared.`
    : `No snapshot of the namespace could be taken when INC-${incident} was declared: ${sentence(says)}`;
}

/** Throws ActionFailed when the cluster cannot be asked. */
export async function taken(
  worker: Pick<Worker, 'reach' | 'now' | 'pool'>,
  namespace: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { reach, now, pool } = worker;
  if (namespace === '') throw new ActionFailed('The incident names no namespace.');
  const key = await snapshotKey(pool, namespace);
  return await takeSnapshot({ reach, now, namespace, signal }, key);
}

/** In words, why a cluster could not be read. */
export function failure(worker: Pick<Worker, 'redact'>, error: unknown, signal: AbortSignal): string {
  if (error instanceof ActionFailed) return worker.redact(error.says);
  if (signal.aborted) return 'The cluster did not answer in time.';
  return worker.redact(error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** What `Reach` hands to actions: the snapshot of an incident with what the incident changed since, or why not. */
export function baselineFrom(store: Pick<Store, 'pool' | 'look'>): NonNullable<Reach['baseline']> {
  return async (incident, namespace) => {
    try {
      return await storedOf(store, incident, namespace);
    } catch {
      return missing(`the snapshot of INC-${incident} cannot be read from the database now`);
    }
  };
}

async function storedOf(
  store: Pick<Store, 'pool' | 'look'>,
  incident: number,
  namespace: string,
): Promise<StoredBaseline> {
  const { pool } = store;
  const kept = await snapshotOf(pool, incident);
  if (!kept) return missing(`no snapshot was taken when INC-${incident} was declared`);
  if (!('snapshot' in kept)) {
    const { says, over } = kept;
    const why = says === undefined ? '' : `: ${clause(says)}`;
    if (over) return missing(`the snapshot of INC-${incident} could not be taken${why}`);
    return missing(`the snapshot of INC-${incident} is not there yet${why}; look again in a minute`);
  }
  const { snapshot } = kept;
  if (snapshot.namespace !== namespace)
    return missing(
      `the snapshot of INC-${incident} is of the namespace ${snapshot.namespace}, not of ${namespace}`,
    );
  const key = await snapshotKey(pool, namespace);
  return { found: true, snapshot, key, acts: (await store.look(incident, recordedActs)) ?? [] };
}

function missing(says: string): StoredBaseline {
  return { found: false, says };
}
