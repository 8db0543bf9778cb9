/** Deadlines that fell due: commands waiting for their time. The row goes when its command has been taken in. */
import type pg from 'pg';
import type { What } from '../incidents/commands.ts';

export interface Due {
  readonly key: string;
  readonly incident: number;
  readonly what: What;
  /** ms since 1970. */
  readonly due: number;
}

export async function dueDeadlines(pool: pg.Pool): Promise<Due[]> {
  const { rows } = await pool.query<{ key: string; incident: number; value: string; due: Date }>({
    name: 'due',
    text: `select key, incident, value, due from lookups where kind = 'deadline' and due <= now() order by due limit 50`,
  });
  return rows.map(({ key, incident, value, due }) => ({
    key,
    incident,
    what: JSON.parse(value) as What,
    due: due.getTime(),
  }));
}

export async function dropDeadline(pool: pg.Pool, key: string): Promise<void> {
  await pool.query(`delete from lookups where kind = 'deadline' and key = $1`, [key]);
}
