/** `handrail runbook docs`: writes the Markdown page of each runbook beside it, or says which pages are stale. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { register } from '../actions/index.ts';
import { markdown } from '../report/markdown.ts';
import type { Library } from '../runbooks/library.ts';
import { pageOf } from '../runbooks/page/page.ts';
import type { Register } from '../runbooks/signature.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { runbooksHere } from './one-runbook.ts';

/** Gives the exit code: with `--check`, 1 when a page is stale; 1 also when a runbook is broken and has no page. */
export async function writePages(
  given: Terminal & { readonly values: { readonly check?: boolean } },
): Promise<number> {
  const { library, folder } = await runbooksHere(given, register);
  const broken = library.broken.length > 0 ? EXIT.notOk : EXIT.ok;
  const stale = await stalePages(library, folder, register);
  for (const { file, text } of stale) {
    if (given.values.check) given.print(staleWords(file));
    else if (text === undefined) given.print(`${file} belongs to no runbook: delete it.`);
    else {
      await writeFile(join(folder, file), text);
      given.print(`wrote ${file}`);
    }
  }
  if (stale.length === 0) given.warn('Every page is as it should be.');
  return given.values.check && stale.length > 0 ? EXIT.notOk : broken;
}

export const staleWords = (file: string): string =>
  `${file} is not what its runbook says: run handrail runbook docs`;

/** Pages that differ from their runbook, and generated ones whose runbook is gone (no `text`). Names within the folder. */
export async function stalePages(
  library: Library,
  folder: string,
  register: Register,
): Promise<{ file: string; text?: string }[]> {
  const stale: { file: string; text?: string }[] = [];
  for (const [file, text] of pagesOf(library, register)) {
    const now = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (now !== text) stale.push({ file, text });
  }
  const ids = new Set([...library.runbooks.keys(), ...library.broken.flatMap(({ id }) => id ?? [])]);
  for (const file of await readdir(folder).catch(() => [])) {
    if (!file.endsWith('.md') || ids.has(file.slice(0, -'.md'.length))) continue;
    const text = await readFile(join(folder, file), 'utf8').catch(() => '');
    if (text.includes('by `handrail runbook docs`. Change the file, not the page.')) stale.push({ file });
  }
  return stale;
}

/** Name and text of each page. */
export function pagesOf(library: Library, register: Register): Map<string, string> {
  const known = new Set(library.runbooks.keys());
  return new Map(
    [...library.runbooks.values()].map(({ runbook, file }) => [
      `${runbook.id}.md`,
      markdown(pageOf(runbook, basename(file), register, known)),
    ]),
  );
}
