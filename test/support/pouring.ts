/** An action without any guard, for tests: each call is one more row of the table `world`, whoever made one before. */
import type pg from 'pg';
import { z } from 'zod';
import type { Action, ChangingCall } from '../../src/actions/action.ts';
import { register } from './pure-door.ts';

export function pouring(pool: pg.Pool, beforeWrite: () => Promise<void>): Map<string, Action> {
  const rights = { kubernetes: [], postgres: [] };
  const poured = async (): Promise<number> => {
    const { rowCount } = await pool.query('select from world');
    return rowCount ?? 0;
  };
  const size = { ...register('t.size'), rights, run: async () => ({ size: (await poured()) > 0 ? 3 : 1 }) };
  const resize = {
    ...register('t.resize'),
    output: z.object({ size: z.int() }),
    rights,
    guard: 'none',
    plan: async () => ({
      target: { kind: 'thing', namespace: 'prod', name: 'disk' },
      changes: [{ field: 'size', before: String(await poured()), after: '3' }],
      values: { before: 1, after: 3 },
      notes: [],
      unknowns: [],
    }),
    run: async ({ operation }: ChangingCall) => {
      await beforeWrite();
      await pool.query('insert into world values ($1)', [operation]);
      return { size: 3 };
    },
    happened: async ({ operation }: ChangingCall) => {
      const { rowCount } = await pool.query('select from world where operation = $1', [operation]);
      return rowCount === 0 ? 'not made' : 'made';
    },
  };
  return new Map([size, resize].map((action) => [action.name ?? '', action as unknown as Action]));
}
