/** Who holds which lock: read from the rows that the door writes. */
import type pg from 'pg';
import type { HeldLock, LockValue } from '../incidents/locks.ts';

/**
 * The held ones of these locks, by key. A call may still arrive as long as its row is not settled: also when it was
 * given up (`unknown`), because a worker that was only frozen may wake up and make it (design/runbooks.md).
 */
export async function heldLocks(pool: pg.Pool, keys: readonly string[]): Promise<HeldLock[]> {
  const { rows } = await pool.query<{ key: string; incident: number; value: string; arrives: boolean }>(
    `select l.key, l.incident, l.value, exists (
       select from attempts a
       where a.incident = l.incident and a.purpose = 'act' and a.state <> 'settled'
         and a.run = (l.value::jsonb ->> 'run')::int and a.step = l.value::jsonb ->> 'step'
         and a.try = (l.value::jsonb ->> 'try')::int
     ) as arrives
     from lookups l where l.kind = 'lock' and l.key = any ($1) order by l.key`,
    [keys],
  );
  return rows.map(({ key, incident, value, arrives }) => {
    const { run, step, try: number, by, since, holder, runbook } = JSON.parse(value) as LockValue;
    const known = run !== undefined && step !== undefined && number !== undefined;
    return {
      key,
      incident,
      by,
      since,
      holder: holder ?? '',
      // A row of an older Handrail does not say whose call it is.
      arrives: known ? arrives : true,
      ...(known ? { at: { run, step, try: number } } : {}),
      ...(runbook ? { runbook } : {}),
    };
  });
}
