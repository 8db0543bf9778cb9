/** Writes the kept files of an incident's messages into a folder, each as it is in the record. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type pg from 'pg';
import type { Event, EventOf } from '../incidents/events.ts';
import { keptFiles } from '../store/files.ts';
import type { Print } from './printer.ts';
import { WrongInput } from './wrong-input.ts';

/** Bytes of a name on most file systems. */
const LONGEST = 200;

/**
 * For its owner only (0600). A file of this name with the same bytes, as an earlier call wrote it, is left as it is; one
 * with other bytes keeps its name, and the new one gets a number. False when a file is not as the record says. Throws
 * WrongInput when the folder cannot be written.
 */
export async function writeKeptFiles(
  pool: pg.Pool,
  incident: number,
  given: { readonly events: readonly Event[]; readonly folder: string; readonly warn: Print },
): Promise<boolean> {
  const { events, folder, warn } = given;
  const recorded = new Map(
    events
      .filter((event): event is EventOf<'file_kept'> => event.type === 'file_kept')
      .map(({ body }) => [`${body.entry}/${body.file}`, body.sha256]),
  );
  const written = new Set<string>();
  let asRecorded = true;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for await (const { entry, file, name, content } of keptFiles(pool, incident)) {
      const sha256 = createHash('sha256').update(content).digest('hex');
      const expected = recorded.get(`${entry}/${file}`);
      if (expected !== sha256) {
        asRecorded = false;
        warn(
          expected === undefined
            ? `${safeName(name)} is not in the record yet, and is not written. Try again in a minute.`
            : `${safeName(name)} is not as it was kept: its bytes do not fit the hash in the record. It is not written.`,
        );
        continue;
      }
      written.add(await writeOne(folder, safeName(name), content, written));
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined || !/^E[A-Z]+$/.test(code) || code.startsWith('ECONN')) throw error;
    throw new WrongInput(`Nothing can be written into ${folder} (${code}). Name another folder.`);
  }
  warn(`${written.size === 1 ? '1 file' : `${written.size} files`} in ${folder}`);
  return asRecorded;
}

/** Gives the name that it got. */
async function writeOne(
  folder: string,
  name: string,
  content: Uint8Array,
  written: ReadonlySet<string>,
): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let count = 1; ; count++) {
    const called = count === 1 ? name : `${stem}-${count}${ending}`;
    if (written.has(called)) continue;
    const path = join(folder, called);
    try {
      // `wx` follows no link that lies there.
      await writeFile(path, content, { flag: 'wx', mode: 0o600 });
      return called;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      const there = await readFile(path).catch(() => undefined);
      if (there?.equals(content)) return called;
    }
  }
}

/** One name in the folder, whatever somebody called it: no separator, no control character, no dot in front. */
export function safeName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  const ending = extname(safe).slice(0, 20);
  let stem = safe.slice(0, safe.length - extname(safe).length);
  while (Buffer.byteLength(stem + ending) > LONGEST) stem = Array.from(stem).slice(0, -1).join('');
  return stem + ending || 'file';
}
