// What is kept on disk while the store is away: whole or not at all, in order, taken over from the dead, never dropped.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Command } from '../../src/incidents/commands.ts';
import { type Journal, type Kept, openJournal } from '../../src/store/journal.ts';
import { ana } from '../support/pure-door.ts';

let folder: string;
let open: Journal[];
let children: ChildProcess[];
let warned: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-journal-'));
  open = [];
  children = [];
  warned = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const journal of open) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function journal(): Journal {
  const made = openJournal(folder, { warn: (_details, words) => warned.push(words) });
  open.push(made);
  return made;
}

const note = (id: string, text = id): Command => ({
  id,
  incident: 1,
  by: ana,
  now: 5,
  what: {
    do: 'note',
    body: { entry: id, kind: 'note', text, at: 5, precision: 'exact', source: { kind: 'slack' } },
  },
});
const files = () => readdirSync(folder).filter((name) => name.endsWith('.journal'));
async function bringAll(from: Journal): Promise<string[]> {
  const brought: string[] = [];
  await from.replay(async ({ command }: Kept) => {
    brought.push(command.id);
    return 'done';
  });
  return brought;
}

/** Starts a process that keeps `count` notes, and waits until it has said so. */
async function other(count: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('journal-process.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, folder, String(count)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  for await (const line of lines) if (line === String(count)) break;
  return child;
}

it('gives back what was kept, in order, once, and leaves an empty file', async () => {
  const mine = journal();
  // Fifty at once: one after another on disk, in the order in which they came.
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => mine.append({ keptAt: 1000, command: note(`n${n}`) })),
  );
  expect(mine.size).toBe(50);
  const [file = ''] = files();
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as Kept).command.id)).toEqual(
    Array.from({ length: 50 }, (_, n) => `n${n}`),
  );
  expect(await bringAll(mine)).toEqual(Array.from({ length: 50 }, (_, n) => `n${n}`));
  expect(mine.size).toBe(0);
  expect(statSync(join(folder, file)).size).toBe(0);
  expect(await bringAll(mine)).toEqual([]);
  await mine.append({ keptAt: 1000, command: note('after') });
  expect(await bringAll(mine)).toEqual(['after']);
});

it('is readable by nobody else: it holds what people wrote', async () => {
  await journal().append({ keptAt: 1000, command: note('secret') });
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.journal')) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
});

it('brings again from the first one that could not be brought, and what comes in between stays behind it', async () => {
  const mine = journal();
  for (const id of ['a', 'b', 'c']) await mine.append({ keptAt: 1000, command: note(id) });
  const seen: string[] = [];
  const failing = mine.replay(async ({ command }) => {
    seen.push(command.id);
    if (command.id === 'b') throw new Error('away again');
    return 'done';
  });
  await expect(failing).rejects.toThrow('away again');
  await mine.append({ keptAt: 1000, command: note('d') });
  expect(seen).toEqual(['a', 'b']);
  expect(await bringAll(mine)).toEqual(['b', 'c', 'd']);
});

it('puts aside what cannot be taken in, in a file for a person, and says so', async () => {
  const mine = journal();
  for (const id of ['good', 'bad', 'better']) await mine.append({ keptAt: 1000, command: note(id) });
  const brought: string[] = [];
  await mine.replay(async ({ command }) => {
    if (command.id === 'bad') return 'aside';
    brought.push(command.id);
    return 'done';
  });
  expect(brought).toEqual(['good', 'better']);
  const [aside = ''] = readdirSync(folder).filter((name) => name.endsWith('.aside'));
  expect((JSON.parse(readFileSync(join(folder, aside), 'utf8')) as Kept).command.id).toBe('bad');
  expect(warned.join()).toContain('it is in this file');
});

it('takes over what a killed process left, and nothing of one that lives', async () => {
  const killed = await other(3);
  const living = await other(2);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const mine = journal();
  expect(await mine.adopt()).toBe(3);
  expect(await mine.adopt()).toBe(0);
  expect(await bringAll(mine)).toEqual([1, 2, 3].map((n) => `${killed.pid}-${n}`));
  // Of the living one nothing was touched.
  expect(files().some((name) => readFileSync(join(folder, name), 'utf8').includes(`${living.pid}-2`))).toBe(
    true,
  );
});

it('leaves out a last line that was cut off by a crash, which nobody was told is kept', async () => {
  const killed = await other(2);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const [file = ''] = files();
  appendFileSync(join(folder, file), '{"command":{"id":"half');
  const mine = journal();
  expect(await mine.adopt()).toBe(2);
  expect(warned.join()).toContain('cut off');
});

it('says that nothing is kept when the disk refuses, and keeps the next one', async () => {
  const mine = journal();
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'a file where the folder was');
  await expect(mine.append({ keptAt: 1000, command: note('lost') })).rejects.toThrow();
  expect(mine.size).toBe(0);
  rmSync(folder);
  const again = journal();
  await again.append({ keptAt: 1000, command: note('kept') });
  expect(again.size).toBe(1);
});

it('lets two processes that start at once adopt what is there: each line once, and neither fails', async () => {
  for (let n = 0; n < 40; n++)
    writeFileSync(
      join(folder, `dead-${n}.journal`),
      `${JSON.stringify({ keptAt: 1, command: note(`d${n}`) })}\n`,
    );
  const [one, two] = [journal(), journal()];
  const adopted = await Promise.all([one.adopt(), two.adopt()]);
  expect(adopted[0] + adopted[1]).toBe(40);
  expect([...(await bringAll(one)), ...(await bringAll(two))].toSorted()).toEqual(
    Array.from({ length: 40 }, (_, n) => `d${n}`).toSorted(),
  );
});

it('throws away no line that it does not know: a newer Handrail may have written it', async () => {
  const strange = { keptAt: 1, command: { ...note('n1'), what: { do: 'attach', body: {} } } };
  writeFileSync(join(folder, 'dead.journal'), `${JSON.stringify(strange)}\n`);
  expect(await journal().adopt()).toBe(0);
  const aside = readdirSync(folder).filter((name) => name.endsWith('.aside'));
  expect(aside.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual([
    `${JSON.stringify(strange)}\n`,
  ]);
});

it('leaves nothing of a killed process that kept nothing', async () => {
  const killed = await other(1);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const mine = journal();
  expect(await mine.adopt()).toBe(1);
  expect(readdirSync(folder).filter((name) => name.includes(`-${killed.pid}-`))).toEqual([]);
});

it('goes on when a file of another cannot be read', async () => {
  mkdirSync(join(folder, 'odd.journal'));
  writeFileSync(join(folder, 'good.journal'), `${JSON.stringify({ keptAt: 1, command: note('good') })}\n`);
  expect(await journal().adopt()).toBe(1);
  expect(warned.join()).toContain('it stays there');
});

it('keeps what still waits over a clean stop, for the next process', async () => {
  const first = journal();
  await first.append({ keptAt: 1000, command: note('waiting') });
  await first.close();
  const next = journal();
  expect(await next.adopt()).toBe(1);
  expect(await bringAll(next)).toEqual(['waiting']);
});
