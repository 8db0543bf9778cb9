// What is asked again just before a call, and Stop in the middle of one: through the performer, on a real PostgreSQL.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action, ChangingCall } from '../../src/actions/action.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { What } from '../../src/incidents/commands.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { queued } from '../../src/store/attempts.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { register, runbookOf } from '../support/pure-door.ts';

const DBA = 'S00000000D';
const RESPONDERS = 'S00000000R';
const configuration = `
zone: UTC
people:
  ana: { name: Ana, slack: U0000000ANA }
  ben: { name: Ben, slack: U0000000BEN }
  cleo: { name: Cleo, slack: U0000000CLEO }
access:
  groups:
    dba: ["usergroup:${DBA}", cleo]
    responders: [ana, "usergroup:${RESPONDERS}"]
  everywhere:
    operate: ["group:responders"]
`;
const text = (level: string) => `
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 30s
    confirm: { level: ${level} }
    locks: [prod/thing/disk]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 5s }
    undo: auto
    leaves:
      temporary: a larger disk
      until: incident-close
      probe: { uses: t.size, with: { name: disk }, gone: out.size == steps.grow.plan.before }
`;
const at = { run: 1, step: 'grow', try: 1 };

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let handrail: Handrail;
let loop: Loop | undefined;
let ids = 0;
/** Slack's user groups, as they are at this moment. */
let usergroups: Record<string, string[]>;
/** The world: what size the disk has, how often it was asked to change, and what happens meanwhile. */
let size: number;
let runs: number;
let stopped: number;
let during: (call: ChangingCall) => Promise<void>;
let trace: () => 'made' | 'not made' | 'cannot tell';

const rights = { kubernetes: [], postgres: [] };
const actions = [
  { ...register('t.size'), rights, run: async () => ({ size }) },
  {
    ...register('t.resize'),
    rights,
    guard: 'none',
    plan: async () => ({
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: '1', after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
    }),
    run: async (call: ChangingCall) => {
      runs++;
      await during(call);
      size = 3;
      return { size };
    },
    happened: async () => trace(),
    stop: async () => {
      stopped++;
    },
  },
] as unknown as Action[];

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => undefined);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  usergroups = { 'slack:U0000000BEN': [DBA, RESPONDERS] };
  size = 1;
  runs = stopped = 0;
  during = async () => undefined;
  trace = () => (size === 3 ? 'made' : 'not made');
  const { config, problems } = parseHandrailYaml(configuration, 'handrail.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
  handrail = assemble({
    pool,
    bells: bellsHere(),
    config: { handrail: config, catalog: { systems: [] }, secret: () => undefined },
    actions,
    runbooks: () => new Map(),
    kubernetes: async () => {
      throw new Error('there is no cluster');
    },
    log: pino({ level: 'silent' }),
    usergroupsOf: async (person) => usergroups[person] ?? [],
    times: { leaseMs: 800, pollMs: 20 },
  });
});
afterEach(async () => {
  await loop?.stop(5000);
  loop = undefined;
});

