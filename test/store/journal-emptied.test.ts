// The moment in which the journal's file is emptied: what is kept just then is on disk when its keeper has been told so.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Journal, type Kept, openJournal } from '../../src/store/journal.ts';
import { ana } from '../support/pure-door.ts';

let folder: string;
let journal: Journal;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-emptied-'));
  journal = openJournal(folder, { warn: () => undefined });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (id: string): Kept => ({
  keptAt: 1,
  command: {
    id,
    incident: 1,
    by: ana,
    now: 5,
    what: {
      do: 'note',
      body: { entry: id, kind: 'note', text: id, at: 5, precision: 'exact', source: { kind: 'slack' } },
    },
  },
});
const onDisk = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.journal'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as Kept).command.id);

/** Does `meanwhile` between the decision to empty a file and the emptying; the disk is slow then. */
async function slowToEmpty(meanwhile: () => Promise<unknown>): Promise<() => number> {
  const any = await open(join(folder, 'any'), 'w');
  const files = Object.getPrototypeOf(any) as {
    truncate: (this: unknown, length?: number) => Promise<void>;
  };
  await any.close();
  const { truncate } = files;
  let times = 0;
  vi.spyOn(files, 'truncate').mockImplementation(async function (this: unknown, length?: number) {
    times++;
    // A write that does not wait for its turn would be done by then; one that waits is not, and that is right.
    await Promise.race([meanwhile(), pause(300)]);
    await truncate.call(this, length);
  });
  return () => times;
}

it('a line that is kept while the file is emptied is not emptied with it', async () => {
  let second: Promise<void> | undefined;
  const times = await slowToEmpty(() => (second ??= journal.append(kept('second'))));
  await journal.append(kept('first'));
  await journal.replay(async () => 'done');
  expect(times()).toBe(1);
  await second;
  expect(journal.waiting().map(({ command }) => command.id)).toEqual(['second']);
  expect(onDisk()).toEqual(['second']);
});

it('a line that comes before the emptying begins is not emptied either', async () => {
  const times = await slowToEmpty(async () => undefined);
  await journal.append(kept('first'));
  let second: Promise<void> | undefined;
  await journal.replay(async ({ command }) => {
    // As a message does that comes in at the end of an outage: while the last one is brought.
    if (command.id === 'first') second = journal.append(kept('second'));
    return 'done';
  });
  await second;
  await journal.replay(async () => 'done');
  expect(times()).toBeGreaterThan(0);
  await journal.append(kept('third'));
  expect(onDisk()).toEqual(['third']);
});
