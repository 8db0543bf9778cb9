/** `postgres.query`: a question that handrail.yaml has written down, with typed values, only reading. */
import { z } from 'zod';
import type { NamedQuery, QueryType } from '../../catalog/catalog.ts';
import { nearest } from '../../catalog/nearest.ts';
import type { Call } from '../action.ts';
import { reading } from '../define.ts';
import { shortWords } from '../redact/short-words.ts';
import { psqlByHand } from './by-hand-sql.ts';
import { untouched } from './in-pod.ts';
import { mustGetIn } from './way-in.ts';
import { namedServer, REACH_SERVER, TO_ASK, whichServer } from './which-server.ts';

const params = whichServer.extend({
  /** Its name in handrail.yaml. */
  query: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'the name of a query of handrail.yaml'),
  /** By the names that the query declares. */
  values: z.record(z.string(), z.union([z.string().max(1000), z.number(), z.boolean()])).default({}),
});
type Params = z.output<typeof params>;

/** Every value as PostgreSQL writes it: a bigint is more than a number holds here. */
const table = z.object({ rows: z.array(z.record(z.string(), z.string().nullable())) });

const HIDDEN = '(hidden)';
const LONGEST_CELL = 200;

export const query = reading({
  name: 'postgres.query',
  version: 1,
  params,
  output: z.object({
    title: z.string(),
    rows: z.int(),
    /** There are more than the query's own limit lets through. */
    truncated: z.boolean(),
    columns: z.array(z.string()),
    /** `id = 7, state = open`, one line for each row. */
    lines: z.array(z.string()),
    /** The only cell of an answer with one row and one column, else empty. */
    value: z.string(),
    /** The same when it is a number. */
    number: z.number().optional(),
    way: z.string(),
    unknowns: z.array(z.string()),
  }),
  rights: { kubernetes: REACH_SERVER, postgres: TO_ASK },
  byHand: (p, namespace) =>
    psqlByHand(namespace, p, `<the SQL of the query ${p.query ?? '<query>'} in handrail.yaml>`),
  async run(call) {
    const { asked, values } = meant(call);
    const got = await mustGetIn(call, asked.database === undefined ? {} : { database: asked.database });
    try {
      const { rows } = await got.session.ask({
        sql: sqlOf(asked),
        argument: values,
        schema: table,
        limitMs: asked.timeoutSeconds * 1000,
      });
      const shown = rows.slice(0, asked.rows).map((row) => cellsOf(row, asked.sensitive));
      const columns = Object.keys(rows[0] ?? {});
      const only = rows.length === 1 && columns.length === 1 ? shown[0]?.[0] : undefined;
      const number = /^-?\d{1,15}(\.\d+)?$/.test(only?.[1] ?? '') ? Number(only?.[1]) : undefined;
      return {
        title: asked.title,
        rows: shown.length,
        truncated: rows.length > asked.rows,
        columns,
        lines: shown.map((cells) => cells.map(([name, text]) => `${name} = ${text}`).join(', ')),
        value: only?.[1] ?? '',
        ...(number === undefined ? {} : { number }),
        way: got.session.way,
        unknowns: got.unknowns,
      };
    } finally {
      got.session.end();
    }
  },
});

/** The query, and its values as texts of the declared types. Throws ActionFailed that names what is wrong. */
function meant(call: Pick<Call<Params>, 'params' | 'reach' | 'namespace'>): {
  asked: NamedQuery;
  values: Record<string, string>;
} {
  const { query: name, values } = call.params;
  const server = namedServer(call);
  const known = server.entry?.queries ?? [];
  const asked = known.find((one) => one.name === name);
  if (!asked) {
    const names = known.map((one) => one.name);
    const near = nearest(name, names);
    const hint = near ? ` Did you mean ${near}?` : names.length > 0 ? ` There is: ${names.join(', ')}.` : '';
    throw untouched(`handrail.yaml has no query named ${name} for ${server.name}.${hint}`);
  }
  const wanted = Object.keys(asked.params);
  const missing = wanted.filter((one) => values[one] === undefined);
  const other = Object.keys(values).filter((one) => !wanted.includes(one));
  if (missing.length > 0 || other.length > 0) {
    throw untouched(
      `The query ${name} takes ${wanted.join(', ') || 'no values'}.${missing.length > 0 ? ` Missing: ${missing.join(', ')}.` : ''}${other.length > 0 ? ` It does not know ${other.join(', ')}.` : ''}`,
    );
  }
  const wrong = wanted.filter((one) => !fits(String(values[one]), asked.params[one] ?? 'text'));
  if (wrong.length > 0) {
    throw untouched(
      `The query ${name} cannot take ${wrong.map((one) => `${shortWords(String(values[one]), 60)} as ${one} (${asked.params[one]})`).join(', ')}.`,
    );
  }
  return { asked, values: Object.fromEntries(wanted.map((one) => [one, String(values[one])])) };
}

const SHAPES: Readonly<Record<QueryType, RegExp>> = {
  text: /^[^\0]*$/s,
  bigint: /^-?\d{1,18}$/,
  boolean: /^(true|false)$/,
  timestamptz: /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?(Z|[+-]\d\d(:?\d\d)?)?$/,
  uuid: /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
};

function fits(text: string, type: QueryType): boolean {
  return SHAPES[type].test(text);
}

/** The values never stand in the SQL: they are one row beside it. One row more than is shown tells that there are more. */
function sqlOf({ sql, params: declared, rows }: NamedQuery): string {
  const values = Object.entries(declared).map(
    ([name, type]) => `($1::json->>'${name}')::${type} as "${name}"`,
  );
  return `with params as materialized (select ${values.join(', ') || '$1::json as no_values'}), answer as (
${sql}
) select json_build_object('rows', (select coalesce(json_agg(
  (select json_object_agg(key, value) from json_each_text(row_to_json(r)))), '[]') from (select * from answer limit ${rows + 1}) r))`;
}

function cellsOf(
  row: Readonly<Record<string, string | null>>,
  sensitive: readonly string[],
): [string, string][] {
  return Object.entries(row).map(([name, value]) => [
    name,
    sensitive.includes(name) ? HIDDEN : value === null ? '-' : shortWords(value, LONGEST_CELL),
  ]);
}
