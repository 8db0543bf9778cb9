// `handrail report import` and `handrail follow-up` against a real database: what comes back, what is refused, and as whom.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Options, Values } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { WrongInput } from '../../src/cli/wrong-input.ts';
import type { Event } from '../../src/incidents/events.ts';
import { finishedReport } from '../../src/perform/report-review.ts';
import { stampOf } from '../../src/report/finished.ts';
import { recordOf } from '../../src/store/read.ts';
import { keepReport } from '../../src/store/reports.ts';
import { GENESIS, seal } from '../../src/store/write.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { lena, pidpNight } from '../support/pidp-night.ts';
import { project } from './terminal.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let folder: string;
let posted = '';

function night(): Event[] {
  const events = pidpNight();
  const version = events.length + 1;
  const at = (events.at(-1)?.at ?? 0) + 1000;
  const body = { section: 'lessons', text: 'We looked at the wrong database.' };
  return [
    ...events,
    { incident: 1, version, at, by: lena, command: `c${version}`, type: 'section_written', body },
  ];
}

beforeAll(async () => {
  database = await freshDatabase(migrated);
  folder = mkdtempSync(join(tmpdir(), 'handrail-import-'));
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  for (const { event, body, bodyHash, hash } of seal(night(), GENESIS)) {
    const { incident, version, at, type, by, command } = event;
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [incident, version, at, type, by.id, by.name, command, body, bodyHash, hash],
    );
  }
  const { events, head } = await recordOf(pool, 1);
  posted = finishedReport(events, {
    profile: 'default',
    people: 'names',
    ...(head ? { head } : {}),
  }).markdown;
  const stamp = stampOf(posted);
  if (!stamp) throw new Error('the report has no last line of its own');
  await keepReport(pool, { ...stamp, profile: 'default', status: 'draft', text: posted });
  await keepReport(pool, { ...stamp, profile: 'default', status: 'draft', text: posted });
  const me = `${userInfo().username}@${hostname()}`;
  writeFileSync(
    join(folder, 'handrail.yaml'),
    `zone: UTC
runbooks: { folder: ${JSON.stringify(join(project, 'runbooks'))} }
people:
  ana: { name: Ana Example, slack: U0ANA, terminal: [${JSON.stringify(me)}] }
access:
  everywhere: { operate: [ana] }
`,
  );
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const typed = readArguments(args, commands);
  if ('help' in typed) throw new Error('help');
  try {
    const code = await typed.command.run({
      env: {
        DATABASE_URL: database.url,
        HANDRAIL_HOME: folder,
        HANDRAIL_CONFIG: join(folder, 'handrail.yaml'),
      },
      folder,
      stdin: async () => new Uint8Array(),
      print: (line) => out.push(line),
      warn: (line) => err.push(line),
      values: typed.values as Values<Options>,
      names: typed.names,
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  } catch (error) {
    if (!(error instanceof WrongInput)) throw error;
    return { code: 2, out: out.join('\n'), err: error.message };
  }
}
const file = (name: string, change: (text: string) => string): string => {
  writeFileSync(join(folder, name), change(posted));
  return name;
};
const sections = async () =>
  (await recordOf(pool, 1)).events.flatMap((event) => (event.type === 'section_written' ? [event] : []));

it('brings a changed section back once, as the person at this terminal', async () => {
  expect(
    await run(
      'report',
      'import',
      'INC-1',
      file('same.md', (text) => text),
    ),
  ).toMatchObject({
    code: 0,
    err: 'Nothing is changed.',
  });
  const mine = file('mine.md', (text) => text.replace('We looked at the wrong database.', 'Trace it first.'));
  expect(await run('report', 'import', 'INC-1', mine)).toMatchObject({ code: 0, out: 'Lessons is written.' });
  const [, written, ...more] = await sections();
  expect(more).toEqual([]);
  expect(written).toMatchObject({
    body: { section: 'lessons', text: 'Trace it first.' },
    by: { name: 'Ana Example' },
  });
  // Again: the record has it.
  expect((await run('report', 'import', 'INC-1', mine)).code).toBe(0);
  expect(await sections()).toHaveLength(2);
});

it('shows what was changed on both sides, and refuses what Handrail makes; nothing is written then', async () => {
  const both = file('both.md', (text) =>
    text
      .replace('We looked at the wrong database.', 'Look at the settings.')
      .replace('| Severity |', '| Weight |'),
  );
  const { code, out, err } = await run('report', 'import', 'INC-1', both);
  expect(code).toBe(1);
  expect(out).toMatch(/^both\.md:\d+ Handrail makes this line from the record\./m);
  expect(out).toContain(
    'Lessons was changed here and in the record. In the record:\n    Trace it first.\nIn the file:\n    Look at the settings.',
  );
  expect(err).toContain('Nothing was brought back.');
  expect(await sections()).toHaveLength(2);
});

it('says what is wrong with a file that is not the posted one', async () => {
  const wrong = async (name: string, change: (text: string) => string) =>
    (await run('report', 'import', 'INC-1', file(name, change))).err;
  expect(await wrong('cut.md', (text) => text.replace(/<!-- handrail.*/, ''))).toContain(
    'last line does not say',
  );
  expect(await wrong('other.md', (text) => text.replace('handrail INC-1 ', 'handrail INC-2 '))).toContain(
    'is the report of INC-2, not of INC-1',
  );
  expect(
    await wrong('old.md', (text) => text.replace(/sha256 \w{64}/, `sha256 ${'0'.repeat(64)}`)),
  ).toContain('No report of INC-1 was posted as this file says');
  expect((await run('report', 'import', 'INC-1', 'none.md')).err).toBe('There is no file none.md.');
  writeFileSync(join(folder, 'latin.md'), Buffer.from([0xe9, 0xff]));
  expect((await run('report', 'import', 'INC-1', 'latin.md')).err).toContain('is not UTF-8 text');
});

it('a follow-up is written down at a terminal, with what was understood', async () => {
  const said = await run(
    'follow-up',
    'INC-1',
    'Alert',
    'on',
    'connections',
    '--owner',
    'ana',
    '--due',
    '2031-01-31',
  );
  expect(said).toMatchObject({ code: 0 });
  expect(said.out).toMatch(/^Follow-up P\d+ is written down\. Ana Example, by Friday 2031-01-31\.$/);
  const { events } = await recordOf(pool, 1);
  expect(events.at(-1)).toMatchObject({
    type: 'follow_up_added',
    body: {
      text: 'Alert on connections',
      dueOn: '2031-01-31',
      owner: { id: 'slack:U0ANA', name: 'Ana Example' },
    },
  });
  expect((await run('follow-up', 'INC-1', 'x', '--due', 'soon')).err).toContain('--due soon: This is no day');
  expect((await run('follow-up', 'INC-1', 'x', '--owner', 'zoe')).err).toContain('There is: ana');
  expect((await run('follow-up', 'INC-9', 'x')).err).toBe('There is no INC-9.');
  expect(await run('follow-up', 'INC-1', 'x', '--link', 'ftp://x')).toMatchObject({ code: 1 });
});

it('handrail report prints what would be posted', async () => {
  const { out } = await run('report', 'INC-1');
  const { head } = await recordOf(pool, 1);
  expect(stampOf(out)).toMatchObject({ incident: 1, version: head?.version });
  expect(out).toContain('Trace it first.');
});
