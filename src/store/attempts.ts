/** Rows of attempts: who may call, until when, and what is known of calls under way. Leases go by PostgreSQL's clock. */
import type pg from 'pg';
import type { NewAttempt } from '../incidents/draft.ts';

/** Attempts that may be taken now, oldest first. */
export async function queued(pool: pg.Pool, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: 'queued',
    text: `select id from attempts where state = 'queued' and not_before <= now() order by created_at limit $1`,
    values: [limit],
  });
  return rows.map(({ id }) => id);
}

/** What the attempt is to do, while nobody has taken it; `waitedMs` by PostgreSQL's clock. */
export async function stillQueued(
  pool: pg.Pool,
  id: string,
): Promise<{ incident: number; attempt: NewAttempt; waitedMs: number } | undefined> {
  const { rows } = await pool.query<{ incident: number; input: string; waited: number }>({
    name: 'still-queued',
    text: `select incident, input, (extract(epoch from now() - created_at) * 1000)::float8 as waited
           from attempts where id = $1 and state = 'queued' and not_before <= now()`,
    values: [id],
  });
  const row = rows[0];
  return (
    row && {
      incident: row.incident,
      attempt: JSON.parse(row.input) as NewAttempt,
      waitedMs: row.waited,
    }
  );
}

/**
 * The intent: queued -> calling, by one worker only. False: somebody else was first, or it has waited longer than
 * `withinMs` since it was asked for (a machine that slept between the last check and this). `caller`: this process's
 * session, for a call that nothing in the target holds back (callers.ts). `notAfter`: ms since 1970 by the server's
 * clock: a server that wakes up later must not write down a call that nobody makes any more.
 */
export async function claim(
  pool: pg.Pool,
  id: string,
  worker: string,
  leaseMs: number,
  withinMs?: number,
  caller?: string,
  notAfter?: number,
): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'claim',
    text: `update attempts set state = 'calling', worker = $2, called_at = now(),
             lease_until = now() + $3 * interval '1 millisecond', caller = $5
           where id = $1 and state = 'queued' and not_before <= now()
             and ($4::float8 is null or created_at > now() - $4 * interval '1 millisecond')
             and ($6::float8 is null or extract(epoch from clock_timestamp()) * 1000 < $6)`,
    values: [id, worker, leaseMs, withinMs ?? null, caller ?? null, notAfter ?? null],
  });
  return rowCount === 1;
}

/** Keeps the lease and stores progress. Says whether it is still ours, and whether somebody pressed Stop. */
export async function renew(
  pool: pg.Pool,
  id: string,
  worker: string,
  leaseMs: number,
  progress: string | undefined,
): Promise<{ ours: boolean; stop: boolean }> {
  const { rows } = await pool.query<{ stop_asked: boolean }>({
    name: 'renew',
    text: `update attempts set lease_until = now() + $3 * interval '1 millisecond',
             progress = coalesce($4, progress)
           where id = $1 and worker = $2 and state = 'calling' and lease_until > now()
           returning stop_asked`,
    values: [id, worker, leaseMs, progress ?? null],
  });
  return { ours: rows.length === 1, stop: rows[0]?.stop_asked ?? false };
}

/** True while this worker's lease runs. Asked just before a write in the target. */
export async function stillOurs(pool: pg.Pool, id: string, worker: string): Promise<boolean> {
  const { rowCount } = await pool.query({
    name: 'still-ours',
    text: `select from attempts where id = $1 and worker = $2 and state = 'calling' and lease_until > now()`,
    values: [id, worker],
  });
  return rowCount === 1;
}

/** Attempts whose worker has stopped answering. */
export async function expired(pool: pg.Pool): Promise<{ incident: number; attempt: NewAttempt }[]> {
  const { rows } = await pool.query<{ incident: number; input: string }>({
    name: 'expired',
    text: `select incident, input from attempts where state = 'calling' and lease_until < now() limit 50`,
  });
  return rows.map((row) => ({ incident: row.incident, attempt: JSON.parse(row.input) as NewAttempt }));
}

/** What is under way in an incident and how far it is, for drawing. */
export interface UnderWay {
  readonly run: number;
  readonly step: string;
  readonly try: number;
  readonly purpose: string;
  readonly progress?: string;
  /** ms since 1970 at which the call is due; only while that is still to come. */
  readonly until?: number;
}

export async function underWay(pool: pg.Pool, incident: number): Promise<UnderWay[]> {
  const { rows } = await pool.query<UnderWay & { progress: string | null; until: number | null }>({
    name: 'under-way-until',
    text: `select run, step, try, purpose, progress,
             case when state = 'queued' and not_before > now()
               then (extract(epoch from not_before) * 1000)::float8 end as until
           from attempts
           where incident = $1 and state in ('queued', 'calling') order by created_at`,
    values: [incident],
  });
  return rows.map(({ progress, until, ...row }) => ({
    ...row,
    ...(progress ? { progress } : {}),
    ...(until === null ? {} : { until }),
  }));
}
