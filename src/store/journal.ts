/**
 * What was seen and said while the database is away: one file per process, on disk before anybody is told that it is
 * kept, and brought to the door later, in order. The commands' ids make a second time harmless.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Command } from '../incidents/commands.ts';
import { type Held, tryAlone } from './embedded/kernel-lock.ts';

/** One thing that is kept, and since when the database had not answered by then (ms; absent: it was only slow). */
export interface Kept {
  readonly command: Command;
  /** ms since 1970. */
  readonly keptAt: number;
  readonly awaySince?: number;
}

/** `aside`: the database answers and still it cannot be taken in. It goes into a file of its own, for a person. */
export type Brought = 'done' | 'aside';

export interface Journal {
  /** How many wait. */
  readonly size: number;
  /** Those that wait, oldest first. */
  waiting(): readonly Kept[];
  /** On disk when it returns. @throws when the disk refuses; then nothing is kept */
  append(kept: Kept): Promise<void>;
  /** Takes over what processes that are gone have left in the folder. Gives how many that were. */
  adopt(): Promise<number>;
  /** Brings everything in order. One that throws is brought again next time, and with it all that follow. */
  replay(bring: (kept: Kept) => Promise<Brought>): Promise<void>;
  /** What still waits stays on disk, for the next process. */
  close(): Promise<void>;
}

const SUFFIX = '.journal';
const LOCK = '.lock';

/** Only what this file needs of a line; the events that a command becomes are checked when they are read. */
const lineSchema = z.object({
  keptAt: z.int(),
  awaySince: z.int().optional(),
  command: z.looseObject({
    id: z.string().min(1),
    incident: z.int(),
    now: z.int(),
    by: z.looseObject({ person: z.object({ id: z.string(), name: z.string() }) }),
    what: z.looseObject({ do: z.enum(['note', 'correct', 'settle']) }),
  }),
});

/** Reads what one process left. A last line that is not whole was never acknowledged; other lines are never thrown away. */
async function readEntries(file: string): Promise<{ entries: Kept[]; strange: string[]; cutOff: boolean }> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const cutOff = lines.pop() !== '';
  const entries: Kept[] = [];
  const strange: string[] = [];
  for (const line of lines) {
    try {
      entries.push(lineSchema.parse(JSON.parse(line)) as unknown as Kept);
    } catch {
      strange.push(line);
    }
  }
  return { entries, strange, cutOff };
}

/** Opened with the folder, which is made when absent; readable by nobody else: it holds what people wrote. */
export function openJournal(folder: string, log: { warn(details: object, words: string): void }): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const name = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const file = join(folder, `${name}${SUFFIX}`);
  const lock: Held | undefined = tryAlone(join(folder, `${name}${LOCK}`));
  const entries: Kept[] = [];
  let handle: Promise<FileHandle> | undefined;
  let unwritten: { text: string; done: () => void; failed: (error: unknown) => void }[] = [];
  let writing: Promise<void> | undefined;

  const opened = (): Promise<FileHandle> => {
    handle ??= open(file, 'a', 0o600).then(async (made) => {
      // The name must be on disk as well as the bytes.
      const place = await open(folder, 'r');
      await place.sync().finally(() => place.close());
      return made;
    });
    handle.catch(() => {
      handle = undefined;
    });
    return handle;
  };

  /** Writes what has gathered with one fsync, so that fifty at once cost as much as one. */
  async function write(): Promise<void> {
    while (unwritten.length > 0) {
      const batch = unwritten;
      unwritten = [];
      try {
        const to = await opened();
        const { size } = await to.stat();
        try {
          await to.appendFile(batch.map(({ text }) => text).join(''));
          await to.datasync();
        } catch (error) {
          // Half a line would spoil the next one.
          await to.truncate(size).catch(() => undefined);
          throw error;
        }
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
  }

  async function append(kept: Kept): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      unwritten.push({
        text: `${JSON.stringify(kept)}\n`,
        done: () => {
          entries.push(kept);
          resolve();
        },
        failed: reject,
      });
      void start();
    });
  }

  /** One piece of work on the file at a time; what gathers meanwhile is written next. */
  function start(work: () => Promise<void> = write): Promise<void> {
    writing ??= work().finally(() => {
      writing = undefined;
      if (unwritten.length > 0) void start();
    });
    return writing;
  }

  async function putAside(lines: readonly string[]): Promise<void> {
    const aside = join(folder, `${name}.aside`);
    const to = await open(aside, 'a', 0o600);
    try {
      await to.appendFile(lines.map((line) => `${line}\n`).join(''));
      await to.datasync();
    } finally {
      await to.close();
    }
    log.warn(
      { file: aside, lines: lines.length },
      'something kept on disk could not be taken in; it is in this file',
    );
  }

  /** Nothing may be written between the look and the emptying, so it is a turn of the writer's own. */
  async function empty(): Promise<void> {
    while (writing) await writing;
    const to = handle;
    if (entries.length > 0 || unwritten.length > 0 || !to) return;
    await start(async () => (await to).truncate(0));
  }

  let replaying: Promise<void> | undefined;
  async function bringAll(bring: (kept: Kept) => Promise<Brought>): Promise<void> {
    for (let first = entries[0]; first; first = entries[0]) {
      if ((await bring(first)) === 'aside') await putAside([JSON.stringify(first)]);
      entries.shift();
    }
    await empty();
  }

  async function adoptOne(whose: string): Promise<number> {
    const lockFile = join(folder, `${whose}${LOCK}`);
    const theirs = tryAlone(lockFile);
    // Whoever holds it is alive and brings it itself.
    if (!theirs) return 0;
    const left = join(folder, `${whose}${SUFFIX}`);
    let adopted = 0;
    try {
      // Somebody else may have taken it over since the folder was listed.
      if (existsSync(left)) {
        const { entries: found, strange, cutOff } = await readEntries(left);
        if (cutOff) log.warn({ file: left }, 'a line that was cut off by a crash was left out');
        for (const one of found) await append(one);
        if (strange.length > 0) await putAside(strange);
        adopted = found.length;
        rmSync(left, { force: true });
      }
    } finally {
      theirs.release();
    }
    rmSync(lockFile, { force: true });
    return adopted;
  }

  return {
    get size() {
      return entries.length;
    },
    waiting: () => entries,
    append,
    async adopt() {
      let adopted = 0;
      const names = readdirSync(folder).flatMap((one) => {
        const end = [SUFFIX, LOCK].find((suffix) => one.endsWith(suffix));
        return end ? [one.slice(0, -end.length)] : [];
      });
      for (const whose of new Set(names)) {
        // One that cannot be read must not keep a Handrail from starting, nor the others from being brought.
        try {
          if (whose !== name) adopted += await adoptOne(whose);
        } catch (error) {
          log.warn({ err: error, whose }, 'what a process left on disk could not be read; it stays there');
        }
      }
      return adopted;
    },
    replay(bring) {
      replaying ??= bringAll(bring).finally(() => {
        replaying = undefined;
      });
      return replaying;
    },
    async close() {
      await replaying?.catch(() => undefined);
      await writing;
      if (handle) await (await handle).close();
      if (entries.length === 0) rmSync(file, { force: true });
      lock?.release();
      if (entries.length === 0) rmSync(join(folder, `${name}${LOCK}`), { force: true });
    },
  };
}

/** Where no folder can be written: nothing is kept, and whoever would have it kept is told. */
export function noJournal(reason: unknown): Journal {
  return {
    size: 0,
    waiting: () => [],
    append: () => Promise.reject(reason),
    adopt: async () => 0,
    replay: async () => undefined,
    close: async () => undefined,
  };
}
