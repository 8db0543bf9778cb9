// `handrail timeline`, `timeline verify` and `loose-ends`: what Slack shows of a record, at a terminal, from a real database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Options, Values } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { WrongInput } from '../../src/cli/wrong-input.ts';
import type { Event } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { leftMessage } from '../../src/slack/views/left.ts';
import { timelinePage } from '../../src/slack/views/timeline.ts';
import { GENESIS, seal } from '../../src/store/write.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { declaration, note, story } from '../support/story.ts';

const ZONE = 'America/Vancouver';
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let folder: string;

/** The night, and what people wrote about it afterwards. */
function night(): Event[] {
  const s = story('2024-01-10', ZONE);
  s.events.push(...pidpNight());
  const status = s.events.find((event) => event.type === 'status_changed');
  s.at('17:00').add(marek, 'entry_corrected', {
    entry: `v${status?.version}`,
    why: 'corrected',
    at: s.instant('09:45'),
  });
  const range = { entry: 'range', until: s.instant('11:54'), kind: 'ruled-out' } as const;
  s.at('17:01').add(lena, 'note_added', note('\u001b[31mthe network', s.instant('10:30'), range));
  s.at('17:02').add(lena, 'note_added', note('hunter22 is the password', s.now(), { entry: 'gone' }));
  s.at('17:03').add(lena, 'entry_corrected', { entry: 'gone', why: 'deleted in Slack' });
  s.at('17:04').add(lena, 'note_added', note('twice', s.now(), { entry: 'hidden' }));
  s.at('17:05').add(lena, 'entry_corrected', { entry: 'hidden', why: 'pushpin removed', hidden: true });
  return s.events;
}

/** One thing that holds it open, one that does not, one that is gone. */
function withLeft(): Event[] {
  const s = story('2024-01-10', ZONE, 2).at('09:40');
  s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
  const end = { kind: 'temporary', namespace: 'prod', state: 'open', until: 'incident-close' } as const;
  s.add(marek, 'loose_end_opened', {
    ...end,
    id: 'A',
    title: 'utility runs 1 instead of 0',
    object: 'deployment/utility',
    before: '0',
    during: '1',
  });
  s.add(lena, 'loose_end_opened', {
    ...end,
    id: 'B',
    title: 'A dump of pidp',
    object: 'pod/prod-patroni-2',
    state: 'may exist',
    sensitivity: 'personal-data',
  });
  s.add(lena, 'loose_end_opened', { ...end, id: 'C', title: 'A debug pod', object: 'pod/debug' });
  s.add(lena, 'loose_end_settled', { id: 'C', state: 'gone', says: 'It is not there.' });
  s.add(lena, 'follow_up_added', { id: 'F', text: 'Put the image in git', owner: marek, due: '2024-02-01' });
  return s.events;
}

async function store(events: readonly Event[]): Promise<void> {
  for (const { event, body, bodyHash, hash } of seal(events, GENESIS)) {
    const { incident, version, at, type, by, command } = event;
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [incident, version, at, type, by.id, by.name, command, body, bodyHash, hash],
    );
  }
}

