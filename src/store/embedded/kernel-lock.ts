/**
 * Locks between processes that the operating system gives back when their holder dies, however it dies.
 *
 * Node has no file locks; SQLite, which Node carries, takes them on the file of a database. Nothing is ever written
 * into that file. It must not be opened by anything else: closing any other handle of it in a process drops the
 * process's locks (a property of POSIX locks).
 */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';

/** A lock in hand. */
export interface Held {
  release(): void;
}

/** What SQLite (https://sqlite.org/rescode.html) says of the file, as the system's own codes. */
const SYSTEM_CODES: Record<number, string> = { 8: 'EROFS', 13: 'ENOSPC', 14: 'EACCES' };

function hold(file: string, statements: string): Held | undefined {
  const database = new DatabaseSync(file, { timeout: 0, open: false });
  try {
    database.open();
    // A journal in memory: a killed holder leaves no second file, and a full disk does not matter.
    database.exec(`PRAGMA journal_mode = MEMORY; ${statements}`);
  } catch (error) {
    if (database.isOpen) database.close();
    const result = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
    // SQLITE_BUSY: somebody else has it.
    if (result === 5) return undefined;
    const code = SYSTEM_CODES[result];
    throw code === undefined
      ? error
      : Object.assign(new Error(`${file}: ${(error as Error).message}`), { code });
  }
  return {
    release() {
      if (database.isOpen) database.close();
    },
  };
}

/** Takes the lock alone, or answers `undefined` at once when anybody, in this process or another, has it. */
export function tryAlone(file: string): Held | undefined {
  return hold(file, 'BEGIN EXCLUSIVE');
}

/** Takes the lock together with others, or answers `undefined` at once when somebody has it alone. */
export function tryShared(file: string): Held | undefined {
  return hold(file, 'BEGIN; SELECT count(*) FROM sqlite_schema');
}

/** Takes the lock alone, waiting for up to `milliseconds`; `undefined` when it was never free. */
export async function waitAlone(file: string, milliseconds: number): Promise<Held | undefined> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const held = tryAlone(file);
    if (held !== undefined || performance.now() > deadline) return held;
    await pause(50);
  }
}
