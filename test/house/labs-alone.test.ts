// A lab adds network links to this machine, which ends a browser's connections: only the tests that run last start one.
import { expect, it } from 'vitest';
import { files } from './files.ts';
import { reached } from './imports.ts';

const lab = 'test/support/lab/lab.ts';

it('starts a lab only in test/lab, whose tests run when all others have ended', () => {
  const starting = files.filter((file) => /^test\/.*\.test\.ts$/.test(file) && reached(file).has(lab));
  expect(starting).toContain('test/lab/lab.test.ts');
  expect(starting.filter((file) => !file.startsWith('test/lab/'))).toEqual([]);
});
