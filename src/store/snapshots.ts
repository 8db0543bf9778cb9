/** Snapshots of namespaces: which incidents still want one, who takes it, what was kept, and the keys of their hashes. */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { type Snapshot, snapshotSchema } from '../incidents/baseline/snapshot.ts';

/** So often one is tried; afterwards it is said that there is none. */
const MOST_TRIES = 6;
/** Older incidents than these, counted from the newest, are not looked at any more: a sweep must stay cheap. */
const RECENT = 200;

/** Open incidents with a namespace's snapshot still to be taken, that nobody takes at this moment; the newest first. */
export async function withoutSnapshot(pool: pg.Pool): Promise<number[]> {
  const { rows } = await pool.query<{ incident: number }>({
    name: 'without-snapshot',
    text: `select l.incident from lookups l left join snapshots s on s.incident = l.incident
           where l.kind = 'incident'
             and l.incident > (select max(incident) - $1::int from lookups where kind = 'incident')
             and (s.id is null or (s.body is null and s.tries < $2 and s.not_before <= now()
               and (s.lease_until is null or s.lease_until < now())))
             and l.value::jsonb ->> 'status' not in ('resolved', 'closed')
             and not (l.value::jsonb ->> 'quiet')::boolean
           order by l.incident desc limit 5`,
    values: [RECENT, MOST_TRIES],
  });
  return rows.map(({ incident }) => incident);
}

/** True when this worker has it now, for `leaseMs`. */
export async function claimSnapshot(
  pool: pg.Pool,
  incident: number,
  namespace: string,
  worker: string,
  leaseMs: number,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'claim-snapshot',
    text: `insert into snapshots (incident, namespace, worker, lease_until, tries)
           values ($1, $2, $3, now() + $4 * interval '1 millisecond', 1)
           on conflict (incident) do update
             set worker = excluded.worker, lease_until = excluded.lease_until, tries = snapshots.tries + 1
           where snapshots.body is null and snapshots.tries < $5 and snapshots.not_before <= now()
             and (snapshots.lease_until is null or snapshots.lease_until < now())`,
    values: [incident, namespace, worker, leaseMs, MOST_TRIES],
  });
  return rowCount === 1;
}

/** Called while it is taken: a process that is gone lets it run out soon, and the next one takes it before anything changes. */
export async function renewSnapshot(
  pool: pg.Pool,
  incident: number,
  worker: string,
  leaseMs: number,
): Promise<void> {
  await pool.query({
    name: 'renew-snapshot',
    text: `update snapshots set lease_until = now() + $3 * interval '1 millisecond'
           where incident = $1 and worker = $2 and body is null`,
    values: [incident, worker, leaseMs],
  });
}

/** Kept once: of two workers the first one's stays. */
export async function keepSnapshot(pool: pg.Pool, incident: number, snapshot: Snapshot): Promise<void> {
  await pool.query(
    `update snapshots set body = $2, taken_at = now(), says = null, worker = null, lease_until = null
     where incident = $1 and body is null`,
    [incident, JSON.stringify(snapshot)],
  );
}

/**
 * Why it was not taken this time; tried again after `retryMs`. True when this was the last try. Nothing when another
 * worker has it by now.
 */
export async function snapshotFailed(
  pool: pg.Pool,
  incident: number,
  worker: string,
  says: string,
  retryMs: number,
): Promise<boolean> {
  const { rows } = await pool.query<{ over: boolean }>(
    `update snapshots set says = $3, not_before = now() + $4 * interval '1 millisecond', worker = null, lease_until = null
     where incident = $1 and worker = $2 and body is null returning tries >= $5 as over`,
    [incident, worker, says, retryMs, MOST_TRIES],
  );
  return rows[0]?.over === true;
}

/** Given back untried, for whoever sweeps next: this process stops. */
export async function giveSnapshotBack(pool: pg.Pool, incident: number, worker: string): Promise<void> {
  await pool.query(
    `update snapshots set tries = tries - 1, worker = null, lease_until = null
     where incident = $1 and worker = $2 and body is null`,
    [incident, worker],
  );
}

export type Kept =
  | { readonly snapshot: Snapshot }
  /** Not yet, or not at all: `says` why the last try failed. */
  | { readonly says?: string; readonly tries: number; readonly over: boolean };

/** Undefined when nobody has begun. Throws when what is stored is not a snapshot that this version can read. */
export async function snapshotOf(pool: pg.Pool, incident: number): Promise<Kept | undefined> {
  const { rows } = await pool.query<{ body: string | null; says: string | null; tries: number }>(
    'select body, says, tries from snapshots where incident = $1',
    [incident],
  );
  const [row] = rows;
  if (!row) return undefined;
  if (row.body !== null) return { snapshot: snapshotSchema.parse(JSON.parse(row.body)) };
  const { says, tries } = row;
  return { tries, over: tries >= MOST_TRIES, ...(says === null ? {} : { says }) };
}

/** The key of a namespace's hashes; made when there is none. */
export async function snapshotKey(pool: pg.Pool, namespace: string): Promise<string> {
  const key = randomBytes(32).toString('base64');
  await pool.query(
    'insert into snapshot_keys (namespace, key) values ($1, $2) on conflict (namespace) do nothing',
    [namespace, key],
  );
  const { rows } = await pool.query<{ key: string }>('select key from snapshot_keys where namespace = $1', [
    namespace,
  ]);
  const [row] = rows;
  if (!row) throw new Error(`the key of the snapshots of ${namespace} was removed at this moment`);
  return row.key;
}
