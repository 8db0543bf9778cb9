/** Incidents of any length: events as a long night would leave them, made without a clock. */
import pg from 'pg';
import { type Event, type NewEvent, parseEvent } from '../src/incidents/events.ts';
import { GENESIS, seal } from '../src/store/write.ts';

export const ANA = { id: 'slack:U0ANA', name: 'Ana Ferreira' };
const SINCE = Date.UTC(2026, 0, 10, 9, 0);
const CAUSES = ['found', 'fixing', 'watching'] as const;

export const declared: NewEvent = {
  type: 'incident_declared',
  body: {
    title: 'web-api answers 500',
    severity: 'SEV2',
    namespace: 'prod',
    noticed: 'Metabase shows no data since the morning',
    since: SINCE,
    zone: 'Europe/Prague',
    private: false,
    drill: false,
    quiet: false,
    invited: [],
  },
};

/** The entry number `n` of a timeline: eight notes, a status and a severity in every ten. */
function entryOf(n: number): NewEvent {
  const at = SINCE + n * 5000;
  if (n % 10 === 8)
    return {
      type: 'status_changed',
      body: { to: CAUSES[n % 3] === 'found' ? 'cause found' : 'watching', at },
    };
  if (n % 10 === 9)
    return {
      type: 'severity_changed',
      body: { from: 'SEV2', to: 'SEV3', reason: `fewer people after ${n} s` },
    };
  const text = `pod web-api-${n} on node-${n % 7} restarted *again*: exit code 137, "${n} of 2_000 rows" | see <runbook_${n % 5}>`;
  return {
    type: 'note_added',
    body: {
      entry: `note-${n}`,
      kind: n % 50 === 0 ? 'decision' : 'note',
      text,
      at,
      precision: 'exact',
      source: { kind: 'slack', channel: 'C0BENCH' },
      late: false,
    },
  };
}

/** `count` entries of one incident, from version `first` on; version 1 is its declaration. */
export function events(incident: number, first: number, count: number): Event[] {
  return Array.from({ length: count }, (_, index) => {
    const version = first + index;
    const event = version === 1 ? declared : entryOf(version);
    const stored = parseEvent(event.type, JSON.parse(JSON.stringify(event.body)));
    if (!stored.known) throw new Error(`${event.type} is not known`);
    return {
      incident,
      version,
      at: SINCE + version * 5000,
      by: ANA,
      command: `made:${incident}:${version}`,
      ...stored.event,
    };
  });
}

/** Lengthens an incident to `length` events behind everybody's back, with a hash chain that holds. */
export async function lengthen(pool: pg.Pool, incident: number, length: number): Promise<void> {
  const { rows } = await pool.query<{ version: number; hash: string }>(
    'select version, hash from incident_events where incident = $1 order by version desc limit 1',
    [incident],
  );
  const { version, hash } = rows[0] ?? { version: 0, hash: GENESIS };
  const sealed = seal(events(incident, version + 1, Math.max(0, length - version)), hash);
  for (let at = 0; at < sealed.length; at += 1000) {
    const part = sealed.slice(at, at + 1000);
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       select $1, v.version, v.at, v.type, $2, $3, v.command, v.body, v.body_hash, v.hash
       from unnest($4::int[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
         as v (version, at, type, command, body, body_hash, hash)`,
      [
        incident,
        ANA.id,
        ANA.name,
        part.map(({ event }) => event.version),
        part.map(({ event }) => event.at),
        part.map(({ event }) => event.type),
        part.map(({ event }) => event.command),
        part.map(({ body }) => body),
        part.map(({ bodyHash }) => bodyHash),
        part.map((one) => one.hash),
      ],
    );
  }
}
