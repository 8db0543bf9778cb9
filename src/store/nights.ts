/** Snapshots that are taken each night of every namespace, so that a comparison reaches back before a declaration. */
import type pg from 'pg';
import type { Snapshot } from '../incidents/baseline/snapshot.ts';

/** So often one is tried in a night; then the next night's turn is waited for. */
const MOST_TRIES = 6;

/** Namespaces whose snapshot of this night is there, or was given up. */
export async function nightsDone(pool: pg.Pool, night: string): Promise<Set<string>> {
  const { rows } = await pool.query<{ namespace: string }>({
    name: 'nights-done',
    text: 'select namespace from snapshots where night = $1 and (body is not null or tries >= $2)',
    values: [night, MOST_TRIES],
  });
  return new Set(rows.map(({ namespace }) => namespace));
}

/** The row's id when this worker takes it now, for `leaseMs`. */
export async function claimNight(
  pool: pg.Pool,
  namespace: string,
  night: string,
  worker: string,
  leaseMs: number,
): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'claim-night',
    text: `insert into snapshots (namespace, night, worker, lease_until, tries)
           values ($1, $2, $3, now() + $4 * interval '1 millisecond', 1)
           on conflict (namespace, night) do update
             set worker = excluded.worker, lease_until = excluded.lease_until, tries = snapshots.tries + 1
           where snapshots.body is null and snapshots.tries < $5 and snapshots.not_before <= now()
             and (snapshots.lease_until is null or snapshots.lease_until < now())
           returning id`,
    values: [namespace, night, worker, leaseMs, MOST_TRIES],
  });
  return rows[0]?.id;
}

/** Kept once: of two workers the first one's stays. */
export async function keepNight(pool: pg.Pool, id: string, snapshot: Snapshot): Promise<void> {
  await pool.query(
    `update snapshots set body = $2, taken_at = to_timestamp($3::double precision / 1000), says = null, worker = null,
       lease_until = null
     where id = $1 and body is null`,
    [id, JSON.stringify(snapshot), snapshot.takenAt],
  );
}

/** Why it was not taken this time; tried again after `retryMs`. Nothing when another worker has it by now. */
export async function nightFailed(
  pool: pg.Pool,
  id: string,
  worker: string,
  says: string,
  retryMs: number,
): Promise<void> {
  await pool.query(
    `update snapshots set says = $3, not_before = now() + $4 * interval '1 millisecond', worker = null, lease_until = null
     where id = $1 and worker = $2 and body is null`,
    [id, worker, says, retryMs],
  );
}

/** Given back untried: this process stops. */
export async function giveNightBack(pool: pg.Pool, id: string, worker: string): Promise<void> {
  await pool.query(
    `update snapshots set tries = tries - 1, worker = null, lease_until = null
     where id = $1 and worker = $2 and body is null`,
    [id, worker],
  );
}

/** Drops those of nights before this one (a date), except what an incident compares with. */
export async function dropNightsBefore(pool: pg.Pool, night: string): Promise<void> {
  await pool.query(
    `delete from snapshots s where s.incident is null and s.night < $1
       and not exists (select from comparisons c where c.base = s.id)`,
    [night],
  );
}
