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

/** The same report again is kept once. */
export async function keepReport(pool: pg.Pool, report: KeptReport): Promise<void> {
  const { incident, version, profile, status, hash, text } = report;
  await pool.query({
    name: 'keep-report',
    text: `insert into reports (incident, version, profile, status, hash, body) values ($1, $2, $3, $4, $5, $6)
           on conflict (incident, hash) do nothing`,
    values: [incident, version, profile, status, hash, text],
  });
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
