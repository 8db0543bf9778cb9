/** The incidents before one, as its review compares them: did it fail like this before, who answered. */
import type pg from 'pg';
import type { Event } from '../incidents/events.ts';
import { allEvents } from '../store/read.ts';

/** So many before it are looked at. */
const MOST = 8;
/** Entries; a longer one would hold the review up. */
const LONGEST = 2000;

/**
 * The newest ones, the oldest first. Those of a private incident would tell of it in another one's review; drills and
 * runs from a terminal are none of which anybody answered.
 */
export async function incidentsBefore(
  pool: pg.Pool,
  incident: number,
): Promise<readonly (readonly Event[])[]> {
  const { rows } = await pool.query<{ incident: number }>(
    `select l.incident from lookups l
     where l.kind = 'incident' and l.incident < $1
       and not (l.value::jsonb ->> 'private')::boolean and not (l.value::jsonb ->> 'quiet')::boolean
       and (select max(version) from incident_events e where e.incident = l.incident) <= $3
     order by l.incident desc limit $2`,
    [incident, MOST, LONGEST],
  );
  const found: Event[][] = [];
  for (const { incident: number } of rows.toReversed()) found.push(await allEvents(pool, number));
  return found.filter(([first]) => first?.type === 'incident_declared' && !first.body.drill);
}
