/** How far a running pg_dump is, as PostgreSQL itself tells it, in words. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import type { Inside } from './in-pod.ts';
import { askOne } from './psql.ts';

const seen = z.object({
  table: z.string(),
  number: z.int(),
  tables: z.int(),
  percent: z.number().nullish(),
});

/**
 * pg_dump -Fc copies tables in the order of schema and name, so the place of the present one tells what is behind;
 * tables weigh by their size, within one by rows done of the rows estimated (never analysed: counted as just begun).
 * `bytes_total` of pg_stat_progress_copy is always 0 (facts: pg_dump).
 */
const PROGRESS = `with t as (
  select c.oid, n.nspname || '.' || c.relname as name, c.reltuples, pg_table_size(c.oid) as size,
    row_number() over w as number, count(*) over () as tables,
    sum(pg_table_size(c.oid)) over w - pg_table_size(c.oid) as behind, sum(pg_table_size(c.oid)) over () as total
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  window w as (order by n.nspname collate "C", c.relname collate "C"))
select json_build_object('table', t.name, 'number', t.number, 'tables', t.tables, 'percent',
  round((100 * (t.behind + t.size * case when t.reltuples > 0 then least(1, p.tuples_processed / t.reltuples) else 0 end)
    / nullif(t.total, 0))::numeric))
from pg_stat_progress_copy p join pg_stat_activity a using (pid) join t on t.oid = p.relid
where a.application_name = left(:'operation', 63) limit 1`;

/** `table 3 of 12 (public.orders), 45 %`; undefined between two tables, or when PostgreSQL is older than 14. */
export async function progressWords(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  where: Inside,
  dump: { database: string; operation: string },
): Promise<string | undefined> {
  const found = await askOne(call, where, { ...dump, sql: PROGRESS, schema: seen }).catch(() => undefined);
  if (!found) return undefined;
  const percent = typeof found.percent === 'number' ? `, ${Math.min(100, found.percent)} %` : '';
  return `table ${found.number} of ${found.tables} (${found.table})${percent}`;
}
