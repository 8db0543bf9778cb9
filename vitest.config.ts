import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: real servers run beside the tests, so more files at once only wait for each other.
    maxWorkers: 2,
  },
});
