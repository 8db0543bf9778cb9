// The report that the bot posts is rendered in a thread: the same bytes, and its failures are told.
import { expect, it } from 'vitest';
import { renderReport } from '../../src/perform/report-thread.ts';
import { report } from '../../src/report/report.ts';
import { pidpNight } from '../support/pidp-night.ts';

const options = { profile: 'default', people: 'names', version: '1.2.3' } as const;

it('gives the same bytes as on the main thread', async () => {
  const events = pidpNight();
  expect(await renderReport(events, options)).toEqual(report(events, options));
});

it('rejects with what the rendering threw', async () => {
  await expect(renderReport([], options)).rejects.toThrow(/incident|declar/i);
});