function send(who: 'ana' | 'ben' | 'cleo', what: What, incident?: number) {
  const id = `slack:U0000000${who.toUpperCase()}`;
  return handrail.send({
    id: `j${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: handrail.asker({ id }, undefined, usergroups[id] ?? []),
    now: Date.now(),
    what,
  });
}
const state = () => handrail.store.look(1, (incident) => incident);
const one = async () => (await state())?.runs.get(1)?.steps.get('grow')?.tries[0];
/** How often what it leaves was looked for. */
async function probes(): Promise<number> {
  const { rowCount } = await pool.query(`select from attempts where purpose = 'probe'`);
  return rowCount ?? 0;
}

function work(): void {
  loop = startLoop(handrail.worker, bellsHere(), { sweepMs: 20, concurrency: 2 });
}

/** Up to the plan, which nobody has agreed to; nobody works on anything then. */
async function plannedHash(level: string): Promise<string> {
  const body = {
    title: 'x',
    severity: 'SEV2',
    namespace: 'prod',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  } as const;
  expect(await send('ana', { do: 'declare', body: { ...body, invited: [] } })).toMatchObject({ ok: true });
  const runbook = runbookOf(text(level));
  expect(await send('ana', { do: 'start run', runbook, hash: 'h', params: {} }, 1)).toMatchObject({
    ok: true,
  });
  work();
  await expect.poll(async () => (await one())?.phase).toBe('planned');
  await loop?.stop(5000);
  return (await one())?.planned?.hash ?? '';
}

async function settled(): Promise<string | undefined> {
  work();
  await expect.poll(async () => (await one())?.phase, { timeout: 10_000 }).toMatch(/decide|closed|planned/);
  return (await one())?.lastSays;
}

describe('just before a call', () => {
  it('who approved must still be one of those who may, and is not: nothing is called', async () => {
    const hash = await plannedHash('two-person, from: ["group:dba"]');
    await send('ana', { do: 'ask approval', at, hash }, 1);
    expect(await send('ben', { do: 'approve', at, hash }, 1)).toMatchObject({ ok: true });
    usergroups['slack:U0000000BEN'] = [RESPONDERS];
    expect(await settled()).toBe(
      'Who approved it may not approve it any more. Ask somebody else for approval.',
    );
    expect([runs, (await one())?.outcome?.outcome]).toEqual([0, 'failed']);
    expect((await state())?.looseEnds.get('L1.grow.1.0')?.state).toBe('gone');
    expect(await send('ana', { do: 'try again', at }, 1)).toMatchObject({ ok: true });
  });

  it('with both rights still there it is called', async () => {
    const hash = await plannedHash('two-person, from: ["group:dba"]');
    await send('ana', { do: 'ask approval', at, hash }, 1);
    await send('ben', { do: 'approve', at, hash }, 1);
    await settled();
    expect([runs, (await one())?.closedAs]).toEqual([1, 'done']);
  });

  it('who goes alone is asked as the requester only', async () => {
    usergroups = { 'slack:U0000000BEN': [RESPONDERS] };
    const hash = await plannedHash('two-person, from: ["group:dba"]');
    await send('ana', { do: 'ask approval', at, hash }, 1);
    await pool.query(
      `update incident_events set body = regexp_replace(body, '"aloneAt":[0-9]+', '"aloneAt":${Date.now() - 1000}')
       where type = 'approval_requested'`,
    );
    handrail.store.forget(1);
    const alone: What = { do: 'go alone', at, hash, reason: 'Nobody else is awake' };
    expect(await send('ana', alone, 1)).toMatchObject({ ok: true });
    await settled();
    expect(runs).toBe(1);
  });

  it('the requester must still be allowed to start it', async () => {
    const hash = await plannedHash('click');
    expect(await send('ben', { do: 'confirm', at, hash }, 1)).toMatchObject({ ok: true });
    usergroups = {};
    expect(await settled()).toBe('The right to do this was taken away in the meantime.');
    expect([runs, (await one())?.outcome?.outcome]).toEqual([0, 'failed']);
  });

  it('a confirmation that is too old is told as such, and confirmed again it is called', async () => {
    const hash = await plannedHash('click');
    await send('ana', { do: 'confirm', at, hash }, 1);
    await pool.query(`update attempts set created_at = now() - interval '6 minutes' where state = 'queued'`);
    expect(await settled()).toBe(
      'Nothing was changed: the call could not be made within 5 min of the confirmation, so it is void. Confirm again.',
    );
    expect([runs, (await one())?.phase]).toEqual([0, 'planned']);
    await send('ana', { do: 'confirm', at, hash }, 1);
    await expect.poll(async () => (await one())?.closedAs, { timeout: 10_000 }).toBe('done');
    expect(runs).toBe(1);
  });
});

describe('Stop in the middle of a call', () => {
  async function stop(): Promise<void> {
    const hash = await plannedHash('click');
    let begun = () => undefined as void;
    const begins = new Promise<void>((resolve) => {
      begun = () => resolve();
    });
    // As a dump that was started: it goes on until somebody ends it, whoever waits for it.
    during = async ({ signal }) => {
      begun();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
    await send('ana', { do: 'confirm', at, hash }, 1);
    work();
    await begins;
    expect((await one())?.phase).toBe('calling');
    expect(await send('ben', { do: 'stop', at }, 1)).toMatchObject({ ok: true });
  }

  it('ends the work itself, and what it left is looked at: half of it is there', async () => {
    trace = () => 'cannot tell';
    size = 2;
    await stop();
    await expect
      .poll(async () => (await one())?.outcome?.says, { timeout: 10_000 })
      .toBe('Somebody pressed Stop.');
    await expect.poll(async () => (await one())?.phase, { timeout: 10_000 }).toBe('decide');
    expect([runs, stopped]).toEqual([1, 1]);
    const end = async () => (await state())?.looseEnds.get('L1.grow.1.0');
    await expect.poll(async () => (await end())?.state, { timeout: 10_000 }).toBe('open');
    expect((await end())?.says).toBe('Checked: it is still there.');
    expect(await queued(pool, 10)).toEqual([]);
  });

  it('and it is gone', async () => {
    trace = () => 'cannot tell';
    await stop();
    const end = async () => (await state())?.looseEnds.get('L1.grow.1.0');
    await expect.poll(async () => (await end())?.says, { timeout: 10_000 }).toBe('Checked: it is gone.');
    expect(await probes()).toBe(1);
  });

  it('is verified when it was made all the same, and looked at as well', async () => {
    trace = () => 'made';
    size = 3;
    await stop();
    await expect.poll(async () => (await one())?.closedAs, { timeout: 10_000 }).toBe('done');
    await expect.poll(probes, { timeout: 10_000 }).toBe(1);
    expect((await state())?.looseEnds.get('L1.grow.1.0')?.state).toBe('open');
  });

  it('needs no look when its trace proves that nothing was made', async () => {
    trace = () => 'not made';
    await stop();
    await expect.poll(async () => (await one())?.found?.happened, { timeout: 10_000 }).toBe('not made');
    expect((await state())?.looseEnds.get('L1.grow.1.0')?.state).toBe('gone');
    expect(await probes()).toBe(0);
  });
});
