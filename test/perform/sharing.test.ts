// On a real PostgreSQL: the question to a quiet channel and the reminder of an update outlive the process that put them,
// and what leaves the incident's channel is redacted.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { What } from '../../src/incidents/commands.ts';
import type { Event } from '../../src/incidents/events.ts';
import { drain, type Showing } from '../../src/perform/effects.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';

const configuration = `
zone: UTC
people:
  ana: { name: Ana, slack: U0000000ANA }
access:
  everywhere:
    operate: [ana]
`;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let ids = 0;
const loops: Loop[] = [];
beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 10 });
  pool.on('error', () => undefined);
});
afterEach(async () => {
  for (const loop of loops.splice(0)) await loop.stop(5000);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function processOf(): Handrail {
  const { config, problems } = parseHandrailYaml(configuration, 'handrail.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
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
}

async function send(handrail: Handrail, what: What, incident?: number): Promise<number> {
  const answer = await handrail.send({
    id: `s${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: handrail.asker({ id: 'slack:U0000000ANA' }, undefined),
    now: Date.now(),
    what,
  });
  if (!answer.ok) throw new Error(answer.says);
  return answer.incident;
}

const declaration = (quietMinutes: number): What => ({
  do: 'declare',
  body: {
    title: 'x',
    severity: 'SEV2',
    namespace: 'prod',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    quietMinutes,
    invited: [],
  },
});
const rows = async (incident: number): Promise<string[]> =>
  (
    await pool.query<{ key: string }>(
      `select key from lookups where kind = 'deadline' and incident = $1 order by due`,
      [incident],
    )
  ).rows.map(({ key }) => key);
const eventsOf = async (handrail: Handrail, incident: number, type: Event['type']): Promise<Event[]> =>
  (await handrail.store.events(incident)).filter((event) => event.type === type);
const patience = { timeout: 60_000 };

it('asks a quiet channel although the process that counted is gone, and again after somebody wrote', async () => {
  const gone = processOf();
  const incident = await send(gone, declaration(0.01));
  await send(gone, { do: 'record channel', channel: 'C1', name: 'inc-1' }, incident);
  expect((await rows(incident)).every((key) => key.startsWith(`${incident}.quiet.`))).toBe(true);

  const next = processOf();
  loops.push(startLoop(next.worker, bellsHere(), { sweepMs: 20, concurrency: 2 }));
  await expect.poll(() => eventsOf(next, incident, 'quiet_asked'), patience).toHaveLength(1);
  // The rows of the first stretch are used up: nobody is asked again without a new entry.
  await expect.poll(() => rows(incident), patience).toEqual([]);
  expect(await eventsOf(next, incident, 'quiet_asked')).toHaveLength(1);
  await send(next, { do: 'set severity', severity: 'SEV1' }, incident);
  await expect.poll(() => eventsOf(next, incident, 'quiet_asked'), patience).toHaveLength(2);
}, 180_000);

it('reminds of a promised update once, although the process that took the promise is gone', async () => {
  const gone = processOf();
  const incident = await send(gone, declaration(0));
  await send(gone, { do: 'record channel', channel: 'C2', name: 'inc-2' }, incident);
  const promised = Date.now() + 500;
  await send(gone, { do: 'post update', text: 'soon', next: promised, outside: true }, incident);
  expect(await rows(incident)).toEqual([`${incident}.update.${promised}`]);
  const next = processOf();
  loops.push(startLoop(next.worker, bellsHere(), { sweepMs: 20, concurrency: 2 }));
  await expect.poll(() => eventsOf(next, incident, 'update_missed'), patience).toHaveLength(1);
  await expect.poll(() => rows(incident), patience).toEqual([]);
}, 180_000);

it('takes secrets out of an update before it is shown anywhere', async () => {
  const handrail = processOf();
  const secret = `ghp_${'a1B2'.repeat(9)}`;
  const declared = declaration(0);
  if (declared.do === 'declare') Object.assign(declared.body, { title: `${secret} is on the wiki` });
  const incident = await send(handrail, declared);
  await send(handrail, { do: 'record channel', channel: 'C3', name: 'inc-3' }, incident);
  await send(handrail, { do: 'post update', text: `it is ${secret} now`, outside: true }, incident);
  const shown: unknown[] = [];
  const showing: Showing = {
    publish: async (effect, { event, incident: { declared: head } }) => {
      if (effect.kind === 'update') shown.push({ event, title: head.title });
      return { done: true };
    },
    profile: 'default',
    people: 'names',
    version: 'test',
  };
  await drain(handrail.worker, showing, incident);
  expect(shown).toHaveLength(1);
  expect(JSON.stringify(shown)).toContain('it is ');
  expect(JSON.stringify(shown)).toContain(' is on the wiki');
  expect(JSON.stringify(shown)).not.toContain(secret);
});
