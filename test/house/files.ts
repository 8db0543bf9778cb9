/** The project's own files, found without git so that a copy without it can be tested too. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at the end. */
export const project = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** What .gitignore leaves out. */
const left = new Set(['.git', '.handrail', 'coverage', 'node_modules']);
const binary = /\.(?:gif|ico|jpe?g|png|webp|woff2?)$/;

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (left.has(entry.name) || entry.name === '.env' || entry.name.endsWith('.log')) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
  });
}

/** Paths within the project, with `/` between folders. */
export const files: readonly string[] = walk(project)
  .map((path) => relative(project, path).split(sep).join('/'))
  .sort();

/** Files that hold text. */
export const texts: readonly string[] = files.filter((file) => !binary.test(file));

export function read(file: string): string {
  return readFileSync(join(project, file), 'utf8');
}
