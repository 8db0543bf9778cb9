/** One accepted command, written as one statement: command, events, attempts, effects and lookups stand or fall together. */
import type pg from 'pg';
import type { Answer, Command } from '../incidents/commands.ts';
import type { Event } from '../incidents/events.ts';
import type { Write, Written } from '../incidents/handle.ts';
import { sha256 } from '../incidents/hash.ts';
import type { LockValue } from '../incidents/locks.ts';
import { keyOf } from '../incidents/react.ts';
import { heldLocks } from './locks.ts';

/** An event with the bytes and hashes under which it is stored. */
export interface SealedEvent {
  readonly event: Event;
  readonly body: string;
  readonly bodyHash: string;
  readonly hash: string;
}

/** Hash of the chain before the first event. */
export const GENESIS = '0'.repeat(64);

/** The hash of an event over its envelope, the hash of its body and the hash of the one before it. */
export function chainHash(
  before: string,
  row: {
    incident: number;
    version: number;
    at: number;
    type: string;
    by_id: string;
    by_name: string;
    command: string;
    body_hash: string;
  },
): string {
  const { incident, version, at, type, by_id, by_name, command, body_hash } = row;
  return sha256([before, incident, version, at, type, by_id, by_name, command, body_hash].join('\n'));
}

/** Seals new events behind the chain's head. */
export function seal(events: readonly Event[], head: string): SealedEvent[] {
  let before = head;
  return events.map((event) => {
    const body = JSON.stringify(event.body);
    const bodyHash = sha256(body);
    const { incident, version, at, type, by, command } = event;
    const row = { incident, version, at, type, by_id: by.id, by_name: by.name, command, body_hash: bodyHash };
    before = chainHash(before, row);
    return { event, body, bodyHash, hash: before };
  });
}

const WRITE = `
with c as (
  insert into commands (id, incident, by_id, what, answer) values ($1, $2, $3, $4, $5) returning 1
), e as (
  insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
  select $2, v.version, v.at, v.type, $3, $6, $1, v.body, v.body_hash, v.hash
  from unnest($7::int[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[])
    as v (version, at, type, body, body_hash, hash)
  returning 1
), a as (
  insert into attempts (id, incident, run, step, try, purpose, uses, input, not_before)
  select v.id, $2, v.run, v.step, v.try, v.purpose, v.uses, v.input, now() + v.delay_ms * interval '1 millisecond'
  from unnest($13::text[], $14::int[], $15::text[], $16::int[], $17::text[], $18::text[], $19::text[], $20::int[])
    as v (id, run, step, try, purpose, uses, input, delay_ms)
  returning 1
), s as (
  update attempts set state = case when $22 then 'unknown' else 'settled' end, settled_at = now()
  where id = $21 and state in ('queued', 'calling', 'unknown')
  returning 1
), t as (
  update attempts set stop_asked = true where id = any ($23::text[]) returning 1
), f as (
  insert into effects (incident, seq, key, body)
  select $2, v.seq, v.key, v.body from unnest($24::bigint[], $25::text[], $26::text[]) as v (seq, key, body)
), let_go as (
  -- Locked first: whoever took it over, or let go of it, at this moment decides what is left here.
  select l.key, case when l.value::jsonb ->> 'holder' is null then null
    else lock_without(l.value::jsonb, l.incident, v.holders) end as value
  from lookups l join (
    select v.key, array_agg(v.holder) as holders from unnest($27::text[], $28::text[]) as v (key, holder) group by v.key
  ) v on v.key = l.key
  where l.kind = 'lock' and case when l.value::jsonb ->> 'holder' is null then l.incident = $2
    else exists (select from lock_holders(l.value::jsonb, l.incident) h where h.entry ->> 'holder' = any (v.holders)) end
  for update of l
), d as (
  delete from lookups using let_go
  where lookups.kind = 'lock' and lookups.key = let_go.key and let_go.value is null
  returning 1
), b as (
  update lookups set value = let_go.value::text, incident = (let_go.value ->> 'incident')::int from let_go
  where lookups.kind = 'lock' and lookups.key = let_go.key and let_go.value is not null
  returning 1
), l as (
  insert into lookups (kind, key, incident, value, due)
  select v.kind, v.key, coalesce(v.incident, $2), v.value, to_timestamp(v.due / 1000.0)
  from unnest($29::text[], $30::text[], $31::text[], $32::bigint[], $34::int[]) as v (kind, key, value, due, incident)
  where v.kind <> 'lock'
  on conflict (kind, key) do update set incident = excluded.incident, value = excluded.value, due = excluded.due
  returning 1
), k as (
  insert into lookups (kind, key, incident, value)
  select v.kind, v.key, $2, v.value
  from unnest($29::text[], $30::text[], $31::text[]) as v (kind, key, value)
  where v.kind = 'lock'
  on conflict (kind, key) do update set incident = excluded.incident,
    value = lock_taken(lookups.value::jsonb, lookups.incident, excluded.value::jsonb)::text
  where lock_taken(lookups.value::jsonb, lookups.incident, excluded.value::jsonb) is not null
  returning 1
)
select every_lock((select count(*) from unnest($29::text[]) as v (kind) where v.kind = 'lock'),
  (select count(*) from k)),
  -- Last, and after the rows that may have waited for somebody else's: the time may be over by then.
  not_too_late(case when (select count(*) from c) + (select count(*) from e) + (select count(*) from a)
    + (select count(*) from s) + (select count(*) from t) + (select count(*) from d) + (select count(*) from b)
    + (select count(*) from l) + (select count(*) from k) >= 0 then $33::bigint end)`;

