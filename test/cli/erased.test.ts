/** What a terminal says of a record in which two people erased an entry. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Options, Values } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { agree, ask, database, onStage, pool, sweep } from '../store/erase-stage.ts';

onStage();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'handrail-erased-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string }> {
  const out: string[] = [];
  const typed = readArguments(args, commands);
  if ('help' in typed) throw new Error('help');
  const code = await typed.command.run({
    env: { DATABASE_URL: database.url, HANDRAIL_HOME: folder },
    folder,
    stdin: async () => new Uint8Array(),
    print: (line) => out.push(line),
    warn: (line) => out.push(line),
    values: typed.values as Values<Options>,
    names: typed.names,
  });
  return { code, out: out.join('\n') };
}

it('`timeline verify` passes, and says how many were erased, when, by whom and why; before that, that it is still to be done', async () => {
  await agree(await ask());
  const before = await run('timeline', 'verify', 'INC-1');
  expect(before.code).toBe(0);
  expect(before.out).toContain('Its words are still in the database');
  await sweep();
  const { code, out } = await run('timeline', 'verify', 'INC-1');
  expect(code).toBe(0);
  expect(out).toContain(
    'INC-1: all 7 entries are as they were written, but for the words of one that two people erased.',
  );
  expect(out).toMatch(
    /\nErased: n1, 1970-01-01 00:00:\d\d UTC, by Ana and Ben \(a patient is named\), entry 7\.\n/,
  );
  await pool.query(
    `update incident_events set body = replace(body, 'nothing', 'something') where version = 3`,
  );
  const changed = await run('timeline', 'verify', 'INC-1');
  expect(changed.code).toBe(1);
  expect(changed.out).toContain('entry 3 (note_added');
  expect(changed.out).toContain('its words were changed');
});

it('`timeline` has the line in its place, in words and as JSON', async () => {
  await agree(await ask());
  const { out } = await run('timeline', 'INC-1', '--full');
  expect(out).toContain('An entry was erased (a patient is named), by Ana and Ben. [n1]');
  expect(out).not.toContain('4711');
  const json = await run('timeline', 'INC-1', '--full', '--json');
  const { entries } = JSON.parse(json.out) as { entries: { id: string; erased?: unknown }[] };
  expect(entries.find(({ id }) => id === 'n1')?.erased).toEqual({
    at: expect.any(String),
    by: ['Ana', 'Ben'],
  });
  expect(json.out).not.toContain('4711');
});
