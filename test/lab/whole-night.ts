// A night in parts, each of which begins where the one before it ended.
import { afterAll, beforeAll, beforeEach, vi } from 'vitest';

/** `parts` are called while the tests are collected, with what `open` fills in later. */
export function inParts<T extends object>(night: {
  readonly open: (the: T) => Promise<void>;
  readonly close: (the: T) => Promise<void>;
  readonly parts: readonly ((the: T) => void)[];
}): void {
  // For each part: two cores, and others beside it.
  vi.setConfig({ testTimeout: 300_000 });
  const the = {} as T;
  let failed = false;

  beforeAll(() => night.open(the), 420_000);
  afterAll(() => night.close(the), 120_000);
  beforeEach(({ skip, onTestFailed }) => {
    if (failed) skip('an earlier part of the night failed');
    onTestFailed(() => {
      failed = true;
    });
  });

  for (const part of night.parts) part(the);
}
