/** A runbook that looks at an address and tells a contact: plan, confirmation, one message, and what nobody knows. */
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { httpActions } from '../../../src/actions/http/index.ts';
import { notifyActions } from '../../../src/actions/notify/index.ts';
import { assemble, type Handrail } from '../../../src/assemble.ts';
import { parseHandrailYaml } from '../../../src/config/handrail-yaml.ts';
import type { What } from '../../../src/incidents/commands.ts';
import { mainTry } from '../../../src/incidents/state.ts';
import { type Loop, startLoop } from '../../../src/perform/loop.ts';
import { bellsHere } from '../../../src/queue/bells.ts';
import { parseRunbook } from '../../../src/runbooks/parse.ts';
import { freshDatabase } from '../../support/database.ts';
import { migrated } from '../../support/migrated.ts';
import { Servers } from '../http/web-servers.ts';
import { type Received, received, systemWith } from './stage.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
const actions = [...httpActions, ...notifyActions];
const byName = new Map(actions.map((action) => [action.name, action]));

const TEXT = `
apiVersion: runbook/v1
id: call-platform
title: Call the platform team
summary: Looks at the site and calls for help.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: site
    kind: check
    title: Does the site answer?
    uses: http.check
    with: { address: public }
    timeout: 30s
    verdict:
      - { if: out.ok, is: ok, says: "\${{ out.says }}" }
      - { else: bad, says: "\${{ out.says }}" }
  - id: call
    kind: act
    title: Tell the platform team
    uses: notify.escalate
    with: { contact: Platform, text: "\${{ steps.site.out.says }}" }
    timeout: 60s
    confirm: { level: click }
    verify:
      uses: notify.delivered
      with: { contact: "\${{ steps.call.plan.contact }}", key: "\${{ steps.call.plan.key }}" }
      until: out.found != "no"
      timeout: 20s
    undo: { none: People were called. }
    leaves: { nothing: It only calls people. }
`;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let pool: pg.Pool;
let handrail: Handrail;
let loop: Loop | undefined;
let got: Received[] = [];
let answer = 202;
let ids = 0;
const servers = new Servers();

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
afterEach(async () => {
  await loop?.stop(30_000);
  loop = undefined;
  await servers.close();
});
beforeEach(async () => {
  await pool.query('truncate commands, incident_events, attempts, effects, lookups');
  got = [];
  answer = 202;
  const pager = await servers.web((request, response) => {
    received(request).then(
      (one) => {
        got.push(one);
        response.writeHead(answer, { 'content-type': 'application/json' }).end('{"status":"success"}');
      },
      () => response.destroy(),
    );
  });
  const site = await servers.web((_request, response) => response.writeHead(522).end());
  const { config } = parseHandrailYaml(
    'zone: UTC\npeople:\n  ana: { name: Ana, slack: U0000000ANA }\naccess:\n  everywhere:\n    operate: [ana]\n',
    'handrail.yaml',
  );
  if (!config) throw new Error('the configuration does not load');
  const contacts = [
    {
      name: 'Platform',
      what: 'the cluster',
      escalate: { by: 'pagerduty', keyFrom: 'KEY', url: pager } as const,
    },
  ];
  const system = systemWith(contacts, { addresses: [{ name: 'public', url: site }] });
  handrail = assemble({
    pool,
    bells: bellsHere(),
    config: {
      handrail: config,
      catalog: { systems: [system] },
      secret: (name) => (name === 'KEY' ? 'planted-key-0123456789' : undefined),
    },
    actions,
    runbooks: () => new Map(),
    kubernetes: async () => {
      throw new Error('there is no cluster');
    },
    log: pino({ level: 'silent' }),
    times: { leaseMs: 20_000, pollMs: 50 },
  });
  loop = startLoop(handrail.worker, bellsHere(), { sweepMs: 20, concurrency: 2 });
});

async function send(what: What, incident?: number) {
  const sent = await handrail.send({
    id: `n${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: handrail.asker({ id: 'slack:U0000000ANA' }, undefined, []),
    now: Date.now(),
    what,
  });
  expect(sent).toMatchObject({ ok: true });
}
const call = () => handrail.store.look(1, (incident) => mainTry(incident.runs.get(1)?.steps.get('call')));

/** To the confirmed plan. */
async function confirmed(): Promise<void> {
  const { runbook, problems } = parseRunbook(TEXT, 'call.yaml', (name) => byName.get(name), '2026-01-02');
  expect(problems).toEqual([]);
  if (!runbook) throw new Error('it does not load');
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
  } as const;
  await send({ do: 'declare', body: { ...body, invited: [] } });
  await send({ do: 'start run', runbook, hash: 'h', params: {} }, 1);
  await expect.poll(async () => (await call())?.phase, PATIENCE).toBe('planned');
  const planned = (await call())?.planned;
  expect(planned?.plan.changes.at(-1)?.after).toMatch(/^INC-1: http:.* answered 522 .*behind/);
  // Nobody is told before somebody has agreed to exactly these words.
  expect(got).toEqual([]);
  await send({ do: 'confirm', at: { run: 1, step: 'call', try: 1 }, hash: planned?.hash ?? '' }, 1);
}

it('tells once, in the words that were confirmed, and keeps no key', async () => {
  await confirmed();
  await expect.poll(async () => (await call())?.phase, PATIENCE).toBe('closed');
  expect(await call()).toMatchObject({ closedAs: 'done' });
  expect(got).toHaveLength(1);
  const { plan } = (await call())?.planned ?? {};
  expect(got[0]?.body).toMatchObject({
    dedup_key: plan?.values['key'],
    payload: { summary: plan?.values['text'] },
  });
  const { rows } = await pool.query('select body from incident_events union all select input from attempts');
  expect(JSON.stringify(rows)).not.toContain('planted');
});

it('is not sent a second time when nobody knows: a person decides', async () => {
  answer = 503;
  await confirmed();
  await expect.poll(async () => (await call())?.phase, PATIENCE).toBe('decide');
  expect(await call()).toMatchObject({ outcome: { outcome: 'unknown' }, found: { happened: 'cannot tell' } });
  expect(got).toHaveLength(1);
});
