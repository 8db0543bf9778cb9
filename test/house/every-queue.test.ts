// Nothing may depend on the queue: a test file that starts a bot or a worker loop runs over every queue, or says why not.
import { expect, it } from 'vitest';
import { onlyOverPostgres, overEveryQueue } from '../support/over.ts';
import { files } from './files.ts';
import { reached } from './imports.ts';

/** Whoever reaches one of these can start what rings bells and hears them. */
const starters = [
  'src/bot.ts',
  'src/perform/loop.ts',
  'sandbox/sandbox.ts',
  'sandbox/bot-process.ts',
  'test/support/bot-process.ts',
];
it('runs whatever starts a bot or a loop over every queue, unless over.ts says why not', () => {
  const starting = files
    .filter((file) => /^test\/.*\.test\.ts$/.test(file) && file !== 'test/house/every-queue.test.ts')
    .filter((file) => {
      const all = reached(file);
      return starters.some((starter) => all.has(starter));
    });
  // A reading of imports that finds nothing would agree with everything.
  expect(starting).toContain('test/e2e/page.test.ts');
  const said = [...overEveryQueue, ...Object.keys(onlyOverPostgres)];
  expect(starting, 'put it into one of the two lists of test/support/over.ts').toEqual(said.sort());
});

it("gives each of them its project's queue", () => {
  const without = overEveryQueue.filter((file) => !reached(file).has('test/support/bells.ts'));
  expect(
    without,
    'start its bot with what bellsForBot or bellsForLoop of test/support/bells.ts gives',
  ).toEqual([]);
});
