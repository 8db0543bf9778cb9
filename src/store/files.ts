/** Files of messages on a timeline: which are still to be fetched, who fetches one, and the bytes that are kept. */
import type pg from 'pg';

/** Older incidents than these, counted from the newest, are not looked at any more: a sweep must stay cheap. */
const RECENT = 200;

export interface WantedFile {
  readonly incident: number;
  readonly entry: string;
  /** Slack's id. */
  readonly file: string;
  readonly name: string;
  /** As Slack said when the message was put on the timeline. */
  readonly bytes: number | null;
}

/** Files that nobody fetches at this moment and whose outcome is not in the record; of the newest incidents first. */
export async function filesWanted(pool: pg.Pool): Promise<WantedFile[]> {
  const { rows } = await pool.query<WantedFile>({
    name: 'files-wanted',
    text: `select e.incident, e.body::json ->> 'entry' as entry, f ->> 'id' as file, f ->> 'name' as name,
             (f ->> 'bytes')::float8 as bytes
           from incident_events e cross join lateral json_array_elements(e.body::json -> 'files') f
             left join files k
               on k.incident = e.incident and k.entry = e.body::json ->> 'entry' and k.file = f ->> 'id'
           where e.type = 'note_added' and e.body like '%"files":[{%'
             and e.incident > (select max(incident) - $1::int from lookups where kind = 'incident')
             and (k.file is null or (not k.done and k.not_before <= now()
               and (k.lease_until is null or k.lease_until < now())))
             and not exists (select from incident_events x where x.incident = e.incident and x.type = 'entry_erased'
               and x.body::json ->> 'entry' = e.body::json ->> 'entry')
           order by e.incident desc, e.version limit 10`,
    values: [RECENT],
  });
  return rows;
}

/** What is known of a file that this worker has now. */
export interface Claimed {
  readonly tries: number;
  /** Its bytes are there already: only the record does not say so yet. */
  readonly kept?: { readonly mimetype: string; readonly bytes: number; readonly sha256: string };
}

/** The record says that the words of this entry, and so its files, are gone for good. */
const erased = `exists (select from incident_events x where x.incident = $1 and x.type = 'entry_erased'
  and x.body::json ->> 'entry' = $2)`;

/** Undefined when another worker has it, when its outcome is in the record, or when its entry was erased. */
export async function claimFile(
  pool: pg.Pool,
  { incident, entry, file, name }: WantedFile,
  worker: string,
  leaseMs: number,
): Promise<Claimed | undefined> {
  const { rows } = await pool.query<{
    tries: number;
    mimetype: string | null;
    bytes: number | null;
    sha256: string | null;
  }>({
    name: 'claim-file',
    text: `insert into files as f (incident, entry, file, name, worker, lease_until, tries)
           select $1::int, $2::text, $3::text, $4::text, $5::text, now() + $6 * interval '1 millisecond', 1
           where not ${erased}
           on conflict (incident, entry, file) do update
             set worker = excluded.worker, lease_until = excluded.lease_until, tries = f.tries + 1
           where not f.done and f.not_before <= now() and (f.lease_until is null or f.lease_until < now())
           returning f.tries, f.mimetype, f.bytes, f.sha256`,
    values: [incident, entry, file, name, worker, leaseMs],
  });
  const [row] = rows;
  if (!row) return undefined;
  const { tries, mimetype, bytes, sha256 } = row;
  if (sha256 === null || bytes === null) return { tries };
  return { tries, kept: { mimetype: mimetype ?? '', bytes, sha256 } };
}

/** False, and nothing is kept, when another worker has it by now or its entry was erased meanwhile. */
export async function keepFile(
  pool: pg.Pool,
  { incident, entry, file }: WantedFile,
  worker: string,
  kept: NonNullable<Claimed['kept']> & { readonly content: Uint8Array },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `update files set content = $5, bytes = $6, sha256 = $7, mimetype = $8, kept_at = now(), says = null
     where incident = $1 and entry = $2 and file = $3 and worker = $4 and content is null and not ${erased}`,
    [incident, entry, file, worker, Buffer.from(kept.content), kept.bytes, kept.sha256, kept.mimetype],
  );
  return rowCount === 1;
}

/** Its outcome is in the incident's record; `says` why it is not kept. */
export async function fileDone(
  pool: pg.Pool,
  { incident, entry, file }: WantedFile,
  says: string | null,
): Promise<void> {
  await pool.query(
    `update files set done = true, says = $4, worker = null, lease_until = null
     where incident = $1 and entry = $2 and file = $3`,
    [incident, entry, file, says],
  );
}

/** Tried again after `retryMs`. Nothing when another worker has it by now. */
export async function fileFailed(
  pool: pg.Pool,
  { incident, entry, file }: WantedFile,
  worker: string,
  says: string,
  retryMs: number,
): Promise<void> {
  await pool.query(
    `update files set says = $5, not_before = now() + $6 * interval '1 millisecond', worker = null, lease_until = null
     where incident = $1 and entry = $2 and file = $3 and worker = $4 and not done`,
    [incident, entry, file, worker, says, retryMs],
  );
}

/** The worker is still at it. */
export async function renewFile(
  pool: pg.Pool,
  { incident, entry, file }: WantedFile,
  worker: string,
  leaseMs: number,
): Promise<void> {
  await pool.query(
    `update files set lease_until = now() + $5 * interval '1 millisecond'
     where incident = $1 and entry = $2 and file = $3 and worker = $4 and not done`,
    [incident, entry, file, worker, leaseMs],
  );
}

/** Given back untried, for whoever sweeps next: this process stops. */
export async function giveFileBack(
  pool: pg.Pool,
  { incident, entry, file }: WantedFile,
  worker: string,
): Promise<void> {
  await pool.query(
    `update files set tries = tries - 1, worker = null, lease_until = null
     where incident = $1 and entry = $2 and file = $3 and worker = $4 and not done`,
    [incident, entry, file, worker],
  );
}

export interface KeptFile {
  readonly entry: string;
  readonly file: string;
  readonly name: string;
  readonly sha256: string;
  readonly content: Buffer;
}

/** One by one, in the order in which they were kept: together they may be large. */
export async function* keptFiles(pool: pg.Pool, incident: number): AsyncGenerator<KeptFile> {
  const { rows } = await pool.query<{ entry: string; file: string }>(
    'select entry, file from files where incident = $1 and content is not null order by kept_at, entry, file',
    [incident],
  );
  for (const { entry, file } of rows) {
    const found = await pool.query<KeptFile>(
      `select entry, file, name, sha256, content from files
       where incident = $1 and entry = $2 and file = $3 and content is not null`,
      [incident, entry, file],
    );
    yield* found.rows;
  }
}
