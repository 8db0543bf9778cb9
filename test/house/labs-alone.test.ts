// A lab adds network links to this machine, which ends a browser's connections: only the tests that run last start one.
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { files, read } from './files.ts';

const IMPORTED = /^\s*(?:import|export)\s(?!type\s)[^'"]*?['"](\.{1,2}\/[^'"]+\.ts)['"]/gm;
const lab = 'test/support/lab/lab.ts';

function reached(from: string, seen = new Set<string>()): Set<string> {
  for (const [, to = ''] of read(from).matchAll(IMPORTED)) {
    const file = join(dirname(from), to).replaceAll('\\', '/');
    if (!seen.has(file) && files.includes(file)) reached(file, seen.add(file));
  }
  return seen;
}

it('starts a lab only in test/lab, whose tests run when all others have ended', () => {
  const starting = files.filter((file) => /^test\/.*\.test\.ts$/.test(file) && reached(file).has(lab));
  expect(starting).toContain('test/lab/lab.test.ts');
  expect(starting.filter((file) => !file.startsWith('test/lab/'))).toEqual([]);
});
