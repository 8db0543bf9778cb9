// Which incidents a report is compared with: the ones before it, none that is private, a drill, or a run from a terminal.
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { lookups } from '../../src/incidents/lookups.ts';
import { reviewNow } from '../../src/perform/report-now.ts';
import { incidentsBefore } from '../../src/perform/report-others.ts';
import { GENESIS, seal } from '../../src/store/write.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { marek } from '../support/pidp-night.ts';
import { declaration, story } from '../support/story.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;

async function put(incident: number, what: { private?: boolean; drill?: boolean; quiet?: boolean } = {}) {
  const s = story(`2026-01-${String(incident).padStart(2, '0')}`, 'UTC', incident).at('09:00');
  s.add(marek, 'incident_declared', { ...declaration({ since: s.now() }), ...what });
  s.at('09:30').add(marek, 'resolved', { at: s.now() });
  await keep(s.events);
}

async function keep(events: readonly Event[]): Promise<void> {
  const [first, ...rest] = events;
  if (first?.type !== 'incident_declared') throw new Error('no declaration');
  const state = begin(first);
  for (const event of rest) evolve(state, event);
  for (const { event, body, bodyHash, hash } of seal(events, GENESIS)) {
    const { incident, version, at, type, by, command } = event;
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [incident, version, at, type, by.id, by.name, command, body, bodyHash, hash],
    );
  }
  for (const { kind, key, value } of lookups(events, state).put)
    if (kind === 'incident')
      await pool.query('insert into lookups (kind, key, incident, value) values ($1, $2, $3, $4)', [
        kind,
        key,
        state.number,
        JSON.stringify(value),
      ]);
}

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  await put(1);
  await put(2, { private: true });
  await put(3, { drill: true });
  await put(4, { quiet: true });
  await put(5);
  await put(6);
  await put(7);
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

it('are the ones before it that may be told of, the oldest first', async () => {
  const before = await incidentsBefore(pool, 6);
  expect(before.map(([first]) => first?.incident)).toEqual([1, 5]);
  expect(before.every((events) => events.length === 2)).toBe(true);
  expect(await incidentsBefore(pool, 1)).toEqual([]);
});

it('are what the review of the next one asks about', async () => {
  const config = {
    handrail: { report: { profile: 'default', people: 'names' } },
  } as unknown as Parameters<typeof reviewNow>[1];
  const worker = { pool, now: () => new Date(Date.UTC(2026, 5, 1)) };
  const { asks } = await reviewNow(worker, config, 6);
  expect(asks.find(({ code }) => code === 'PIR018')?.says).toBe(
    `“${marek.name}” answered this one and INC-1, INC-5 alone.`,
  );
});
