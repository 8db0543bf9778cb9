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
}

/** Every `*.yaml` and `*.yml` of the folder itself, not of the folders in it (`tests/`, `schema/`). Never throws. */
export async function readRunbookFolder(folder: string): Promise<RunbookFolder> {
  let names: string[];
  try {
    const entries = await readdir(folder);
    names = entries.filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.')).toSorted();
  } catch (error) {
    const remedy = 'Create it, or name another folder in handrail.yaml.';
    return { files: [], problems: [problem(folder, `Cannot read the folder: ${words(error)}.`, remedy)] };
  }
  const files: { file: string; text: string }[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const read = await readText(file);
    if ('text' in read) files.push({ file, text: read.text });
    else problems.push(problem(file, read.says, read.remedy));
  }
  return { files, problems };
}

async function readText(file: string): Promise<{ text: string } | { says: string; remedy: string }> {
  try {
    const { size } = await stat(file);
    if (size > largestRead)
      return { says: `The file has ${size} bytes.`, remedy: 'A runbook has at most 1 MB.' };
    const bytes = await readFile(file);
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError)
      return { says: 'The file is not UTF-8 text.', remedy: 'Save it as UTF-8.' };
    return { says: `The file cannot be read: ${words(error)}.`, remedy: 'Check its rights.' };
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
