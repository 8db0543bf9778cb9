import { defineConfig } from 'vitest/config';

// Where .ci/run wants the results as JSON, from which it takes its last line.
const report = process.env.HANDRAIL_TEST_REPORT;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: real servers run beside the tests, so more files at once only wait for each other.
    maxWorkers: 2,
  },
});
