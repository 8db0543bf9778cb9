/** Takes the words of erased entries out of every row that holds them. Repeatable: what is done is seen in the rows. */
import type pg from 'pg';
import { z } from 'zod';
import { recordBodies } from '../incidents/events/record.ts';
import { parseEvent } from '../incidents/events.ts';

/** One erasure that was agreed to, and whose words are still in the store. */
export interface Due {
  readonly incident: number;
  /** Of its `entry_erased`. */
  readonly version: number;
}

/** What is left is in the event, and the chain covers it; a row with another body is still to be done. */
export async function dueErasures(pool: pg.Pool): Promise<Due[]> {
  const { rows } = await pool.query<Due>({
    name: 'due-erasures',
    text: `select e.incident, e.version from incident_events e
           where e.type = 'entry_erased' and exists (
             select from json_array_elements(e.body::json -> 'left') l
             join incident_events w on w.incident = e.incident and w.version = (l ->> 'version')::int
             where w.version < e.version and w.body <> l ->> 'body'
               and not exists (
                 select from incident_events a, json_array_elements(a.body::json -> 'left') al
                 where a.type = 'entry_erased' and a.incident = e.incident and a.version > e.version
                   and (al ->> 'version')::int = w.version))
           limit 20`,
  });
  return rows;
}

/** The last erasure of each incident that has any. */
export async function lastErasures(pool: pg.Pool): Promise<Due[]> {
  const { rows } = await pool.query<Due>({
    name: 'last-erasures',
    text: `select incident, max(version) as version from incident_events where type = 'entry_erased' group by incident`,
  });
  return rows;
}

/**
 * In one transaction: the bodies of the events, what came in with their commands, and the same words in the input of
 * calls that are over. Two at once do the same twice. Throws when what would be left cannot be read as its event: then
 * nothing is changed.
 */
export async function eraseNow(pool: pg.Pool, { incident, version }: Due): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // The second one waits here, and finds it done.
    const { rows } = await client.query<{ body: string }>(
      `select body from incident_events where incident = $1 and version = $2 and type = 'entry_erased' for update`,
      [incident, version],
    );
    if (rows[0]) await takeOut(client, incident, version, rows[0].body);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * The server keeps the old rows in its files until it cleans up, which in a small table may be months later. Nobody
 * waits for this, and somebody's long transaction may keep them a while longer.
 */
export async function cleanUp(pool: pg.Pool): Promise<void> {
  await pool.query('vacuum incident_events, commands, attempts, files, reports');
}

async function takeOut(
  client: pg.PoolClient,
  incident: number,
  version: number,
  body: string,
): Promise<void> {
  const { entry, left } = recordBodies.entry_erased.parse(JSON.parse(body));
  const bodies = new Map(
    left.flatMap((one) => (one.version < version ? [[one.version, one.body] as const] : [])),
  );
  const { rows } = await client.query<{ version: number; type: string; body: string; command: string }>(
    `select version, type, body, command from incident_events
     where incident = $1 and version = any ($2) order by version for update`,
    [incident, [...bodies.keys()]],
  );
  const words = new Set<string>();
  for (const row of rows) {
    const rest = JSON.parse(bodies.get(row.version) ?? '') as unknown;
    parseEvent(row.type, rest);
    for (const word of gone(JSON.parse(row.body), rest)) words.add(word);
  }
  await client.query(
    `update incident_events e set body = v.body
     from unnest($2::int[], $3::text[]) as v (version, body)
     where e.incident = $1 and e.version = v.version and e.body <> v.body`,
    [incident, [...bodies.keys()], [...bodies.values()]],
  );
  await forgetCommands(client, incident, entry, new Set(rows.map(({ command }) => command)), placesOf(rows));
  await forgetCalls(client, incident, words);
  await client.query('delete from files where incident = $1 and entry = $2', [incident, entry]);
  // Copies of reports that may repeat them; what was posted stays where it was posted.
  await client.query('delete from reports where incident = $1 and version >= $2 and version < $3', [
    incident,
    Math.min(...bodies.keys()),
    version,
  ]);
}

const place = z.looseObject({ source: z.looseObject({ channel: z.string(), ts: z.string() }) });

/** The Slack messages that these notes came from, as `channel/ts`. */
function placesOf(rows: readonly { readonly type: string; readonly body: string }[]): ReadonlySet<string> {
  return new Set(
    rows.flatMap(({ type, body }) => {
      const read = type === 'note_added' ? place.safeParse(JSON.parse(body)).data?.source : undefined;
      return read ? [`${read.channel}/${read.ts}`] : [];
    }),
  );
}

/** Texts of one value that are not in the other. */
function gone(before: unknown, after: unknown): string[] {
  const rest = new Set(textsIn(after));
  return textsIn(before).filter((text) => !rest.has(text));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

const command = z.looseObject({
  do: z.string(),
  entry: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
  body: z
    .looseObject({
      entry: z.string().optional(),
      source: z.looseObject({ channel: z.string().optional(), ts: z.string().optional() }).optional(),
    })
    .optional(),
});

/** What brought the words, and everything else that came in about the same entry or the same message. */
async function forgetCommands(
  client: pg.PoolClient,
  incident: number,
  entry: string,
  ids: ReadonlySet<string>,
  places: ReadonlySet<string>,
): Promise<void> {
  const { rows } = await client.query<{ id: string; what: string }>(
    `select id, what from commands where incident = $1
       and (id = any ($2) or what like '{"do":"note"%' or what like '{"do":"correct%')`,
    [incident, [...ids]],
  );
  for (const { id, what } of rows) {
    const read = command.safeParse(JSON.parse(what));
    if (!read.success) continue;
    const { do: verb, entry: corrected, channel, ts, body } = read.data;
    const from = body?.source ?? { channel, ts };
    const isIt =
      ids.has(id) || corrected === entry || body?.entry === entry || places.has(`${from.channel}/${from.ts}`);
    if (!isIt || read.data.erased === true) continue;
    const { at, attempt, run, step } = read.data;
    const kept = { do: verb, at, attempt, run, step, entry: corrected ?? body?.entry, channel, ts };
    await client.query('update commands set what = $2 where id = $1', [
      id,
      JSON.stringify({ ...kept, erased: true }),
    ]);
  }
}

/** Shorter texts are words that anything may hold. */
const TELLING = 8;

/** The input of a call that is over is read by nobody any more; one that is still to be made keeps what it needs. */
async function forgetCalls(
  client: pg.PoolClient,
  incident: number,
  words: ReadonlySet<string>,
): Promise<void> {
  const telling = [...words].filter((word) => word.length >= TELLING);
  if (telling.length === 0) return;
  const { rows } = await client.query<{ id: string; input: string; progress: string | null }>(
    `select id, input, progress from attempts where incident = $1 and state in ('settled', 'unknown')`,
    [incident],
  );
  const without = (value: unknown): unknown => {
    if (typeof value === 'string') return telling.some((word) => value.includes(word)) ? '' : value;
    if (Array.isArray(value)) return value.map(without);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, without(inner)]));
  };
  for (const { id, input, progress } of rows) {
    const next = JSON.stringify(without(JSON.parse(input)));
    const said = progress !== null && telling.some((word) => progress.includes(word)) ? null : progress;
    if (next !== input || said !== progress)
      await client.query('update attempts set input = $2, progress = $3 where id = $1', [id, next, said]);
  }
}
