/** Which files of the project a file reaches by its imports; types are left out, for they start nothing. */
import { dirname, join } from 'node:path';
import { files, read } from './files.ts';

const IMPORTED = /^\s*(?:import|export)\s(?!type\s)[^'"]*?['"](\.{1,2}\/[^'"]+\.ts)['"]/gm;

const importsOf = (file: string): string[] =>
  [...read(file).matchAll(IMPORTED)].map(([, to = '']) => join(dirname(file), to).replaceAll('\\', '/'));

export function reached(from: string, seen = new Set<string>()): Set<string> {
  for (const file of importsOf(from))
    if (!seen.has(file) && files.includes(file)) reached(file, seen.add(file));
  return seen;
}
