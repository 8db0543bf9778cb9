/** Keeps the files of messages on a timeline, in the background: fetched, checked, stored, and told to the record. */
import { createHash } from 'node:crypto';
import type { What } from '../incidents/commands.ts';
import { sizeWords } from '../incidents/timeline/kept-files.ts';
import type { Fetched } from '../slack/fetch-file.ts';
import {
  claimFile,
  fileDone,
  fileFailed,
  filesWanted,
  giveFileBack,
  keepFile,
  renewFile,
  type WantedFile,
} from '../store/files.ts';
import { within } from './calling.ts';
import { tell, type Worker } from './worker.ts';

/** Bytes; what is larger is named and left where it is. */
export const MOST_BYTES = 10_000_000;
/** ms for one file. */
const TIMEOUT_MS = 60_000;
/** ms until the next try, for what may pass: Slack does not answer. */
const RETRY_MS = 15_000;
/** So often one is tried; then it is said that it is not kept. */
const MOST_TRIES = 6;

/** Gets a file of a message by Slack's id, at most so many bytes. Never throws, unless the signal ends it. */
export type FetchFile = (file: string, most: number, signal: AbortSignal) => Promise<Fetched>;

export interface Files {
  /** Keeps what is wanted, one after the other. For a sweep; nothing waits for it. Never throws. */
  keep(): Promise<void>;
  /** Ends what is under way: another process, or the next start, goes on with it. */
  stop(): void;
}

interface Times {
  readonly timeoutMs?: number;
  readonly retryMs?: number;
}

export function filesOf(worker: Worker, fetchFile: FetchFile, times: Times = {}): Files {
  const stopping = new AbortController();
  return {
    async keep() {
      try {
        for (const wanted of await filesWanted(worker.pool)) {
          if (stopping.signal.aborted) return;
          await keepOne(worker, fetchFile, wanted, stopping.signal, times);
        }
      } catch (error) {
        // The database is away, which others tell of; a lease that was left runs out.
        worker.log.debug({ err: error }, 'files of messages were put off to the next sweep');
      }
    },
    stop: () => stopping.abort(),
  };
}

async function keepOne(
  worker: Worker,
  fetchFile: FetchFile,
  wanted: WantedFile,
  stopping: AbortSignal,
  { timeoutMs = TIMEOUT_MS, retryMs = RETRY_MS }: Times,
): Promise<void> {
  const { pool, name, leaseMs, log } = worker;
  const claimed = await claimFile(pool, wanted, name, leaseMs);
  if (!claimed) return;
  if (claimed.kept) return done(worker, wanted, claimed.kept);
  const keepLease = setInterval(() => {
    renewFile(pool, wanted, name, leaseMs).catch((error: unknown) =>
      log.debug({ err: error }, "a file's lease could not be renewed"),
    );
  }, leaseMs / 4);
  let fetched: Fetched;
  try {
    fetched = await fetchedOf(fetchFile, wanted, AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]));
  } finally {
    clearInterval(keepLease);
  }
  if (stopping.aborted) return giveFileBack(pool, wanted, name);
  if (!fetched.ok) {
    const says = worker.redact(fetched.says);
    if (!fetched.again || claimed.tries >= MOST_TRIES) return notKept(worker, wanted, says);
    const { incident, file } = wanted;
    log.info({ incident, file, says }, 'a file of a message could not be fetched; tried again a few times');
    return fileFailed(pool, wanted, name, says, retryMs);
  }
  const { content, mimetype } = fetched;
  const sha256 = createHash('sha256').update(content).digest('hex');
  const kept = { mimetype, bytes: content.length, sha256 };
  // Erased meanwhile, or another worker took it over: then it is theirs to tell.
  if (await keepFile(pool, wanted, name, { ...kept, content })) await done(worker, wanted, kept);
}

async function fetchedOf(fetchFile: FetchFile, wanted: WantedFile, signal: AbortSignal): Promise<Fetched> {
  if ((wanted.bytes ?? 0) > MOST_BYTES) return tooLarge(wanted.bytes ?? 0);
  try {
    const fetched = await within(signal, fetchFile(wanted.file, MOST_BYTES, signal));
    return fetched.ok && fetched.content.length > MOST_BYTES ? tooLarge(fetched.content.length) : fetched;
  } catch {
    return { ok: false, says: 'Slack did not send it in time.', again: true };
  }
}

const tooLarge = (bytes: number): Fetched => ({
  ok: false,
  says: `It has ${sizeWords(bytes)}, and at most ${sizeWords(MOST_BYTES)} are kept. It stays in Slack only.`,
  again: false,
});

async function done(
  worker: Worker,
  wanted: WantedFile,
  kept: { readonly mimetype: string; readonly bytes: number; readonly sha256: string },
): Promise<void> {
  const { entry, file, name } = wanted;
  await record(worker, wanted, { do: 'record file', body: { entry, file, name, ...kept } });
  await fileDone(worker.pool, wanted, null);
  worker.log.info({ incident: wanted.incident, file, bytes: kept.bytes }, 'a file of a message is kept');
}

async function notKept(worker: Worker, wanted: WantedFile, says: string): Promise<void> {
  const { entry, file, name } = wanted;
  await record(worker, wanted, { do: 'record file failure', body: { entry, file, name, says } });
  await fileDone(worker.pool, wanted, says);
  worker.log.info({ incident: wanted.incident, file, says }, 'a file of a message is not kept');
}

/** One id for either outcome: brought twice, the first one counts. */
async function record(worker: Worker, { incident, entry, file }: WantedFile, what: What): Promise<void> {
  await tell(worker, incident, `file:${incident}:${entry}:${file}`, what);
}
