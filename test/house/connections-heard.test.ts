// A connection that the server ends raises `error`; where nobody hears it, the whole process ends (or a whole test run).
import { expect, it } from 'vitest';
import { files, read } from './files.ts';

const MADE = /\bnew (?:\w+\.)?(?:Pool|Client)\(/g;
const HEARD = /\.on\('error'/g;

it('hears the errors of every connection and every pool that it opens', () => {
  const opening = files.filter((file) => file.endsWith('.ts') && /from 'pg'/.test(read(file)));
  const counts = opening.map((file) => ({
    file,
    made: [...read(file).matchAll(MADE)].length,
    heard: [...read(file).matchAll(HEARD)].length,
  }));
  expect(counts.reduce((sum, { made }) => sum + made, 0)).toBeGreaterThan(20);
  // It is measured by itself, and ends with its benchmark.
  const deaf = counts.filter(({ file, made, heard }) => made > heard && file !== 'bench/bare-bolt.ts');
  expect(deaf).toEqual([]);
});
