/** Who holds which lock: read from the rows that the door writes. */
import type pg from 'pg';
import type { HeldLock, LockValue } from '../incidents/locks.ts';

/**
 * The held ones of these locks, by key. A call may still arrive as long as its row is not settled: also when it was
 * given up (`unknown`), because a worker that was only frozen may wake up and make it (design/runbooks.md).
 */
export async function heldLocks(pool: pg.Pool, keys: readonly string[]): Promise<HeldLock[]> {
  const { rows } = await pool.query<{ key: string; incident: number; value: string; running: number[] }>(
    `select l.key, l.incident, l.value, array(
       select h.n from lock_holders(l.value::jsonb, l.incident) h
       -- A row of an older Handrail does not say whose call it is.
       where h.entry ->> 'run' is null or exists (
         select from attempts a
         where a.incident = (h.entry ->> 'incident')::int and a.purpose = 'act' and a.state <> 'settled'
           and a.run = (h.entry ->> 'run')::int and a.step = h.entry ->> 'step'
           and a.try = (h.entry ->> 'try')::int
       ) order by h.n
     ) as running
     from lookups l where l.kind = 'lock' and l.key = any ($1) order by l.key`,
    [keys],
  );
  return rows.map(({ key, incident, value, running }) => {
    const head = JSON.parse(value) as LockValue;
    const { run, step, try: number, by, since, holder, runbook, under = [] } = head;
    const known = run !== undefined && step !== undefined && number !== undefined;
    const everyone = [head, ...under];
    return {
      key,
      incident,
      by,
      since,
      holder: holder ?? '',
      running: running.map((n) => ({
        by: everyone[n]?.by ?? by,
        incident: (n === 0 ? undefined : everyone[n]?.incident) ?? incident,
      })),
      ...(known ? { at: { run, step, try: number } } : {}),
      ...(runbook ? { runbook } : {}),
    };
  });
}