/** What `every_lock` raises. */
const LOCKED = 'HR002';
/** Two statements waited for each other's rows; this one was rolled back. */
const DEADLOCK = '40P01';

/** What `not_too_late` raises. */
const TOO_LATE = 'HR001';

/**
 * For rows that PostgreSQL reads as jsonb, which takes neither NUL nor half a character: one title with either would
 * fail every list that it is read in. The events keep the text as it came.
 */
function readable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[\0\p{Cs}]/gu, '') : value;
}

/** What people type, by its name in any command. */
const words: ReadonlySet<string> = new Set(
  'text says reason summary title object doneWhen dropped noticed phrase'.split(' '),
);

/**
 * What came in, without what a worker read: the events hold what is kept of that. Words that became no event are not
 * kept either, so that what was erased does not come back with a late delivery.
 */
function briefly(what: Command['what'], events: readonly SealedEvent[]): string {
  const became = (type: Event['type']): boolean => events.some(({ event }) => event.type === type);
  if (what.do === 'note' && !became('note_added'))
    return JSON.stringify({ ...what, body: { ...what.body, text: '', files: undefined } });
  if (what.do === 'record file' || what.do === 'record file failure')
    return JSON.stringify({ do: what.do, body: { entry: what.body.entry, file: what.body.file } });
  if ((what.do === 'correct' || what.do === 'correct entry') && !became('entry_corrected'))
    return JSON.stringify({ ...what, text: undefined, reason: undefined });
  // Nothing came of it: no erasure of an entry would ever find these words.
  if (what.do !== 'settle' && events.length === 0)
    return JSON.stringify(what, (name, value: unknown) =>
      typeof value === 'string' && words.has(name) ? '' : value,
    );
  if (what.do !== 'settle') return JSON.stringify(what);
  const { attempt, at, outcome, seconds } = what;
  const { purpose, result } = outcome;
  return JSON.stringify({ do: what.do, attempt, at, purpose, ok: result.ok, seconds });
}

/**
 * Writes, or says that the command or the version was there already, or who holds a lock. `deadline`: ms since 1970 by the server's own clock,
 * after which it refuses.
 */
