// `handrail runbook draft`: the file leaves the house, so it holds no secret and no address of that night.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { draftHere } from '../../src/cli/runbook-draft.ts';
import type { Asker, What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import { Store } from '../../src/store/store.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { ana, bot, PureDoor, runbookOf } from '../support/pure-door.ts';

const SECRET = 'hunter22';
const TEXT = `
apiVersion: runbook/v1
id: look
title: Look
summary: Looks.
owner: "@ops"
reviewed: 2026-01-01
params: { name: { type: string, label: Which?, required: true } }
steps:
  - id: now
    kind: check
    title: Look
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    verdict: [{ else: ok, says: It is there. }]
`;

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase(migrated);
  folder = mkdtempSync(join(tmpdir(), 'handrail-draft-'));
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  const store = new Store(pool, () => undefined);
  const { knows } = new PureDoor();
  let ids = 0;
  const send = async (what: What, incident?: number, by: Asker = ana) => {
    const where = incident === undefined ? {} : { incident };
    const answer = await handle(store, knows, { id: `d${++ids}`, ...where, by, now: 1000, what });
    if (!answer.ok) throw new Error(answer.says);
  };
  const rest = {
    noticed: '',
    since: 1,
    zone: 'UTC',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  };
  await send({ do: 'declare', body: { title: 'x', severity: 'SEV2', namespace: 'prod', ...rest } });
  const params = { name: `postgres://web:${SECRET}@db/x of jane@example.org` };
  await send({ do: 'start run', runbook: runbookOf(TEXT), hash: 'h', params }, 1);
  const [attempt] = (await pool.query<{ id: string }>('select id from attempts')).rows;
  const outcome = { purpose: 'check', result: { ok: true, out: { size: 1 } } } as const;
  const at = { run: 1, step: 'now', try: 1 };
  await send({ do: 'settle', attempt: attempt?.id ?? '', at, outcome, seconds: 1 }, 1, bot);
  await pool.end();
});
afterAll(async () => {
  await database?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const draft = async (values: { readonly out?: string }) => {
  const printed: string[] = [];
  const take = (line: string) => printed.push(line);
  await draftHere({
    env: { DATABASE_URL: database.url, HANDRAIL_HOME: folder },
    folder,
    stdin: async () => new Uint8Array(),
    names: ['INC-1'],
    values,
    print: take,
    warn: take,
  });
  return printed.join('\n');
};

it('prints the values of that night without what is secret or personal in them', async () => {
  const text = await draft({});
  expect(text).toContain('postgres://[redacted]@db/x');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('jane@example.org');
});

it('and writes them so into a file', async () => {
  const out = join(folder, 'draft.yaml');
  await draft({ out });
  const text = readFileSync(out, 'utf8');
  expect(text).toContain('postgres://[redacted]@db/x');
  expect(text).not.toMatch(new RegExp(`${SECRET}|jane@example`));
});
