/** The runbooks as they are now: read at the start, and again when a file changes. A broken file takes nothing away. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type FolderMemory, type RunbookFolder, readRunbookFolder } from '../config/runbook-folder.ts';
import { formatProblem, type Library } from '../runbooks/library.ts';
import { type Offer, offerOf, type RunbookText } from '../runbooks/reload.ts';

export interface RunbookSource {
  readonly folder: string;
  /** The loader over all files, as of today. */
  readonly load: (files: readonly RunbookText[]) => Library;
  /** Revisions by file name. Never throws, and answers within seconds. */
  readonly revisionsOf: (folder: string, names: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  readonly log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
  };
  /** Between two looks at what has changed: it is taken when it was the same twice. Default: 250 ms. */
  readonly pause?: (signal: AbortSignal) => Promise<unknown>;
}

/** `seen`: this process saw the file change; `found`: it was like this at the start. */
export type Changed = ReadonlyMap<string, 'seen' | 'found'>;

export interface CurrentRunbooks {
  library(): Library;
  /** Looks at the folder once and takes what has changed and stays. Never throws. */
  look(): Promise<void>;
  /** Looks every so many ms; what `changed` could not take (it threw) it hears again after the next look. */
  watch(everyMs: number, changed: (runbooks: Changed) => Promise<void>): void;
  /** Settled once the revisions are known, or known not to be there. */
  readonly revised: Promise<void>;
  stop(): Promise<void>;
}

/** Every so many looks all files are read, whatever their times say, and all revisions asked again. */
const WHOLE_EVERY = 12;
/** So many times a file that goes on changing is looked at before it is left to the next look. */
const MOST_TRIES = 20;
const STOPPING_MS = 2000;

/** Reads the folder; revisions follow in the background, so that nothing waits for git. Never throws. */
export async function openRunbooks(source: RunbookSource): Promise<CurrentRunbooks> {
  const { folder, log, pause = (signal) => wait(250, undefined, { signal }) } = source;
  const ended = new AbortController();
  const news = new Map<string, 'seen' | 'found'>();
  const revisions = new Map<string, string>();
  let memory: FolderMemory = new Map();
  let looks = 0;
  let away = false;
  let watching: Promise<void> | undefined;

  const first = await readRunbookFolder(folder, memory);
  let print = printOf(first);
  let offer = offerOf(first.files, first.problems, source.load);
  let shown = offer.library;

  /** Only of files that are offered as they lie there: one that is kept keeps its revision too. */
  async function revise(only: (file: string) => boolean = () => true): Promise<void> {
    const kept = new Set(
      offer.library.broken.filter((one) => one.keeps !== undefined).map(({ file }) => file),
    );
    const names = [...offer.texts.keys()]
      .filter((file) => !kept.has(file) && only(file))
      .map((file) => basename(file));
    if (names.length > 0) {
      const found = await source.revisionsOf(folder, names);
      for (const name of names) {
        const revision = found.get(name);
        if (revision === undefined) revisions.delete(name);
        else revisions.set(name, revision);
      }
    }
    shown = withRevisions(offer.library, revisions);
  }

  async function take(read: RunbookFolder): Promise<void> {
    const before = offer;
    offer = offerOf(read.files, read.problems, source.load, before);
    print = printOf(read);
    await revise((file) => offer.texts.get(file) !== before.texts.get(file));
    tellLog(before, offer, log);
    for (const [id, { hash }] of offer.library.runbooks) {
      const known = before.library.runbooks.get(id);
      if (known !== undefined && known.hash !== hash) news.set(id, 'seen');
    }
  }

  async function look(): Promise<void> {
    const whole = ++looks % WHOLE_EVERY === 0;
    if (whole) memory = new Map();
    let read = await readRunbookFolder(folder, memory);
    if (read.unreadable) {
      // A mount that may come back; nothing is taken away for it.
      if (!away) log.warn({}, read.problems.map(formatProblem).join(' '));
      away = true;
      return;
    }
    away = false;
    if (printOf(read) === print) return whole ? revise() : undefined;
    // An editor, a copy or a `git pull` may be at work.
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      await pause(ended.signal);
      const again = await readRunbookFolder(folder, memory);
      if (again.unreadable) return;
      if (printOf(again) === printOf(read)) return take(again);
      read = again;
    }
  }

  const lookSafely = (): Promise<void> =>
    look().catch((error: unknown) => {
      if (!ended.signal.aborted) log.warn({ err: error }, 'the runbooks could not be looked at; soon again');
    });

  async function keepLooking(everyMs: number, changed: (runbooks: Changed) => Promise<void>): Promise<void> {
    await revised;
    while (!ended.signal.aborted) {
      if (news.size > 0) {
        const told = new Map(news);
        news.clear();
        await changed(told).catch((error: unknown) => {
          for (const [id, how] of told) if (!news.has(id)) news.set(id, how);
          log.info({ err: error }, 'a changed runbook is told after the next look');
        });
      }
      await wait(everyMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (!ended.signal.aborted) await lookSafely();
    }
  }

  const revised = revise().catch((error: unknown) =>
    log.warn({ err: error }, 'no revision of the runbooks is known'),
  );
  return {
    library: () => shown,
    look: lookSafely,
    watch(everyMs, changed) {
      for (const id of offer.library.runbooks.keys()) news.set(id, 'found');
      watching ??= keepLooking(everyMs, changed);
    },
    revised,
    async stop() {
      ended.abort();
      // What it tells may hang with the store; another process tells it, or this one at its next start.
      await Promise.race([watching, wait(STOPPING_MS, undefined, { ref: false })]);
    },
  };
}

/** Two folders with the same print hold the same. */
function printOf({ files, problems }: RunbookFolder): string {
  const whole = createHash('sha256');
  for (const { file, text } of files) whole.update(`${file}\0${text.length}\0${text}`);
  for (const problem of problems) whole.update(`\0${formatProblem(problem)}`);
  return whole.digest('hex');
}

function withRevisions(library: Library, revisions: ReadonlyMap<string, string>): Library {
  const runbooks = new Map(
    [...library.runbooks].map(([id, loaded]) => {
      const revision = revisions.get(basename(loaded.file));
      return [id, revision === undefined ? loaded : { ...loaded, revision }] as const;
    }),
  );
  return { ...library, runbooks };
}

function tellLog(before: Offer, now: Offer, log: RunbookSource['log']): void {
  for (const [id, { hash }] of now.library.runbooks)
    if (before.library.runbooks.get(id)?.hash !== hash)
      log.info({ runbook: id, hash: hash.slice(0, 12) }, 'a runbook was read anew');
  for (const id of before.library.runbooks.keys())
    if (!now.library.runbooks.has(id)) log.warn({ runbook: id }, 'a runbook is not offered any more');
  for (const { keeps, problems } of now.library.broken)
    for (const problem of problems) {
      const stays = keeps === undefined ? '' : ` The version before of ${keeps} stays offered.`;
      log.warn({}, `${formatProblem(problem)}${stays}`);
    }
}
