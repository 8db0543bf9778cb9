/** Reads an incident's events back, each parsed by its schema. */
import type pg from 'pg';
import { erasedEvent, leftOver } from '../incidents/erased.ts';
import { recordBodies } from '../incidents/events/record.ts';
import { type Event, type Person, parseEvent } from '../incidents/events.ts';
import { sha256 } from '../incidents/hash.ts';
import { chainHash, GENESIS } from './write.ts';

interface Row {
  incident: number;
  version: number;
  at: string;
  type: string;
  by_id: string;
  by_name: string;
  command: string;
  body: string;
  body_hash: string;
  hash: string;
}

const COLUMNS = 'incident, version, at, type, by_id, by_name, command, body, body_hash, hash';

/** An event as stored: known to this version, or written by a newer one. */
export type Read =
  | { readonly known: true; readonly event: Event; readonly hash: string }
  | { readonly known: false; readonly version: number; readonly type: string; readonly hash: string };

/** Events after a version, in order. */
export async function eventsAfter(pool: pg.Pool, incident: number, version: number): Promise<Read[]> {
  const { rows } = await pool.query<Row>({
    name: 'events-after',
    text: `select ${COLUMNS} from incident_events where incident = $1 and version > $2 order by version`,
    values: [incident, version],
  });
  return withoutErased(rows.map(parse));
}

/** Between the agreement and the taking out of the words nobody reads them any more. */
function withoutErased(read: readonly Read[]): Read[] {
  const left = leftOver(read.flatMap((one) => (one.known ? [one.event] : [])));
  return read.map((one) => {
    const body = one.known ? left.get(one.event.version) : undefined;
    return one.known && body !== undefined ? { ...one, event: erasedEvent(one.event, body) } : one;
  });
}

function parse(row: Row): Read {
  const stored = parseEvent(row.type, JSON.parse(row.body));
  if (!stored.known) return { known: false, version: row.version, type: row.type, hash: row.hash };
  const event = {
    incident: row.incident,
    version: row.version,
    at: Number(row.at),
    by: { id: row.by_id, name: row.by_name },
    command: row.command,
    ...stored.event,
  } as Event;
  return { known: true, event, hash: row.hash };
}

/** One event by its version. */
export async function eventAt(pool: pg.Pool, incident: number, version: number): Promise<Event | undefined> {
  const { rows } = await pool.query<Row>({
    name: 'event-at',
    text: `select ${COLUMNS} from incident_events where incident = $1 and version = $2`,
    values: [incident, version],
  });
  const read = rows[0] && parse(rows[0]);
  return read?.known ? read.event : undefined;
}

/** Every known event of an incident, as the report reads them. */
export async function allEvents(pool: pg.Pool, incident: number): Promise<Event[]> {
  return [...(await recordOf(pool, incident)).events];
}

/** The last entry and its hash: whoever noted it down can tell later that nothing before it was changed. */
export interface Head {
  readonly version: number;
  readonly hash: string;
}

/**
 * Every known event and the head of the chain at that moment; without a head there is no such incident. `newer` counts
 * the entries that a newer version wrote.
 */
export async function recordOf(
  pool: pg.Pool,
  incident: number,
): Promise<{ readonly events: readonly Event[]; readonly head?: Head; readonly newer?: number }> {
  const read = await eventsAfter(pool, incident, 0);
  const last = read.at(-1);
  const events = read.flatMap((one) => (one.known ? [one.event] : []));
  if (!last) return { events };
  const head = { version: last.known ? last.event.version : last.version, hash: last.hash };
  const newer = read.length - events.length;
  return { events, head, ...(newer > 0 ? { newer } : {}) };
}

/** The first entry that is not as it was written. */
export interface Broken {
  readonly version: number;
  /** Not there; its body was changed; anything else of it was: its time, its author, its type, its hash. */
  readonly what: 'missing' | 'words' | 'envelope';
  /** Of the entry as it is now; absent where it is missing. */
  readonly type?: string;
  /** ms since 1970 */
  readonly at?: number;
  readonly by?: string;
}