beforeAll(async () => {
  database = await freshDatabase(migrated);
  folder = mkdtempSync(join(tmpdir(), 'handrail-record-'));
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await store(night());
  await store(withLeft());
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
      env: { DATABASE_URL: database.url, HANDRAIL_HOME: folder },
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

/** What a Slack page says, without its markup. */
const plain = (text: string): string =>
  text
    .replace(/[*`]|:[a-z_]+: /g, '')
    .replace(/_\((.*?)\)_/g, '($1)')
    .replaceAll('&gt;', '>')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

describe('handrail timeline', () => {
  it('has the lines of Slack, with their days and marks', async () => {
    const { code, out } = await run('timeline', 'INC-1');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[0]).toBe('INC-1 web-api times out (SEV2), times in America/Vancouver');
    expect(out).toMatch(/\n2024-01-10\n09:34 {2}First noticed: /);
    expect(out).toContain('\n09:45  Status: cause found. (corrected 17:00)\n');
    expect(out).toContain(
      `\n10:30 to 11:54  ${lena.name} ruled out: [31mthe network (added 17:01 by ${lena.name})`,
    );
    expect(out).toContain(`${lena.name}: (deleted in Slack at 17:03)`);
    expect(out).not.toMatch(/hunter22|twice|\u001b/);

    const events = night();
    let asked = {};
    const slack: string[] = [];
    for (;;) {
      const { blocks } = timelinePage(1, events, ZONE, asked);
      const sections = blocks.flatMap((block) =>
        block.type === 'section' ? [(block as { text: { text: string } }).text.text] : [],
      );
      slack.unshift(...sections.flatMap((text) => text.split('\n')));
      const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
      const earlier = buttons.find((one) => one.type === 'button' && one.text.text === 'Earlier');
      if (earlier?.type !== 'button') break;
      asked = JSON.parse(earlier.value ?? '');
    }
    // What Slack cuts short, and what it writes with codes for people, is another text in a terminal.
    const short = slack
      .map(plain)
      .filter((line) => /^(about )?\d\d:\d\d/.test(line) && line.length < 250 && !/[<>@]/.test(line));
    expect(short.length).toBeGreaterThan(20);
    for (const line of short) expect(lines).toContain(line.replace('\u001b', ''));
  });

  it('--full has every check, hidden lines, first words and evidence', async () => {
    const { code, out } = await run('timeline', '1', '--full');
    expect(code).toBe(0);
    const [status] = night().filter((event) => event.type === 'status_changed');
    expect(out).toMatch(
      new RegExp(
        `09:45 {2}Status: cause found\\. \\(corrected 17:00\\) \\[v${status?.version}\\]\\n {4}at first: [0-9:]+ Status: cause found\\.\\n {4}corrected 2024-01-10 17:00 by Marek`,
      ),
    );
    expect(out).toMatch(/twice \[hidden\]\n {4}pushpin removed 2024-01-10 17:05 by/);
    expect(out).toMatch(/\n {4}evidence /);
    expect(out).not.toMatch(/ \d+ times: /);
    // The words of a message that somebody deleted are shown by nobody.
    expect(out).not.toContain('hunter22');
    const [short, long] = await Promise.all([
      run('timeline', 'INC-1', '--json'),
      run('timeline', 'INC-1', '--json', '--full'),
    ]);
    const entries = (text: string) => (JSON.parse(text) as { entries: Record<string, unknown>[] }).entries;
    expect(entries(long.out).length).toBeGreaterThan(entries(short.out).length);
    expect(entries(long.out).some(({ hidden }) => hidden === true)).toBe(true);
    expect(long.out).not.toContain('hunter22');
  });

  it('--json has the same lines with instants, and the head of the chain', async () => {
    const { out } = await run('timeline', 'INC-1', '--json');
    const told = JSON.parse(out) as { head: unknown; zone: string; entries: Record<string, unknown>[] };
    expect(told).toMatchObject({ incident: 'INC-1', zone: ZONE, head: { version: night().length } });
    expect(told.entries.find(({ id }) => id === 'range')).toEqual({
      id: 'range',
      at: '2024-01-10T18:30:00.000Z',
      until: '2024-01-10T19:54:00.000Z',
      precision: 'exact',
      recordedAt: '2024-01-11T01:01:00.000Z',
      by: lena.name,
      recordedBy: lena.name,
      kind: 'ruled-out',
      text: '[31mthe network',
      times: 1,
    });
    expect(JSON.stringify(told)).not.toMatch(/twice|hunter22|evidence/);
  });

  it('says that there is no such incident', async () => {
    expect(await run('timeline', 'INC-99')).toMatchObject({ code: 2, err: 'There is no INC-99.' });
    expect(await run('timeline', 'seven')).toMatchObject({ code: 2 });
    expect(await run('timeline', 'verify', 'INC-99')).toMatchObject({ code: 2 });
    expect(await run('loose-ends', 'INC-99')).toMatchObject({ code: 2 });
  });
});

describe('handrail loose-ends', () => {
  it('has the words of Slack, what holds the incident open first, and says by its code that something is left', async () => {
    const { code, out } = await run('loose-ends', 'INC-2');
    expect(code).toBe(1);
    const lines = out.split('\n');
    expect(lines[0]).toBe('INC-2: Left behind: 2, times in America/Vancouver');
    expect(lines.slice(1, 4)).toEqual([
      'INC-2 cannot be closed yet: 1 with personal data or access (take it back, or two people keep it), 1 that nobody has decided about (take it back, keep it, or move it).',
      '  A dump of pidp: it is gone (two people), two people keep it',
      '  utility runs 1 instead of 0: it is gone (two people), keep, move',
    ]);
    expect(out.indexOf('A dump of pidp')).toBeLessThan(out.indexOf('utility runs 1'));
    expect(out).toContain(
      `may be there  A dump of pidp · personal data: has to go before the incident is closed, or two people keep it\n    pod/prod-patroni-2 since 2024-01-10 09:40 by ${lena.name}, to be taken back before the incident is closed`,
    );
    expect(out).toContain('\n    0 → 1');
    expect(out).toContain('\ngone  A debug pod – It is not there.');
    expect(out).toContain(`\nFollow-ups\n• Put the image in git (${marek.name}, 2024-02-01)`);

    const [first, ...rest] = withLeft();
    if (first?.type !== 'incident_declared') throw new Error('no declaration');
    const incident = begin(first);
    for (const event of rest) evolve(incident, event);
    const slack = plain(JSON.stringify(leftMessage(incident).blocks));
    expect(slack).toContain(lines[1]);
    for (const words of ['may be there  A dump of pidp', 'still there  utility runs 1 instead of 0'])
      expect([slack.includes(words), out.includes(words)]).toEqual([true, true]);
    expect(slack).toContain('gone  A debug pod – It is not there.');
  });

  it('of what is all gone', async () => {
    const { code, out } = await run('loose-ends', '1');
    expect(out.split('\n')[0]).toBe('INC-1: Nothing left behind, times in America/Vancouver');
    expect(code).toBe(0);
  });

  it('--json', async () => {
    const { code, out } = await run('loose-ends', 'INC-2', '--json');
    expect(code).toBe(1);
    const told = JSON.parse(out) as { looseEnds: unknown[] };
    expect(told).toMatchObject({
      incident: 'INC-2',
      open: 2,
      keepsOpen: [
        { why: 'sensitive', looseEnd: 'B', who: lena.name },
        { why: 'undecided', title: 'utility runs 1 instead of 0' },
      ],
    });
    expect(told.looseEnds).toContainEqual({
      id: 'B',
      kind: 'temporary',
      title: 'A dump of pidp',
      object: 'pod/prod-patroni-2',
      state: 'may exist',
      sensitivity: 'personal-data',
      until: 'incident-close',
      since: '2024-01-10T17:40:02.000Z',
      by: lena.name,
    });
  });
});

describe('handrail timeline verify', () => {
  it('tells the head, and knows one that was noted down', async () => {
    const { rows } = await pool.query<{ hash: string }>(
      'select hash from incident_events where incident = 1 order by version',
    );
    const head = rows.at(-1)?.hash ?? '';
    const { code, out } = await run('timeline', 'verify', 'INC-1');
    expect([code, out]).toEqual([
      0,
      `INC-1: all ${rows.length} entries are as they were written.\nHead: entry ${rows.length}, ${head}`,
    ]);
    const earlier = rows[9]?.hash.slice(0, 16) ?? '';
    expect(await run('timeline', 'verify', 'INC-1', '--head', earlier)).toMatchObject({
      code: 0,
      out: expect.stringContaining(
        `${earlier} is the hash of entry 10: nothing up to there was changed since.`,
      ),
    });
    const unknown = await run('timeline', 'verify', 'INC-1', '--head', 'f'.repeat(16));
    expect(unknown).toMatchObject({
      code: 1,
      out: expect.stringContaining('No entry of INC-1 has the hash ffffffffffffffff'),
    });
    expect(await run('timeline', 'verify', 'INC-1', '--head', 'abc')).toMatchObject({ code: 2 });
  });

  it('names the first entry that is not as it was written', async () => {
    await store(withLeft().map((event) => ({ ...event, incident: 3 })));
    await pool.query(
      `update incident_events set body = replace(body, 'A dump', 'A lump') where incident = 3 and version = 3`,
    );
    const { code, out } = await run('timeline', 'verify', 'INC-3');
    expect(code).toBe(1);
    expect(out).toContain(
      `INC-3: entry 3 (loose_end_opened, 2024-01-10 17:40:02 UTC, by ${lena.name}) is not as it was written: its words were changed.`,
    );
    expect(out).toContain('Entries 1 to 2 are as they were written.');
    expect(out).toMatch(/\nHead: entry 6, [0-9a-f]{64}$/);
    await pool.query(`update incident_events set body = '{}' where incident = 3 and version = 3`);
    expect(await run('timeline', 'INC-3')).toMatchObject({
      code: 2,
      err: 'An entry of INC-3 cannot be read: it is not as it was written. Which one: handrail timeline verify INC-3',
    });
    await pool.query('delete from incident_events where incident = 3 and version = 1');
    const missing = await run('timeline', 'verify', 'INC-3');
    expect([missing.code, missing.out]).toMatchObject([
      1,
      expect.stringContaining('INC-3: entry 1 is missing'),
    ]);
  });
});
