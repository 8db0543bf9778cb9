// Undo all on a real PostgreSQL, over two processes: two people start it at once, and one process dies between two undos.
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Action, ChangingCall } from '../../src/actions/action.ts';
import { assemble, type Handrail } from '../../src/assemble.ts';
import { parseHandrailYaml } from '../../src/config/handrail-yaml.ts';
import type { What } from '../../src/incidents/commands.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { type Loop, startLoop } from '../../src/perform/loop.ts';
import { bellsHere } from '../../src/queue/bells.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { register, runbookOf } from '../support/pure-door.ts';

const names = ['first', 'second', 'third'] as const;
const act = (id: string) => `
  - id: ${id}
    kind: act
    title: Resize ${id}
    uses: t.resize
    with: { name: ${id}, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/thing/${id}]
    verify: { uses: t.size, with: { name: ${id} }, until: out.size == 3, timeout: 5s }
    undo: auto
    leaves:
      temporary: a larger ${id}
      until: incident-close
      probe: { uses: t.size, with: { name: ${id} }, gone: out.size == steps.${id}.plan.before }`;
const runbook = runbookOf(`
apiVersion: runbook/v1
id: three
title: Three
summary: Three changes.
owner: "@ops"
reviewed: 2026-01-01
steps:${names.map(act).join('')}
`);
const configuration = `
zone: UTC
people:
  ana: { name: Ana, slack: U0000000ANA }
  ben: { name: Ben, slack: U0000000BEN }
access:
  everywhere:
    operate: [ana, ben]
`;

/** The world: each thing's size, and every change that was made to it. */
const sizes = new Map<string, number>();
const changes: string[] = [];
const rights = { kubernetes: [], postgres: [] };
const sizeOf = (params: Record<string, unknown>) => sizes.get(String(params.name)) ?? 1;
const actions = [
  {
    ...register('t.size'),
    rights,
    run: async ({ params }: { params: Record<string, unknown> }) => ({ size: sizeOf(params) }),
  },
  {
    ...register('t.resize'),
    rights,
    guard: 'none',
    plan: async ({ params }: { params: Record<string, unknown> }) => ({
      target: { kind: 'thing', namespace: 'prod', name: String(params.name) },
      changes: [{ field: 'size', before: String(sizeOf(params)), after: String(params.size) }],
      values: { before: sizeOf(params), after: Number(params.size) },
      notes: [],
      unknowns: [],
      undo: { name: params.name, size: sizeOf(params) },
    }),
    run: async ({ params }: ChangingCall) => {
      const size = Number(params.size);
      sizes.set(String(params.name), size);
      changes.push(`${String(params.name)} ${size}`);
      return { size };
    },
    happened: async () => 'made',
  },
] as unknown as Action[];

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

/** One process: a store and a worker of its own over the same database. */
function processOf(): Handrail {
  const { config, problems } = parseHandrailYaml(configuration, 'handrail.yaml');
  if (!config) throw new Error(JSON.stringify(problems));
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
    times: { leaseMs: 2000, pollMs: 20 },
  });
}
function works(handrail: Handrail): Loop {
  const loop = startLoop(handrail.worker, bellsHere(), { sweepMs: 20, concurrency: 2 });
  loops.push(loop);
  return loop;
}

function send(handrail: Handrail, who: 'ana' | 'ben', what: What, incident?: number) {
  return handrail.send({
    id: `u${++ids}`,
    ...(incident === undefined ? {} : { incident }),
    by: handrail.asker({ id: `slack:U0000000${who.toUpperCase()}` }, undefined),
    now: Date.now(),
    what,
  });
}

/** Confirms the plan of this step that waits now, and waits until it is over. */
async function confirm(handrail: Handrail, step: string): Promise<void> {
  const one = () => handrail.store.look(1, (state) => lastTry(state.runs.get(1)?.steps.get(step)));
  await expect.poll(async () => (await one())?.phase, { timeout: 10_000 }).toBe('planned');
  const waiting = await one();
  const at = { run: 1, step, try: waiting?.try ?? 0 };
  const hash = waiting?.planned?.hash ?? '';
  expect(await send(handrail, 'ana', { do: 'confirm', at, hash }, 1)).toMatchObject({ ok: true });
  await expect.poll(async () => (await one())?.phase, { timeout: 10_000 }).toBe('closed');
}

it('goes on where a process died, and is started once', async () => {
  const dying = processOf();
  const body = {
    title: 'x',
    severity: 'SEV2' as const,
    namespace: 'prod',
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  };
  expect(await send(dying, 'ana', { do: 'declare', body })).toMatchObject({ ok: true });
  await send(dying, 'ana', { do: 'start run', runbook, hash: 'h', params: {} }, 1);
  const work = works(dying);
  for (const name of names) await confirm(dying, name);

  const other = processOf();
  const answers = await Promise.all([
    send(dying, 'ana', { do: 'unwind', run: 1 }, 1),
    send(other, 'ben', { do: 'unwind', run: 1 }, 1),
  ]);
  expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
  const told = answers.find((answer) => !answer.ok);
  expect(told).toMatchObject({ code: 'unwinding' });
  expect(told?.says).toMatch(/^(Ana|Ben) is already undoing run 1: 0 of 3 done, now “Resize third”\.$/);

  await confirm(dying, 'third');
  // Between two undos: the next one is asked for in the same write that ended this one.
  await work.stop(5000);
  const heir = processOf();
  works(heir);
  await confirm(heir, 'second');
  await confirm(heir, 'first');
  await expect
    .poll(() => heir.store.look(1, (state) => state.runs.get(1)?.unwinding?.ended?.why), { timeout: 10_000 })
    .toBe('finished');

  expect(changes).toEqual(['first 3', 'second 3', 'third 3', 'third 1', 'second 1', 'first 1']);
  const ends = await heir.store.look(1, (state) => [...state.looseEnds.values()].map((end) => end.state));
  expect(ends).toEqual(['gone', 'gone', 'gone']);
  const lines = timeline(await heir.store.events(1)).map(({ text }) => text);
  expect(lines.filter((text) => text.startsWith('Unwinding'))).toEqual([
    'Unwinding run 1: 3 changes, newest first.',
  ]);
  expect(lines.at(-1)).toBe('Run 1 is unwound: All 3 changes are taken back.');
});
