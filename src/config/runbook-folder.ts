/** Reads the runbook files of a folder, and says which could not be read. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../runbooks/problem.ts';

/** Larger files are not read at all; the loader refuses from 1 MB. */
const largestRead = 8_000_000;

export interface RunbookFolder {
  /** Sorted by name. `file` is the path as given, for messages. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
  /** Files that are not UTF-8 text or cannot be read (`RB004`), and an absent folder. */
  readonly problems: readonly Problem[];
  /** Set when the folder itself could not be read. */
  readonly unreadable?: true;
}

/** What was read of each file, and which file it was then: given again, only what changed is read again. */
export type FolderMemory = Map<string, { readonly stamp: string; readonly read: FileRead }>;
type FileRead = Awaited<ReturnType<typeof readRunbookFile>>;

/** Every `*.yaml` and `*.yml` of the folder itself, not of the folders in it (`tests/`, `schema/`). Never throws. */
export async function readRunbookFolder(
  folder: string,
  memory: FolderMemory = new Map(),
): Promise<RunbookFolder> {
  let names: string[];
  try {
    const entries = await readdir(folder);
    names = entries.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).toSorted();
  } catch (error) {
    const remedy = 'Create it, or name another folder in handrail.yaml.';
    const says = `Cannot read the folder: ${words(error)}.`;
    return { files: [], problems: [problem(folder, says, remedy)], unreadable: true };
  }
  const files: { file: string; text: string }[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const read = await readAgain(file, memory);
    if ('text' in read) files.push({ file, text: read.text });
    else problems.push(read.problem);
  }
  return { files, problems };
}

/** A ConfigMap's mount swaps a link above the file: another inode, whatever its time says. */
async function readAgain(file: string, memory: FolderMemory): Promise<FileRead> {
  const stamp = await stat(file, { bigint: true }).then(
    ({ dev, ino, size, mtimeNs, ctimeNs }) => [dev, ino, size, mtimeNs, ctimeNs].join('.'),
    () => undefined,
  );
  const known = memory.get(file);
  if (known !== undefined && known.stamp === stamp) return known.read;
  const read = await readRunbookFile(file);
  if (stamp === undefined) memory.delete(file);
  else memory.set(file, { stamp, read });
  return read;
}

/** One file by its path, for whoever names it. Never throws. */
export async function readRunbookFile(file: string): Promise<{ text: string } | { problem: Problem }> {
  try {
    const { size } = await stat(file);
    if (size > largestRead)
      return { problem: problem(file, `The file has ${size} bytes.`, 'A runbook has at most 1 MB.') };
    return runbookText(await readFile(file), file);
  } catch (error) {
    return { problem: problem(file, `The file cannot be read: ${words(error)}.`, 'Check its rights.') };
  }
}

/** Bytes as text; anything but UTF-8 is a problem at the first place that is not. A byte order mark is left out. */
export function runbookText(bytes: Uint8Array, file: string): { text: string } | { problem: Problem } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const [first, second] = bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
      return { problem: problem(file, 'The file is UTF-16 text.', 'Save it as UTF-8.') };
    const before = new TextDecoder('utf-8').decode(bytes).split('\ufffd', 1)[0] ?? '';
    const lines = before.split('\n');
    const spot = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
    return { problem: { ...problem(file, 'The file is not UTF-8 text.', 'Save it as UTF-8.'), ...spot } };
  }
}

function problem(file: string, says: string, remedy: string): Problem {
  return { code: 'RB004', level: 'error', file, line: 1, column: 1, says, remedy };
}

function words(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'EACCES') return 'no right to read it';
  if (code === 'EISDIR') return 'it is a folder';
  return error instanceof Error ? error.message : String(error);
}
