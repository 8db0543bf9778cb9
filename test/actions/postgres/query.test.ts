// Questions that handrail.yaml has written down, asked of a real server: typed values, only reading, nothing hidden shown.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import type { NamedQuery } from '../../../src/catalog/catalog.ts';
import { describeWith } from '../../support/requirements.ts';
import { catalogOf, entry, type Surge, startSurge } from './surge-stage.ts';

describeWith(['controlPlane', 'postgres', 'pgClient'], 'postgres.query on a real server', () => {
  let surge: Surge;
  beforeAll(async () => {
    surge = await startSurge();
    await surge.server.run(
      'app',
      'create table orders (id bigint primary key, email text, state text)',
      "insert into orders values (7, 'jane@example.org', 'open'), (8, 'jo@example.org', 'open'), (9007199254740993, null, 'sent')",
      'grant select, update on orders to watcher, site',
    );
  });
  afterAll(async () => {
    await surge?.stop();
  });
  afterEach(() => surge.leave());

  const look = async <O>(name: string, params: object = {}, more: object = surge.reach()): Promise<O> => {
    const action = actionNamed(name) as ReadingAction<never, O>;
    const call = surge.stage.call(action.params.parse({ service: 'db', ...params }), more);
    return action.output.strict().parse(await action.run(call as never)) as O;
  };
  const failure = async (promise: Promise<unknown>): Promise<ActionFailed> => {
    const error: unknown = await promise.then(
      (value) => new Error(`it gave ${JSON.stringify(value)}`),
      (thrown: unknown) => thrown,
    );
    if (error instanceof ActionFailed) return error;
    throw error;
  };
  const query = (more: Partial<NamedQuery> = {}): NamedQuery => ({
    name: 'open-orders',
    title: 'Orders that are open',
    sql: 'select id, email, orders.state from orders, params where orders.state = params.state order by id -- the oldest first',
    params: { state: 'text' },
    rows: 50,
    timeoutSeconds: 5,
    sensitive: ['email'],
    ...more,
  });
  const ask = (named: NamedQuery, values: object = {}, name = named.name) =>
    look<{
      rows: number;
      truncated: boolean;
      lines: string[];
      value: string;
      number?: number;
      columns: string[];
    }>(
      'postgres.query',
      { query: name, values },
      surge.reach({ catalog: catalogOf(entry({ queries: [named] })) }),
    );

  it('gives rows without the columns that are nobody’s business', async () => {
    expect(await ask(query(), { state: 'open' })).toMatchObject({
      title: 'Orders that are open',
      rows: 2,
      truncated: false,
      columns: ['id', 'email', 'state'],
      lines: ['id = 7, email = (hidden), state = open', 'id = 8, email = (hidden), state = open'],
    });
    expect(await ask(query({ rows: 1 }), { state: 'open' })).toMatchObject({ rows: 1, truncated: true });
    expect(await ask(query(), { state: "x' or 'a' = 'a" })).toMatchObject({
      rows: 0,
      lines: [],
      value: '',
    });
  });

  it('gives one value as text and number, exactly', async () => {
    const count = query({ sql: 'select count(*) from orders', params: {}, sensitive: [] });
    expect(await ask(count)).toMatchObject({ value: '3', number: 3 });
    const one = query({ sql: "select id from orders where state = 'sent'", params: {}, sensitive: [] });
    const exact = await ask(one);
    expect([exact.value, exact.number]).toEqual(['9007199254740993', undefined]);
  });

  it('takes values by their types and nothing else', async () => {
    const typed = query({
      sql: 'select params.n + 1 as n, params.t, params.b, params.u, params.at is not null as at from params',
      params: { n: 'bigint', t: 'text', b: 'boolean', u: 'uuid', at: 'timestamptz' },
      sensitive: [],
    });
    const values = {
      n: 41,
      t: "it's",
      b: true,
      u: '6f1c2d1e-0000-4000-8000-000000000000',
      at: '2026-11-20T13:24:00Z',
    };
    expect((await ask(typed, values)).lines).toEqual([
      "n = 42, t = it's, b = true, u = 6f1c2d1e-0000-4000-8000-000000000000, at = true",
    ]);
    expect((await failure(ask(typed, { ...values, n: '1; drop table orders' }))).says).toMatch(
      /cannot take 1; drop table orders as n \(bigint\)/,
    );
    expect((await failure(ask(typed, { n: 1 }))).says).toMatch(/Missing: t, b, u, at\./);
    expect((await failure(ask(query(), { state: 'open', more: 1 }))).says).toMatch(/does not know more/);
    expect((await failure(ask(query(), {}, 'open-order'))).says).toMatch(
      /no query named open-order for db\. Did you mean open-orders\?/,
    );
  });

  it('only reads, whatever it says, and ends in time', async () => {
    for (const sql of [
      'with gone as (delete from orders returning id) select * from gone',
      "select nextval('numbers')",
      'select * from orders for update',
    ]) {
      await surge.server.run(
        'app',
        'create sequence if not exists numbers',
        'grant usage on sequence numbers to watcher',
        'grant delete on orders to watcher',
      );
      const refused = await failure(ask(query({ sql, params: {} })));
      expect(refused.says, sql).toMatch(/read-only transaction|data-modifying/);
    }
    const slow = await failure(ask(query({ sql: 'select pg_sleep(3600)', params: {}, timeoutSeconds: 1 })));
    expect(slow.says).toMatch(/did not answer in time.*statement timeout/);
    expect(await ask(query({ sql: 'select count(*) from orders', params: {}, sensitive: [] }))).toMatchObject(
      { number: 3 },
    );
  });

  it('reads another database of the same server, by psql in the pod too', async () => {
    const named = query({
      sql: 'select current_database()::text as d',
      params: {},
      sensitive: [],
      database: 'postgres',
    });
    expect(await ask(named)).toMatchObject({ value: 'postgres', way: 'port-forward' });
    const { user: _user, passwordFrom: _from, ...rest } = entry({ queries: [{ ...named, database: 'app' }] });
    const by = await look<{ value: string; way: string }>(
      'postgres.query',
      { query: named.name },
      surge.reach({ catalog: catalogOf(rest) }),
    );
    expect([by.value, by.way]).toEqual(['app', 'psql in the pod']);
  });
});
