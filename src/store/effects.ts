/** Effects: repeatable work in order within an incident; one drainer per incident at a time, by a lease on its first row. */
import type pg from 'pg';
import type { Effect } from '../incidents/react.ts';

export interface OpenEffect {
  readonly incident: number;
  readonly seq: number;
  readonly effect: Effect;
  readonly tries: number;
  /** Why it was put off the last time. */
  readonly says?: string;
  /** True when a later row draws the same thing again: this one may be left out. */
  readonly superseded: boolean;
}

/** Incidents that have something to show now. */
export async function incidentsWithEffects(pool: pg.Pool): Promise<number[]> {
  const { rows } = await pool.query<{ incident: number }>({
    name: 'with-effects',
    text: 'select distinct incident from effects where done_at is null and not_before <= now()',
  });
  return rows.map(({ incident }) => incident);
}

/** Takes the first undone effect of an incident, unless somebody holds it or it has to wait. */
export async function takeFirst(
  pool: pg.Pool,
  incident: number,
  worker: string,
  leaseMs: number,
): Promise<OpenEffect | undefined> {
  const { rows } = await pool.query<{
    seq: string;
    body: string;
    tries: number;
    says: string | null;
    superseded: boolean;
  }>({
    name: 'take-first',
    text: `update effects set worker = $2, lease_until = now() + $3 * interval '1 millisecond', tries = tries + 1
           where incident = $1
             and seq = (select min(seq) from effects where incident = $1 and done_at is null)
             and not_before <= now()
             and (lease_until is null or lease_until < now() or worker = $2)
           returning seq, body, tries, says, exists (
             select from effects later
             where later.incident = effects.incident and later.seq > effects.seq and later.key = effects.key
               and later.done_at is null and effects.key ~ '^(card|run )') as superseded`,
    values: [incident, worker, leaseMs],
  });
  const row = rows[0];
  if (!row) return undefined;
  const { seq, body, tries, says, superseded } = row;
  return {
    incident,
    seq: Number(seq),
    effect: JSON.parse(body) as Effect,
    tries,
    superseded,
    ...(says ? { says } : {}),
  };
}

/** Keeps the effect while it is being shown; opening a channel may take longer than a lease. */
export async function keepEffect(
  pool: pg.Pool,
  incident: number,
  seq: number,
  worker: string,
  leaseMs: number,
): Promise<void> {
  await pool.query({
    name: 'keep-effect',
    text: `update effects set lease_until = now() + $4 * interval '1 millisecond'
           where incident = $1 and seq = $2 and worker = $3 and done_at is null`,
    values: [incident, seq, worker, leaseMs],
  });
}

export async function effectDone(pool: pg.Pool, incident: number, seq: number, says?: string): Promise<void> {
  await pool.query({
    name: 'effect-done',
    text: 'update effects set done_at = now(), lease_until = null, says = $3 where incident = $1 and seq = $2',
    values: [incident, seq, says ?? null],
  });
}

/** Puts it off; those behind it wait, so that a channel keeps its order. */
export async function effectLater(
  pool: pg.Pool,
  incident: number,
  seq: number,
  delayMs: number,
  says: string,
): Promise<void> {
  await pool.query({
    name: 'effect-later',
    text: `update effects set lease_until = null, not_before = now() + $3 * interval '1 millisecond', says = $4
           where incident = $1 and seq = $2`,
    values: [incident, seq, delayMs, says],
  });
}
