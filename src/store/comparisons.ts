/** Comparisons with before the incident: which are asked for, who makes one, and which snapshot it compares with. */
import type pg from 'pg';
import { type Snapshot, snapshotSchema } from '../incidents/baseline/snapshot.ts';

/** Older incidents than these, counted from the newest, are not looked at any more: a sweep must stay cheap. */
const RECENT = 200;

export interface Wanted {
  readonly incident: number;
  /** Of the event that asks. */
  readonly version: number;
}

/**
 * Comparisons that are asked for and that nobody makes at this moment; of the newest incidents first. Of a closed one
 * only when it ever had to do with snapshots: the ones of earlier Handrails are left in peace.
 */
export async function comparisonsWanted(pool: pg.Pool): Promise<Wanted[]> {
  const { rows } = await pool.query<Wanted>({
    name: 'comparisons-wanted',
    text: `select l.incident, (l.value::jsonb ->> 'compare')::int as version
           from lookups l left join comparisons c on c.incident = l.incident
           where l.kind = 'incident'
             and l.incident > (select max(incident) - $1::int from lookups where kind = 'incident')
             and l.value::jsonb ? 'compare'
             and not (l.value::jsonb ->> 'quiet')::boolean
             and (l.value::jsonb ->> 'status' <> 'closed'
               or exists (select from snapshots s where s.incident = l.incident))
             and (c.incident is null or c.version < (l.value::jsonb ->> 'compare')::int
               or (not c.done and c.not_before <= now() and (c.lease_until is null or c.lease_until < now())))
           order by l.incident desc limit 5`,
    values: [RECENT],
  });
  return rows;
}

/** Which try it is, when this worker has it now for `leaseMs`; undefined when another one has it, or had it. */
export async function claimComparison(
  pool: pg.Pool,
  { incident, version }: Wanted,
  worker: string,
  leaseMs: number,
): Promise<number | undefined> {
  const { rows } = await pool.query<{ tries: number }>({
    name: 'claim-comparison',
    text: `insert into comparisons (incident, version, worker, lease_until, tries)
           values ($1, $2, $3, now() + $4 * interval '1 millisecond', 1)
           on conflict (incident) do update
             set version = excluded.version, worker = excluded.worker, lease_until = excluded.lease_until, done = false,
               tries = case when comparisons.version = excluded.version then comparisons.tries + 1 else 1 end
           where comparisons.version < excluded.version
             or (comparisons.version = excluded.version and not comparisons.done
               and comparisons.not_before <= now()
               and (comparisons.lease_until is null or comparisons.lease_until < now()))
           returning tries`,
    values: [incident, version, worker, leaseMs],
  });
  return rows[0]?.tries;
}

/** Its outcome is in the incident's record, or is not wanted any more. */
export async function comparisonDone(pool: pg.Pool, { incident, version }: Wanted): Promise<void> {
  await pool.query(
    'update comparisons set done = true, worker = null, lease_until = null where incident = $1 and version = $2',
    [incident, version],
  );
}

/** Tried again after `retryMs`. Nothing when another worker has it by now. */
export async function comparisonFailed(
  pool: pg.Pool,
  { incident, version }: Wanted,
  worker: string,
  retryMs: number,
): Promise<void> {
  await pool.query(
    `update comparisons set not_before = now() + $4 * interval '1 millisecond', worker = null, lease_until = null
     where incident = $1 and version = $2 and worker = $3 and not done`,
    [incident, version, worker, retryMs],
  );
}

/** The worker is still at it. */
export async function renewComparison(
  pool: pg.Pool,
  { incident, version }: Wanted,
  worker: string,
  leaseMs: number,
): Promise<void> {
  await pool.query(
    `update comparisons set lease_until = now() + $4 * interval '1 millisecond'
     where incident = $1 and version = $2 and worker = $3 and not done`,
    [incident, version, worker, leaseMs],
  );
}

/** Given back untried, for whoever sweeps next: this process stops. */
export async function giveComparisonBack(
  pool: pg.Pool,
  { incident, version }: Wanted,
  worker: string,
): Promise<void> {
  await pool.query(
    `update comparisons set tries = tries - 1, worker = null, lease_until = null
     where incident = $1 and version = $2 and worker = $3 and not done`,
    [incident, version, worker],
  );
}

export interface Base {
  /** What every comparison of this incident compares with. */
  readonly base: Snapshot;
  /** Taken at the declaration, when that is another one. */
  readonly declared?: Snapshot;
}

interface Stored {
  readonly id: string;
  readonly night: string | null;
  readonly body: string;
}

/**
 * The newest snapshot of a night before the first sign of trouble (`since`, ms), or else the one of the declaration;
 * the first choice stays for good. Undefined when there is neither. Throws when what is stored is not a snapshot that
 * this version can read.
 */
export async function baseOf(
  pool: pg.Pool,
  incident: number,
  namespace: string,
  since: number,
): Promise<Base | undefined> {
  const { rows } = await pool.query<Stored & { pinned: boolean | null }>(
    `select s.id, s.night, s.body, s.id = c.base as pinned
     from snapshots s left join comparisons c on c.incident = $1
     where s.namespace = $2 and s.body is not null
       and (s.incident = $1 or s.id = c.base
         or (s.night is not null and s.taken_at <= to_timestamp($3::double precision / 1000)))
     order by (s.id = c.base) desc nulls last, (s.night is not null) desc, s.taken_at desc`,
    [incident, namespace, since],
  );
  const [chosen] = rows;
  if (!chosen) return undefined;
  if (chosen.pinned !== true)
    await pool.query('update comparisons set base = $2 where incident = $1 and base is null', [
      incident,
      chosen.id,
    ]);
  const declared = rows.find((row) => row.night === null && row.id !== chosen.id);
  return {
    base: read(chosen),
    ...(declared ? { declared: read(declared) } : {}),
  };
}

function read({ body }: Stored): Snapshot {
  return snapshotSchema.parse(JSON.parse(body));
}
