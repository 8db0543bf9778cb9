/** `wait` through the performer on a real PostgreSQL: it holds no worker, outlives its process, and people end it early. */
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { reading } from '../../../src/actions/define.ts';
import { waitActions } from '../../../src/actions/wait/index.ts';
import { assemble, type Handrail } from '../../../src/assemble.ts';
import { parseHandrailYaml } from '../../../src/config/handrail-yaml.ts';
import type { What } from '../../../src/incidents/commands.ts';
import { mainTry } from '../../../src/incidents/state.ts';
import { type Loop, startLoop } from '../../../src/perform/loop.ts';
import { bellsHere } from '../../../src/queue/bells.ts';
import { parseRunbook } from '../../../src/runbooks/parse.ts';
import { stepLine } from '../../../src/slack/views/steps.ts';
import { underWay } from '../../../src/store/attempts.ts';
import { freshDatabase } from '../../support/database.ts';
import { migrated } from '../../support/migrated.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };

let looked = 0;
const look = reading({
  name: 't.look',
  version: 1,
  params: z.object({}),
  output: z.object({ ok: z.boolean() }),
  rights: { kubernetes: [], postgres: [] },
  byHand: () => ['look'],
  async run() {
    looked++;
    return { ok: true };
  },
});
const actions = [...waitActions, look];
const byName = new Map(actions.map((action) => [action.name, action]));

const file = (seconds: string, more = '') => `
apiVersion: runbook/v1
id: pause
title: Pause
summary: Waits, then looks.
owner: "@ops"
reviewed: 2026-01-01
params:
  long: { type: int, label: How long, default: 600 }
steps:
  - id: rest
    kind: check
    title: Let the caches expire
    uses: wait
    with: { seconds: ${seconds} }
    timeout: 10s
    verdict: [{ else: ok, says: "\${{ out.seconds }} are over." }]
  - id: after
    kind: check
    title: And now?
    uses: t.look
    timeout: 10s
    verdict: [{ else: ok, says: Looked. }]
${more}`;

const problemsOf = (text: string) =>
  parseRunbook(text, 'pause.yaml', (name) => byName.get(name), '2026-01-02').problems.map(
    ({ code, says }) => `${code} ${says}`,
  );
function runbookOf(text: string) {
  const { runbook } = parseRunbook(text, 'pause.yaml', (name) => byName.get(name), '2026-01-02');
  if (!runbook) throw new Error(problemsOf(text).join('\n'));
  return runbook;
}

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let handrail: Handrail;
let loop: Loop | undefined;
let ids = 0;

beforeAll(async () => {
  database = await freshDatabase(migrated);
  pool = new pg.Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  looked = 0;
  handrail = started();
});
afterEach(async () => {
  await loop?.stop(30_000);
  loop = undefined;
});

/** As a process does when it starts: it knows nothing but what is in the database. */
function started(): Handrail {
  const { config } = parseHandrailYaml(
    'zone: UTC\npeople:\n  ana: { name: Ana, slack: U0000000ANA }\naccess:\n  everywhere:\n    operate: [ana]\n',
    'handrail.yaml',
  );
  if (!config) throw new Error('the configuration does not load');
  return assemble({
    pool,
    bells: bellsHere(),
    config: { handrail: config, catalog: { systems: [] }, secret: () => undefined },
    actions,
    runbooks: () => new Map(),
    kubernetes: async () => {
      throw new Error('there is no cluster');
    },
    log: pino({ level: 'silent' }),
    times: { leaseMs: 20_000, pollMs: 20 },
  });
}

async function send(what: What, incident?: number) {
  const answer = await handrail.send({
    id: `w${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: handrail.asker({ id: 'slack:U0000000ANA' }, undefined, []),
    now: Date.now(),
    what,
  });
  expect(answer).toMatchObject({ ok: true });
}

async function begin(seconds: string): Promise<void> {
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
  await send({ do: 'declare', body: { ...body, invited: [] } });
  await send({ do: 'start run', runbook: runbookOf(file(seconds)), hash: 'h', params: { long: 600 } }, 1);
}

function work(): void {
  loop = startLoop(handrail.worker, bellsHere(), { sweepMs: 20, concurrency: 1 });
}
const run = () => handrail.store.look(1, (incident) => incident.runs.get(1));
const rest = async () => mainTry((await run())?.steps.get('rest'));
const states = async () =>
  (await pool.query<{ state: string }>(`select state from attempts order by id`)).rows;
const becomesDue = () => pool.query(`update attempts set not_before = now() where state = 'queued'`);

it('goes on by itself when the time is over', async () => {
  await begin('1');
  work();
  await expect.poll(async () => (await run())?.ended !== undefined, PATIENCE).toBe(true);
  expect(await rest()).toMatchObject({ verdict: 'ok', lastSays: '1 s are over.' });
  expect(looked).toBe(1);
});

it('holds no worker, says when it goes on, and outlives the process', async () => {
  await begin('"${{ params.long }}"');
  work();
  // The only place of this worker is free: what else is asked goes through.
  await send(
    { do: 'start run', runbook: { ...runbookOf(file('1')), id: 'other' }, hash: 'i', params: {} },
    1,
  );
  await expect
    .poll(
      async () => handrail.store.look(1, (incident) => incident.runs.get(2)?.ended !== undefined),
      PATIENCE,
    )
    .toBe(true);
  expect((await rest())?.phase).toBe('checking');
  const [call] = (await underWay(pool, 1)).filter((one) => one.run === 1);
  const left = (call?.until ?? 0) - Date.now();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(600_000);
  const state = await run();
  const [step] = state?.runbook.steps ?? [];
  if (!state || !step || !call) throw new Error('nothing waits');
  expect(stepLine(state, step, 0, [call])).toMatch(/waits, goes on by itself at <!date\^\d+\^/);

  await loop?.stop(30_000);
  handrail = started();
  work();
  expect((await rest())?.phase).toBe('checking');
  expect(await states()).toContainEqual({ state: 'queued' });
  await becomesDue();
  await expect.poll(async () => (await run())?.ended !== undefined, PATIENCE).toBe(true);
  expect(await rest()).toMatchObject({ verdict: 'ok', lastSays: '10 min are over.' });
});

it('is ended early by skipping it; what becomes due later changes nothing', async () => {
  await begin('600');
  work();
  await send({ do: 'skip', at: { run: 1, step: 'rest', try: 1 }, reason: 'They are empty already' }, 1);
  await expect.poll(async () => (await run())?.ended !== undefined, PATIENCE).toBe(true);
  expect(await rest()).toMatchObject({ closedAs: 'skipped' });
  expect(looked).toBe(1);
  await becomesDue();
  await expect.poll(states, PATIENCE).toEqual([{ state: 'settled' }, { state: 'settled' }]);
  expect(await rest()).toMatchObject({ closedAs: 'skipped' });
  expect(looked).toBe(1);
});

it('is a step of its own, and at most ten minutes', () => {
  expect(problemsOf(file('600')).filter((line) => !line.startsWith('RB113'))).toEqual([]);
  expect(problemsOf(file('601')).join('\n')).toContain('RB102 seconds of wait does not take 601');
  const verified = `
  - id: hand
    kind: manual
    title: By hand
    do: Do it.
    by_hand: [do it]
    verify: { uses: wait, with: { seconds: 5 }, until: out.seconds == 5, timeout: 20s }
    leaves: { nothing: it leaves nothing }
`;
  expect(problemsOf(file('600', verified)).join('\n')).toMatch(
    /RB108 wait lets time pass before a step of its own/,
  );
});