export async function writeCommand(
  pool: pg.Pool,
  write: Write,
  sealed: readonly SealedEvent[],
  deadline?: number,
  clockAhead = 0,
): Promise<Written> {
  const { command, answer, attempts, effects, lookups, settles } = write;
  const number = answer.ok ? answer.incident : null;
  const inputs = attempts.map((attempt) => JSON.stringify(attempt));
  const seq = (sealed.at(-1)?.event.version ?? 0) * 1000;
  const row = [
    command.id,
    number,
    command.by.person.id,
    briefly(command.what, sealed),
    JSON.stringify(answer),
    command.by.person.name,
    sealed.map(({ event }) => event.version),
    sealed.map(({ event }) => event.at),
    sealed.map(({ event }) => event.type),
    sealed.map(({ body }) => body),
    sealed.map(({ bodyHash }) => bodyHash),
    sealed.map(({ hash }) => hash),
    attempts.map(({ id }) => id),
    attempts.map(({ at }) => at.run),
    attempts.map(({ at }) => at.step),
    attempts.map(({ at }) => at.try),
    attempts.map(({ purpose }) => purpose),
    attempts.map(({ uses }) => uses),
    inputs,
    attempts.map(({ delayMs }) => delayMs ?? 0),
    settles?.attempt ?? null,
    settles?.lost ?? false,
    write.stops,
    effects.map((_, index) => seq + index),
    effects.map(keyOf),
    effects.map((effect) => JSON.stringify(effect)),
    lookups.drop.map(({ key }) => key),
    lookups.drop.map(({ holder }) => holder),
    lookups.put.map(({ kind }) => kind),
    lookups.put.map(({ key }) => key),
    lookups.put.map(({ value }) => JSON.stringify(value, readable)),
    // Whoever set it looked at this process's clock; who compares it looks at the server's.
    lookups.put.map(({ due }) => (due === undefined ? null : Math.round(due + clockAhead))),
    deadline === undefined ? null : Math.round(deadline),
    lookups.put.map(({ incident }) => incident ?? null),
  ];
  try {
    await pool.query({ name: 'write', text: WRITE, values: row });
    return { done: true };
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === TOO_LATE) return { late: true };
    if (code === DEADLOCK) return { conflict: true };
    if (code !== '23505' && code !== LOCKED) throw error;
    const known = await answerTo(pool, command.id);
    if (known) return { again: known };
    return code === LOCKED ? lockHeld(pool, lookups.put) : { conflict: true };
  }
}

async function lockHeld(pool: pg.Pool, put: Write['lookups']['put']): Promise<Written> {
  const wanted = put.flatMap(({ kind, key, value }) =>
    kind === 'lock' ? [{ key, ...(value as LockValue) }] : [],
  );
  const held = await heldLocks(
    pool,
    wanted.map(({ key }) => key),
  );
  const locked = held.filter(({ key, holder }) => {
    const mine = wanted.find((one) => one.key === key);
    return holder !== mine?.holder && holder !== mine?.from && mine?.freed?.includes(holder) !== true;
  });
  // Released between the two statements: simply try again.
  return locked.length === 0 ? { conflict: true } : { locked };
}

/** The answer that this command's id has got, if it came in before. */
export async function answerTo(pool: pg.Pool, id: string): Promise<Answer | undefined> {
  const { rows } = await pool.query<{ answer: string }>({
    name: 'answer',
    text: 'select answer from commands where id = $1',
    values: [id],
  });
  return rows[0] && (JSON.parse(rows[0].answer) as Answer);
}

/** Stores a refusal, or gives the answer that this id already has. */
export async function writeRefusal(pool: pg.Pool, command: Command, answer: Answer): Promise<Answer> {
  const { rowCount } = await pool.query(
    `insert into commands (id, incident, by_id, what, answer) values ($1, $2, $3, $4, $5) on conflict (id) do nothing`,
    [
      command.id,
      command.incident ?? null,
      command.by.person.id,
      briefly(command.what, []),
      JSON.stringify(answer),
    ],
  );
  if (rowCount === 1) return answer;
  return (await answerTo(pool, command.id)) ?? answer;
}
