/** Finds incidents without folding them: the rows that every write keeps in `lookups`. */
import type pg from 'pg';
import type { IncidentRow } from '../incidents/lookups.ts';

export interface ListedIncident {
  readonly number: number;
  readonly row: IncidentRow;
}

/** Incidents that are not closed, newest first. */
export async function openIncidents(pool: pg.Pool): Promise<ListedIncident[]> {
  const { rows } = await pool.query<{ incident: number; value: string }>(
    `select incident, value from lookups where kind = 'incident' order by incident desc limit 500`,
  );
  return rows
    .map(({ incident, value }) => ({ number: incident, row: JSON.parse(value) as IncidentRow }))
    .filter(({ row }) => row.status !== 'closed');
}

/** The incident of a channel. */
export async function incidentOfChannel(pool: pg.Pool, channel: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ incident: number }>({
    name: 'of-channel',
    text: `select incident from lookups where kind = 'channel' and key = $1`,
    values: [channel],
  });
  return rows[0]?.incident;
}
