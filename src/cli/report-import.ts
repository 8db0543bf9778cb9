/** `handrail report import INC-7 FILE.md`: what people changed in their own sections of a posted report comes back. */
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Event } from '../incidents/events.ts';
import { sha256 } from '../incidents/hash.ts';
import { cleanEvents } from '../perform/clean-events.ts';
import { type Stamp, stampOf, withoutStamp } from '../report/finished.ts';
import { type Compared, compareReports } from '../report/import/import.ts';
import { recordOf } from '../store/read.ts';
import { keptReport } from '../store/reports.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { incidentNumber } from './incident-number.ts';
import { openSession, readConfig, type Session } from './session.ts';
import { tellDoor } from './told-door.ts';
import { WrongInput } from './wrong-input.ts';

/** Bytes; a report of ten thousand lines has about one million. */
const LARGEST = 8_000_000;

/** All of it or nothing: what is refused and what is in conflict is told with its lines. Throws WrongInput. */
export async function importReport(
  given: Terminal & { readonly names: readonly string[]; readonly values: object },
): Promise<number> {
  const { names, print, warn, env } = given;
  const [id = '', name = ''] = names;
  const incident = incidentNumber(id);
  const file = await textOf(given, name);
  const stamp = stampOf(file);
  if (!stamp)
    throw new WrongInput(
      `${name}: its last line does not say which report this is. Import a file that Handrail posted, with that line.`,
    );
  if (stamp.incident !== incident)
    throw new WrongInput(`${name} is the report of INC-${stamp.incident}, not of INC-${incident}.`);
  const config = await readConfig(env, warn);
  const session = await openSession({ config, warn });
  try {
    const found = await compared(session, stamp, file);
    for (const { line, says } of found.refused) print(`${name}:${line} ${says}`);
    for (const { title, text, now } of found.conflicts) {
      print(`${title} was changed here and in the record. In the record:`);
      print(indented(now));
      print('In the file:');
      print(indented(text));
    }
    if (found.refused.length + found.conflicts.length > 0) {
      warn('Nothing was brought back. Mend the file, and import it again.');
      return EXIT.notOk;
    }
    return await bring(session, incident, found.edits, sha256(file), print, warn);
  } finally {
    await session.close();
  }
}

async function compared(session: Session, stamp: Stamp, file: string): Promise<Compared> {
  const { pool } = session.handrail.worker;
  const copy = await keptReport(pool, stamp.incident, stamp.hash);
  if (!copy)
    throw new WrongInput(
      `No report of INC-${stamp.incident} was posted as this file says. Its copy may have been erased; take the newest posted file.`,
    );
  const events = cleanEvents((await recordOf(pool, stamp.incident)).events);
  return compareReports(
    withoutStamp(copy.text),
    withoutStamp(file),
    textsOf(events.filter(({ version }) => version <= stamp.version)),
    textsOf(events),
  );
}

function textsOf(events: readonly Event[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { type, body } of events) if (type === 'section_written') texts.set(body.section, body.text);
  return texts;
}

/** The same file imported twice writes once. */
async function bring(
  session: Session,
  incident: number,
  edits: Compared['edits'],
  hash: string,
  print: (line: string) => void,
  warn: (line: string) => void,
): Promise<number> {
  if (edits.length === 0) warn('Nothing is changed.');
  for (const { section, title, text } of edits) {
    const what = { do: 'write section', section, text } as const;
    const answer = await tellDoor(session, incident, what, `import:${incident}:${hash}:${section}`);
    if (!answer.ok) {
      warn(`${title}: ${answer.says}`);
      return EXIT.notOk;
    }
    print(`${title} is ${text === '' ? 'empty again' : 'written'}.`);
  }
  return EXIT.ok;
}

const indented = (text: string): string =>
  (text === '' ? '(empty)' : text)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');

async function textOf({ folder }: Terminal, name: string): Promise<string> {
  try {
    const file = resolve(folder, name);
    const found = await stat(file);
    // A device never ends, and what is as large as a disk is not read to find that out.
    if (found.isCharacterDevice() || found.isBlockDevice()) throw new WrongInput(`${name} is not a file.`);
    if (found.size > LARGEST) throw new WrongInput(`${name} has ${found.size} bytes; a report has fewer.`);
    const bytes = await readFile(file);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof WrongInput) throw error;
    if (error instanceof TypeError) throw new WrongInput(`${name} is not UTF-8 text. Save it as UTF-8.`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new WrongInput(`There is no file ${name}.`);
    if (code === 'EISDIR') throw new WrongInput(`${name} is a folder. Name the file in it.`);
    if (code === 'EACCES') throw new WrongInput(`There is no right to read ${name}.`);
    throw error;
  }
}
