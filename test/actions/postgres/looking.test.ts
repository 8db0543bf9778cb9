// What else a responder asks a real server: long statements, locks, followers, settings, and questions of handrail.yaml.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChangingAction, ChangingCall, ReadingAction } from '../../../src/actions/action.ts';
import { ActionFailed } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { describeWith } from '../../support/requirements.ts';
import { AT, type Surge, startSurge } from './surge-stage.ts';

interface Party {
  session: string;
  query: string;
  user: string;
  state: string;
  kind: string;
}

describeWith(['controlPlane', 'postgres', 'pgClient'], 'looking into a real server', () => {
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
  /** A client that works on a statement until it is ended. */
  const working = async (sql: string, user = 'site') => {
    const client = await surge.client(AT.current, { user });
    client.query(sql).catch(() => undefined);
    return client;
  };

  describe('postgres.long-queries', () => {
    it('shows what works and what only lies open, without the statements in what people read', async () => {
      await working("select pg_sleep(3600) /* 'jane@example.org' */");
      const open = await surge.client(AT.current);
      await open.query('begin');
      await open.query("update orders set state = state where email = 'jane@example.org'");
      const out = await waitUntil('both are seen', async () => {
        const seen = await look<{
          queries: Party[];
          count: number;
          idle_in_transaction: number;
          statements: string[];
        }>('postgres.long-queries', { min_seconds: 0 });
        return seen.count === 2 && seen.idle_in_transaction === 1 ? seen : undefined;
      });
      const { statements, ...shown } = out;
      expect(shown.queries.map(({ kind, state }) => `${kind} ${state}`).toSorted()).toEqual([
        'SELECT active',
        'UPDATE idle in transaction',
      ]);
      expect(JSON.stringify(shown)).not.toContain('jane@');
      expect(statements.join()).toContain('jane@');
      expect(actionNamed('postgres.long-queries')?.sensitive).toEqual(['statements']);
      expect(shown.queries.filter(({ query }) => query === '')).toMatchObject([{ kind: 'UPDATE' }]);
      expect(await look('postgres.long-queries', { min_seconds: 3600 })).toMatchObject({
        count: 0,
        longest_seconds: 0,
      });
    });
  });

  describe('postgres.cancel-query', () => {
    const cancel = actionNamed('postgres.cancel-query') as ChangingAction<unknown, { ended: boolean }>;
    const queryOf = (pid: number) =>
      waitUntil('the statement is seen', async () => {
        const { queries } = await look<{ queries: Party[] }>('postgres.long-queries', { min_seconds: 0 });
        return queries.find(({ query }) => query.startsWith(`${pid} since`))?.query;
      });
    const planned = async (query: string) => {
      const params = { service: 'db', query };
      const plan = await cancel.plan(surge.stage.call(params, surge.reach()));
      return surge.stage.changingCall(params, plan, surge.reach()) as never as ChangingCall<never>;
    };
    const pidOf = (client: unknown) => (client as { processID: number }).processID;

    it('ends the statement and leaves the session', async () => {
      const client = await surge.client(AT.current);
      const ended = client.query('select pg_sleep(3600)').then(
        () => 'it ended by itself',
        (error: Error) => error.message,
      );
      const call = await planned(await queryOf(pidOf(client)));
      expect(call.plan.changes).toEqual([
        {
          field: `SELECT of site (django) in app, process ${pidOf(client)}`,
          before: 'running',
          after: 'cancelled',
        },
      ]);
      expect(await cancel.happened(call)).toBe('not made');
      expect(await cancel.run(call)).toEqual({ ended: true });
      expect(await cancel.happened(call)).toBe('made');
      expect(await ended).toBe('canceling statement due to user request');
      expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    });

    it('leaves the next statement of the same session alone', async () => {
      const client = await surge.client(AT.current);
      const first = client.query('select pg_sleep(3600)').catch(() => undefined);
      const call = await planned(await queryOf(pidOf(client)));
      await surge.server.run('postgres', `select pg_cancel_backend(${pidOf(client)})`);
      await first;
      const next = client.query('select pg_sleep(3600)').catch((error: Error) => error.message);
      const query = await queryOf(pidOf(client));
      expect(await cancel.run(call)).toEqual({ ended: true });
      expect(await queryOf(pidOf(client))).toBe(query);
      expect((await failure(planned(call.plan.values['query'] as string))).says).toMatch(
        /does not run any more/,
      );
      await surge.server.run('postgres', `select pg_cancel_backend(${pidOf(client)})`);
      await next;
    });
  });

  describe('postgres.locks', () => {
    it('names the one that everybody waits for, also behind others', async () => {
      const head = await surge.client(AT.current);
      await head.query('begin');
      await head.query('update orders set state = state where id = 7');
      await working('alter table orders add column note text', 'postgres');
      await waitUntil(
        'the second waits',
        async () => (await look<{ waiting: number }>('postgres.locks')).waiting === 1,
      );
      await working('select count(*) from orders');
      const out = await waitUntil('the third waits', async () => {
        const seen = await look<{
          waiting: number;
          heads: (Party & { blocks: number })[];
          head_sessions: string[];
          waiters: (Party & { on: string })[];
          lines: string[];
        }>('postgres.locks');
        return seen.waiting === 2 ? seen : undefined;
      });
      expect(out.heads).toMatchObject([
        { state: 'idle in transaction', kind: 'UPDATE', blocks: 2, query: '' },
      ]);
      expect(out.head_sessions[0]).toMatch(
        new RegExp(`^${(head as unknown as { processID: number }).processID} since`),
      );
      expect(out.waiters.map(({ kind, on }) => `${kind} ${on}`).toSorted()).toEqual([
        'ALTER AccessExclusiveLock on orders',
        'SELECT AccessShareLock on orders',
      ]);
      expect(out.lines).toEqual(['site (django) holds up 2: idle in transaction, last UPDATE']);
      await head.query('rollback');
    });

    it('is quiet when nobody waits', async () => {
      expect(await look('postgres.locks')).toMatchObject({
        waiting: 0,
        heads: [],
        longest_wait_seconds: 0,
        unknowns: [],
      });
    });
  });

  describe('postgres.replication', () => {
    it('names slots that nobody reads', async () => {
      await surge.server.run('postgres', "select pg_create_physical_replication_slot('forgotten', true)");
      try {
        expect(await look('postgres.replication')).toMatchObject({
          in_recovery: false,
          replicas: [],
          streaming: 0,
          inactive_slots: ['forgotten'],
          slots: [{ name: 'forgotten', kind: 'physical', active: false }],
        });
      } finally {
        await surge.server.run('postgres', "select pg_drop_replication_slot('forgotten')");
      }
    });
  });

  describe('postgres.settings', () => {
    it('shows the limits with their units, and what waits for a restart', async () => {
      await surge.server.run(
        'postgres',
        "alter system set wal_buffers = '2MB'",
        'alter role site connection limit 32',
        'select pg_reload_conf()',
      );
      const out = await waitUntil('the file was read again', async () => {
        const seen = await look<{ pending_restart: string[]; lines: string[]; limits: string[] }>(
          'postgres.settings',
        );
        return seen.pending_restart.includes('wal_buffers') ? seen : undefined;
      }).finally(() =>
        surge.server.run(
          'postgres',
          'alter system reset wal_buffers',
          'alter role site connection limit -1',
          'select pg_reload_conf()',
        ),
      );
      expect(out.lines.join()).toMatch(/max_connections = 20\b/);
      expect(out.lines).toContain('idle_session_timeout = 0 ms');
      expect(out.limits).toEqual(['role site: at most 32 connections']);
    });

    it('says what it does not know', async () => {
      expect(await look('postgres.settings', { names: ['lock_timeout', 'no_such'] })).toMatchObject({
        lines: ['lock_timeout = 0 ms'],
        unknowns: ['no_such: this server has no such setting, or the role may not see it'],
      });
    });
  });
});
