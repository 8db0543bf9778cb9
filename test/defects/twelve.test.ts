// The twelve defects that were found in others' code (facts/peers.md), each asserted on ours, through the real ways in and out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { Event } from '../../src/incidents/events.ts';
import { leadingTime, timeWords } from '../../src/incidents/time-words.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { report } from '../../src/report/report.ts';
import { withoutIncident } from '../../src/slack/listeners/anywhere.ts';
import { withIncident } from '../../src/slack/listeners/subcommands.ts';
import { methodScopes } from '../../src/slack/scopes.ts';
import { subcommands } from '../../src/slack/views/help.ts';
import { declare, messageWith, until, upToPlan } from '../slack/steps.ts';
import { startWorld, type World } from '../slack/world.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { declaration, note, type Story, story } from '../support/story.ts';

const ana = { id: 'slack:U0000000ANA', name: 'Ana' };
const night = (): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(ana, 'incident_declared', declaration({ since: s.instant('09:34') }));
};
const markdown = (events: readonly Event[], zone?: string): string =>
  report(events, { profile: 'default', people: 'names', ...(zone ? { zone } : {}) }).markdown;
const row = (text: string, first: string): string =>
  text.split('\n').find((one) => one.startsWith(`| ${first} |`)) ?? '';

describe('in Slack', () => {
  let world: World;
  afterEach(async () => {
    await world.stop();
    expect(world.bugs).toEqual([]);
  });
  const told = () => JSON.stringify(world.slack.as('ann').ephemerals());

  it('peers’ defect 2: a write that failed is never answered with success', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    world.core.write = async () => {
      throw new Error('the database is away');
    };
    await ann.slash(channel, '/incident', 'note the disk is full');
    await until(() => told().includes('nothing was recorded'));
    expect(told()).not.toContain('Noted');
    await ann.slash(channel, '/incident', 'note');
    await ann.fill(undefined, { text: 'the disk is full' });
    await ann.submitView();
    expect(JSON.stringify(ann.openViews())).not.toContain('"Noted"');
    const ts = ann.say(channel, 'pin this');
    ann.react(channel, ts, 'pushpin');
    await until(() => world.warnings.some((line) => line.includes('an event failed')));
    expect(world.slack.log.calls.filter(({ method }) => method === 'reactions.add')).toEqual([]);
    expect(world.of('note_added')).toEqual([]);
  });

  it('peers’ defect 5: a pinned reply is that reply, and not another message of the channel', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    const parent = ann.say(channel, 'the question');
    const reply = ann.say(channel, 'the answer', { thread_ts: parent });
    ann.say(channel, 'the newest message');
    ann.react(channel, reply, 'pushpin');
    const kept = await until(() => world.of('note_added')[0]?.body);
    expect(kept.text).toBe('the answer');
    expect(kept.at).toBe(Math.round(Number(reply) * 1000));
    expect(kept.source.link).toContain(`thread_ts=${parent}`);
  });

  it('peers’ defect 6: a picture is never made public, not for a moment', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    const content = Buffer.from('png');
    const ts = ann.upload(channel, { name: 'users.png', content });
    ann.react(channel, ts, 'pushpin');
    const kept = await until(() => world.of('note_added')[0]?.body.text);
    expect(kept).toMatch(/^a picture: users\.png \(/);
    const [file] = world.of('note_added')[0]?.body.files ?? [];
    expect(file).toMatchObject({ name: 'users.png', mimetype: 'image/png', bytes: 3 });
    // Copied where it lies, with the bot's token: test/e2e/files.test.ts keeps the bytes.
    const copied = await world.connection.fetchFile(file?.id ?? '', 1000, AbortSignal.timeout(30_000));
    expect(copied).toMatchObject({ ok: true, content });
    expect(world.slack.state.files.get(file?.id ?? '')?.channels).toEqual([channel]);
    const methods = [...world.slack.log.calls.map(({ method }) => method), ...Object.keys(methodScopes)];
    expect(methods.filter((one) => /public/i.test(one))).toEqual([]);
  });

  it('peers’ defect 7: every sub-command that is advertised is known', async () => {
    const { features } = parse(readFileSync(join(import.meta.dirname, '../../slack/manifest.yaml'), 'utf8'));
    const hint = features.slash_commands[0].usage_hint.split(' | ');
    expect(hint.length).toBeGreaterThan(4);
    const known = (name: string) => withIncident[name] ?? withoutIncident[name];
    for (const name of [...hint, ...subcommands.map((one) => one.name)])
      expect(known(name), name).toBeDefined();
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    for (const { name } of subcommands) {
      await ann.slash(channel, '/incident', name);
      await ann.closeView(undefined, { all: true }).catch(() => undefined);
    }
    expect(told()).not.toMatch(/There is no `\/incident|later version|Not there yet/);
  });

  it('peers’ defect 11: an old button makes no second row', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const ann = world.slack.as('ann');
    await ann.closeView().catch(() => undefined);
    await upToPlan(world, channel);
    const old = await messageWith(world, channel, 'hr:confirm');
    await ann.click(channel, old.ts, { action_id: 'hr:confirm' });
    await until(() => world.of('act_started').length === 1);
    await world.slack.settled();
    for (let press = 0; press < 2; press++)
      await ann.click(channel, old.ts, { action_id: 'hr:confirm' }, { stale: old });
    await until(() => told().includes('Not done'));
    await world.slack.settled();
    expect(world.of('act_started')).toHaveLength(1);
    expect(world.core.attempts.filter(({ purpose }) => purpose === 'act')).toHaveLength(1);
  });

  it('peers’ defect 12: the start lists no channels, and a channel that is not found stops nothing', async () => {
    const config = { zone: 'UTC', namespace: 'default', invite: { users: [], usergroups: [] } };
    world = await startWorld({ door: { config: { ...config, incidentsChannel: 'only-for-leads' } } });
    world.slack.as('ben').createChannel('only-for-leads', { isPrivate: true });
    expect(world.slack.log.calls.map(({ method }) => method)).not.toContain('conversations.list');
    expect(world.connection.ready).toBe(true);
    const channel = await declare(world);
    await until(() => world.of('slack_failed').length === 1);
    expect(world.of('slack_failed')[0]?.body.says).toContain('slack.incidents_channel');
    await world.slack.as('ann').slash(channel, '/incident', 'note it goes on');
    await until(() => world.of('note_added').length === 1);
  });
});

describe('in the record', () => {
  it('peers’ defect 3: the report prints when it happened, corrected where it was corrected, not when it was stored', () => {
    const s = night();
    const late = note('the pods moved', s.instant('09:50'), { entry: 'n1' });
    s.at('11:20').add(ana, 'note_added', late);
    s.at('11:30').add(ana, 'status_changed', { to: 'cause found', at: s.instant('10:30') });
    const before = markdown(s.events);
    expect(before).toMatch(/\| 09:50 \|.*the pods moved/);
    expect(before).not.toMatch(/\| 11:20 \|.*the pods moved/);
    s.at('11:40').add(ana, 'entry_corrected', { entry: 'n1', why: 'corrected', at: s.instant('09:45') });
    s.add(ana, 'entry_corrected', { entry: 'v3', why: 'corrected', at: s.instant('10:05') });
    const after = markdown(s.events);
    expect(after).toMatch(/\| 09:45 \|.*the pods moved/);
    expect(row(after, 'First sign to “cause found”')).toContain('| 10:05 | 31 min |');
  });

  it('peers’ defect 4: more than a day keeps its days, and a later edit changes no length', () => {
    const s = night();
    s.at('+1 11:44').add(ana, 'resolved', { at: s.instant('+1 11:44') });
    const before = row(markdown(s.events), 'Duration');
    expect(before).toBe('| Duration | 26 h 10 min |');
    s.at('+3 09:00').add(ana, 'note_added', note('one more thing', s.instant('+3 09:00')));
    s.add(ana, 'entry_corrected', { entry: 'v1', why: 'corrected', text: 'First noticed: no data.' });
    s.add(ana, 'role_set', { role: 'scribe', person: ana });
    expect(row(markdown(s.events), 'Duration')).toBe(before);
    expect(row(markdown(s.events), 'First sign to service restored')).toContain('26 h 10 min');
  });

  it('peers’ defect 8: a time is an instant with its zone and its day, and is never read back out of a text', () => {
    const now = Date.UTC(2024, 0, 11, 8, 10);
    const frame = { zone: 'America/Vancouver', now };
    const typed = leadingTime('yesterday 23:50 it began', frame);
    if (!typed.ok || !typed.time) throw new Error('not understood');
    expect(typed.time.at).toBe(Date.UTC(2024, 0, 11, 7, 50));
    expect(timeWords(typed.time, frame)).toBe('2024-01-10 23:50 (America/Vancouver)');
    const s = night();
    s.at('+1 00:10').add(ana, 'note_added', note('it began', typed.time.at));
    s.add(ana, 'note_added', note('it goes on', now));
    const local = markdown(s.events);
    expect(row(local, 'Zone')).toBe('| Zone | America/Vancouver (UTC-08:00) |');
    expect(local).toMatch(/\| 23:50 \|.*it began[\s\S]*2024-01-11[\s\S]*\| 00:10 \|.*it goes on/);
    const utc = markdown(s.events, 'UTC');
    expect(utc).toMatch(/\| 07:50 \|.*it began/);
    expect(utc).toMatch(/\| 08:10 \|.*it goes on/);
    // A text that looks like a time moves nothing.
    s.add(ana, 'note_added', note('at 03:33 UTC it was', s.now(), { entry: 'looks' }));
    expect(timeline(s.events).find(({ id }) => id === 'looks')?.at).toBe(s.events.at(-1)?.at);
  });

  it('peers’ defect 10: the timeline is in order, each line once, whatever the order of writing', () => {
    const s = night().at('12:00');
    const times = ['11:10', '09:41', '10:30', '10:30', '09:59', '+1 08:00', '08:00'];
    for (const [index, time] of times.entries())
      s.add(ana, 'note_added', note(`line ${index}.`, s.instant(time), { entry: `n${index}` }));
    const entries = timeline(s.events);
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const text = markdown(s.events).split('## Timeline')[1]?.split('\n## ')[0] ?? '';
    const shown = [...text.matchAll(/line (\d)\./g)].map(([, index]) => Number(index));
    expect(shown).toEqual([6, 1, 4, 2, 3, 0, 5]);
  });
});

describe('on a real PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await freshDatabase(migrated);
    pool = new pg.Pool({ connectionString: database.url, max: 10 });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  const processOf = (): Handrail => {
    const yaml = `people:\n  ana: { name: Ana, slack: U0000000ANA }\naccess:\n  everywhere: { operate: [ana] }\n`;
    const { config } = parseHandrailYaml(yaml, 'handrail.yaml');
    if (!config) throw new Error('no configuration');
    return assemble({
      pool,
      bells: bellsHere(),
      config: { handrail: config, catalog: { systems: [] }, secret: () => undefined },
      actions: [],
      runbooks: () => new Map(),
      kubernetes: async () => {
        throw new Error('there is no cluster');
      },
      log: pino({ level: 'silent' }),
      times: { leaseMs: 2000, pollMs: 20 },
    });
  };
  const send = (
    handrail: Handrail,
    who: { readonly id: string; readonly name?: string },
    what: What,
    incident?: number,
  ) =>
    handrail.send({
      id: crypto.randomUUID(),
      ...(incident === undefined ? {} : { incident }),
      by: handrail.asker({ name: who.id, ...who }, undefined),
      now: Date.now(),
      what,
    });
  const opened = async (handrail: Handrail): Promise<number> => {
    const answer = await send(handrail, ana, { do: 'declare', body: declaration() });
    return answer.ok ? answer.incident : 0;
  };
  const pinned = (entry: string): What => ({
    do: 'note',
    body: {
      entry,
      kind: 'note',
      text: 'the disk is full',
      at: Date.UTC(2024, 0, 10, 18),
      precision: 'exact',
      source: { kind: 'slack', channel: 'C1', ts: '1704909600.000100' },
    },
  });

  it('peers’ defect 1: a second person’s pushpin stores no second row, in two processes at once', async () => {
    const [one, other] = [processOf(), processOf()];
    const incident = await opened(one);
    const ben = { id: 'slack:U0000000BEN', name: 'Ben' };
    await Promise.all(
      [one, other, one, other].map((bot, n) => send(bot, n % 2 ? ben : ana, pinned('pin'), incident)),
    );
    await send(other, ben, pinned('pin'), incident);
    const { rows } = await pool.query(
      'select type from incident_events where incident = $1 and version > 1',
      [incident],
    );
    expect(rows).toEqual([{ type: 'note_added' }]);
  });

  it('peers’ defect 9: somebody unknown stays who they are, and gets nobody’s rights', async () => {
    const handrail = processOf();
    const incident = await opened(handrail);
    const stranger = { id: 'slack:U00STRANGER', name: 'Ana' };
    expect(handrail.asker(stranger, undefined)).toMatchObject({ levels: [], groups: [] });
    const refused = await send(handrail, stranger, { do: 'set severity', severity: 'SEV1' }, incident);
    expect(refused).toMatchObject({ ok: false, code: 'rights' });
    expect(await send(handrail, stranger, pinned('note'), incident)).toMatchObject({ ok: true });
    const written = (await handrail.store.events(incident)).at(-1);
    expect(written).toMatchObject({ type: 'note_added', by: { id: 'slack:U00STRANGER' } });
  });
});

it('the twelve are all here', () => {
  const text = readFileSync(import.meta.filename, 'utf8');
  const named = [...text.matchAll(/it\('peers’ defect (\d+):/g)].map(([, number]) => Number(number));
  expect(named.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
});
