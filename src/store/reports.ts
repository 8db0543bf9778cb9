/** Every report as it was posted: what an edited file is compared with later. */
import type pg from 'pg';

export interface KeptReport {
  readonly incident: number;
  /** The last entry of the record that it was made of. */
  readonly version: number;
  readonly profile: string;
  /** `draft`, `in review`, `final` */
  readonly status: string;
  /** Of everything before its last line, as that line says. */
  readonly hash: string;
  readonly text: string;
}

/**
 * The same report again is kept once. False, and not kept, when words were erased since it was made: it has to be made
 * again.
 */
export async function keepReport(pool: pg.Pool, report: KeptReport): Promise<boolean> {
  const { incident, version, profile, status, hash, text } = report;
  const { rows } = await pool.query<{ outdated: boolean }>({
    name: 'keep-report',
    text: `with erased as (
             select 1 from incident_events where incident = $1 and type = 'entry_erased' and version > $2 limit 1
           ), kept as (
             insert into reports (incident, version, profile, status, hash, body)
             select $1, $2, $3, $4, $5, $6 where not exists (select from erased)
             on conflict (incident, hash) do nothing
           )
           select exists (select from erased) as outdated`,
    values: [incident, version, profile, status, hash, text],
  });
  return rows[0]?.outdated !== true;
}

interface Row {
  readonly incident: number;
  readonly version: number;
  readonly profile: string;
  readonly status: string;
  readonly hash: string;
  readonly body: string;
}

const kept = ({ body, ...row }: Row): KeptReport => ({ ...row, text: body });

/** The copy with this hash; undefined when it was never posted, or was erased. */
export async function keptReport(
  pool: pg.Pool,
  incident: number,
  hash: string,
): Promise<KeptReport | undefined> {
  const { rows } = await pool.query<Row>(
    'select incident, version, profile, status, hash, body from reports where incident = $1 and hash = $2',
    [incident, hash],
  );
  const [row] = rows;
  return row && kept(row);
}

/** All copies of an incident's reports, the oldest first. */
export async function keptReports(pool: pg.Pool, incident: number): Promise<readonly KeptReport[]> {
  const { rows } = await pool.query<Row>(
    `select incident, version, profile, status, hash, body from reports where incident = $1
     order by version, kept_at`,
    [incident],
  );
  return rows.map(kept);
}
