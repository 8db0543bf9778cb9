/** Reads an incident's events back, each parsed by its schema. */
import type pg from 'pg';
import { type Event, parseEvent } from '../incidents/events.ts';
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
  return rows.map(parse);
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
  const read = await eventsAfter(pool, incident, 0);
  return read.flatMap((one) => (one.known ? [one.event] : []));
}

/** Checks the chain; gives the first version that does not fit, or nothing when the whole stream is as written. */
export async function brokenAt(pool: pg.Pool, incident: number): Promise<number | undefined> {
  const { rows } = await pool.query<Row>(
    `select ${COLUMNS} from incident_events where incident = $1 order by version`,
    [incident],
  );
  let before = GENESIS;
  let expected = 1;

  for (const row of rows) {
    const fits =
      row.version === expected &&
      sha256(row.body) === row.body_hash &&
      chainHash(before, { ...row, at: Number(row.at) }) === row.hash;
    if (!fits) return row.version;
    before = row.hash;
    expected++;
  }
  return undefined;
}
