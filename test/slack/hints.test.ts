// What stands under a field: what to type, with its unit and its bounds.
import { expect, it } from 'vitest';
import type { Param } from '../../src/runbooks/runbook.ts';
import { paramInput } from '../../src/slack/views/modals/run.ts';

const hintOf = (param: Partial<Param>): string | undefined => {
  const block = paramInput('b', { type: 'string', label: 'L', required: true, ...param }) as {
    hint?: { text: string };
  };
  return block.hint?.text;
};

it.each<[Partial<Param>, string | undefined]>([
  [{ type: 'duration' }, 'e.g. 10m, 2h'],
  [{ type: 'duration', min: 30, max: 300 }, 'e.g. 30s, 5m; 30 s to 5 min'],
  [{ type: 'duration', max: 1200 }, 'e.g. 30s, 10m; at most 20 min'],
  [{ type: 'bytes' }, 'e.g. 5Gi'],
  [{ type: 'bytes', min: 1024 ** 2 * 64, max: 1024 ** 3 }, 'e.g. 512Mi; 64 MiB to 1 GiB'],
  [{ type: 'int', min: 1, max: 20 }, '1 to 20'],
  [{ type: 'int', min: 0 }, '0 or more'],
  [{ type: 'int', max: 3 }, 'a whole number, at most 3'],
  [{ type: 'int' }, 'a whole number'],
  [{ min: 10, max: 300 }, '10 to 300 characters'],
  [{ min: 10 }, 'at least 10 characters'],
  // So long that nobody reaches it.
  [{ max: 63 }, undefined],
  [{}, undefined],
])('%j', (param, hint) => {
  expect(hintOf(param)).toBe(hint);
});
