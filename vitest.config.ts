import { defineConfig } from 'vitest/config';
import { type Over, overEveryQueue, proof } from './test/support/over.ts';
import { look } from './test/support/real-programs.ts';

// Where .ci/run wants the results as JSON, from which it takes its last line.
const report = process.env.HANDRAIL_TEST_REPORT;

const common = {
  // Against tests that hang, and far above what any takes: a busy machine may give a test little of its time.
  testTimeout: 180_000,
  hookTimeout: 240_000,
  // A browser on a loaded machine takes more than the second that is usual.
  expect: { poll: { timeout: 30_000, interval: 50 } },
  // Two cores: real servers run beside the tests, so more files at once only wait for each other.
  maxWorkers: 2,
};

// Which tests run in which project, and why not all in all, is said in test/support/over.ts.
const project = (
  name: Over | 'lab',
  include: readonly string[],
  more: { exclude?: string[]; globalSetup?: string[]; sequence?: { groupOrder: number } } = {},
) => ({
  test: {
    ...common,
    ...more,
    name,
    include: [...include],
    provide: { over: name === 'lab' ? 'postgres' : name },
  },
});

// A lab adds network links to this machine. A browser drops every connection when it sees that, and it takes one core
// for itself: labs run when all other tests have ended.
const labs = 'test/lab/**/*.test.ts';

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      project('postgres', ['test/**/*.test.ts'], { exclude: [labs] }),
      project('redis', look('redis').available ? overEveryQueue : [proof], {
        globalSetup: ['test/support/redis-of-project.ts'],
      }),
      project('bells-lost', overEveryQueue),
      project('lab', [labs], { sequence: { groupOrder: 1 } }),
    ],
  },
});