export interface Chain {
  readonly entries: number;
  /** As it is stored, also where the chain is broken before it. */
  readonly head?: Head;
  readonly broken?: Broken;
  /** Version of the entry whose hash was noted down. */
  readonly noted?: number | 'not found';
  /** Entries whose words two people took out for good, as far as the chain shows it. */
  readonly erased?: readonly Erased[];
}

export interface Erased {
  /** Of the event that says so. */
  readonly version: number;
  /** ms since 1970 */
  readonly at: number;
  readonly entry: string;
  readonly reason: string;
  readonly askedBy: Person;
  readonly by: Person;
  /** The words are still in the store: the next sweep takes them out. */
  readonly pending: boolean;
}

/**
 * Checks every entry of an incident against its own hash and the one before it. That the last entries were taken away
 * does not show in a chain: `noted`, a hash or its first characters, is what a report has kept of it.
 */
export async function verifyChain(pool: pg.Pool, incident: number, noted?: string): Promise<Chain> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from incident_events where incident = $1 order by version`,
    [incident],
  );
  const last = rows.at(-1);
  const erasures = erasuresIn(rows);
  const broken = firstBroken(rows, erasures);
  const erased = erasures.map(({ left: _left, ...one }) => one);
  const found =
    noted === undefined ? undefined : rows.find(({ hash }) => hash.startsWith(noted.toLowerCase()));
  return {
    entries: rows.length,
    ...(last ? { head: { version: last.version, hash: last.hash } } : {}),
    ...(broken ? { broken } : {}),
    ...(erased.length > 0 ? { erased } : {}),
    ...(noted === undefined ? {} : { noted: found?.version ?? 'not found' }),
  };
}

/** The erasures up to the first entry that is not as it was written: one that was put in by hand is none. */
function erasuresIn(rows: readonly Row[]): (Erased & { readonly left: ReadonlyMap<number, string> })[] {
  const found: (Erased & { readonly left: ReadonlyMap<number, string> })[] = [];
  const bodies = new Map(rows.map(({ version, body }) => [version, body]));
  let before = GENESIS;
  for (const row of rows) {
    if (chainHash(before, { ...row, at: Number(row.at) }) !== row.hash) break;
    before = row.hash;
    if (row.type !== 'entry_erased' || sha256(row.body) !== row.body_hash) continue;
    const body = recordBodies.entry_erased.safeParse(JSON.parse(row.body)).data;
    if (!body) continue;
    const { entry, reason, askedBy, left } = body;
    const own = left.filter(({ version }) => version < row.version);
    found.push({
      version: row.version,
      at: Number(row.at),
      entry,
      reason,
      askedBy,
      by: { id: row.by_id, name: row.by_name },
      pending: own.some((one) => bodies.get(one.version) !== one.body),
      left: new Map(own.map((one) => [one.version, one.body])),
    });
  }
  return found;
}

/** A body without its words is as it was written when an erasure in the chain says that exactly this is left of it. */
function firstBroken(
  rows: readonly Row[],
  erasures: readonly { readonly left: ReadonlyMap<number, string> }[],
): Broken | undefined {
  let before = GENESIS;
  let expected = 1;
  for (const row of rows) {
    if (row.version !== expected) return { version: expected, what: 'missing' };
    const entry = { version: row.version, type: row.type, at: Number(row.at), by: row.by_name };
    const isLeft = erasures.some(({ left }) => left.get(row.version) === row.body);
    if (!isLeft && sha256(row.body) !== row.body_hash) return { ...entry, what: 'words' };
    if (chainHash(before, { ...row, at: Number(row.at) }) !== row.hash) return { ...entry, what: 'envelope' };
    before = row.hash;
    expected++;
  }
  return undefined;
}

/** The first version that does not fit, or nothing when the whole stream is as written. */
export async function brokenAt(pool: pg.Pool, incident: number): Promise<number | undefined> {
  return (await verifyChain(pool, incident)).broken?.version;
}
