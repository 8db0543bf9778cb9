/** Where the runbooks are and what is in them, for commands that work without a complete handrail.yaml. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { Access } from '../catalog/access.ts';
import { nearest } from '../catalog/nearest.ts';
import { readRunbookFile, readRunbookFolder, runbookText } from '../config/runbook-folder.ts';
import { formatProblem, type Problem } from '../runbooks/problem.ts';
import type { Terminal } from './command.ts';
import { configHere } from './config-here.ts';
import { WrongInput } from './wrong-input.ts';

export interface RunbookFolderHere {
  /** Absolute. */
  readonly folder: string;
  /** Who is in which group; undefined without a handrail.yaml that can be read. */
  readonly groups?: Access;
}

export interface RunbookFile {
  /** As shown: from the working folder when it is in it. */
  readonly file: string;
  readonly text: string;
  /** It was asked for; the others are there because runbooks name each other. */
  readonly asked: boolean;
}

export interface RunbookFiles {
  readonly files: readonly RunbookFile[];
  /** Of files that were asked for and could not be read. */
  readonly problems: readonly Problem[];
}

const STDIN = '<stdin>';

/** From handrail.yaml where there is one, else `runbooks` here. A broken handrail.yaml is told and holds nothing up. */
export async function runbookFolder(terminal: Terminal): Promise<RunbookFolderHere> {
  const { folder } = terminal;
  const config = await configHere(
    terminal,
    'runbooks are looked for in runbooks/ here, and nobody is known in any group.',
  );
  if (!config) return { folder: join(folder, 'runbooks') };
  const groups = config.file === undefined ? {} : { groups: config.handrail.access };
  return { folder: config.runbooksFolder, ...groups };
}

/**
 * The files that `names` ask for (all of the folder when there is none) with those around them. A name is a file, a
 * folder, `-` for standard input, or the id of a runbook in the folder. Throws WrongInput when one is none of these.
 */
export async function runbookFiles(
  terminal: Terminal,
  names: readonly string[],
  folder: string,
): Promise<RunbookFiles> {
  const shown = (path: string) => shownFrom(terminal.folder, path);
  const read = new Map<string, { text: string } | { problem: Problem }>();
  const readFolder = async (path: string): Promise<string[]> => {
    const found = await readRunbookFolder(path);
    for (const { file, text } of found.files) if (!read.has(file)) read.set(file, { text });
    for (const problem of found.problems) if (!read.has(problem.file)) read.set(problem.file, { problem });
    return [...found.files, ...found.problems].map(({ file }) => file);
  };
  const asked = new Set<string>();
  const here = await readFolder(folder);
  if (names.length === 0) {
    const absent = here.length === 1 && here[0] === folder ? read.get(folder) : undefined;
    if (absent && 'problem' in absent)
      throw new WrongInput(formatProblem({ ...absent.problem, file: shown(folder) }));
    for (const file of here) asked.add(file);
  }
  let typed: { text: string } | { problem: Problem } | undefined;
  for (const name of names) {
    if (name === '-') {
      typed ??= runbookText(await terminal.stdin(), STDIN);
      continue;
    }
    const path = resolve(terminal.folder, name);
    const kind = await stat(path).catch(() => undefined);
    const ofId = here.find((file) => idOf(file) === name || idIn(read.get(file)) === name);
    if (kind?.isDirectory()) for (const file of await readFolder(path)) asked.add(file);
    else if (kind) {
      if (!read.has(path)) read.set(path, await readRunbookFile(path));
      await readFolder(resolve(path, '..'));
      asked.add(path);
    } else if (ofId !== undefined) asked.add(ofId);
    else throw new WrongInput(notThere(name, here.map(idOf), shown(folder)));
  }
  // What stands in an editor comes first, and what was asked for last: of two with one id the second is told.
  const order = [...read.keys()].toSorted((a, b) => Number(asked.has(a)) - Number(asked.has(b)));
  const files: RunbookFile[] = [];
  const problems: Problem[] = [];
  const take = (path: string, one: { text: string } | { problem: Problem }, wanted: boolean) => {
    const file = path === STDIN ? STDIN : shown(path);
    if ('text' in one) files.push({ file, text: one.text, asked: wanted });
    else if (wanted) problems.push({ ...one.problem, file });
  };
  if (typed) take(STDIN, typed, true);
  const typedId = idIn(typed);
  for (const path of order) {
    const one = read.get(path);
    if (one === undefined || (typedId !== undefined && !asked.has(path) && idIn(one) === typedId)) continue;
    take(path, one, asked.has(path));
  }
  return { files, problems };
}

/** A path as people read it: from the working folder when it is in it. */
export function shownFrom(folder: string, path: string): string {
  const near = relative(folder, path);
  return near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** The name of the file without its ending, which is the id in a tidy folder. */
function idOf(file: string): string {
  return (file.split(/[\\/]/).at(-1) ?? '').replace(/\.ya?ml$/, '');
}

/** The id as the text says it, without reading all of it. */
function idIn(one: { text: string } | { problem: Problem } | undefined): string | undefined {
  if (one === undefined || !('text' in one)) return undefined;
  return /^id:[ \t]*["']?([a-z][a-z0-9-]*)/m.exec(one.text)?.[1];
}

function notThere(name: string, ids: readonly string[], folder: string): string {
  const near = nearest(name, ids);
  const remedy = near ? ` Did you mean ${near}?` : ids.length > 0 ? ` There are: ${ids.join(', ')}.` : '';
  return `${name} is no file, and ${folder} has no runbook of that name.${remedy}`;
}
