/** What is in the databases: a little of everything, so that sizes and counts are real. No real person is in it. */
import type { WorldDatabase } from '../../cluster/databases/databases.ts';
import type { PidpPlan } from './plan.ts';

/** Rows that must still be there at the end. */
export const ROWS = { submission: 6000, party: 1500, document: 900 } as const;

const CONTENT = `
  create table party (id bigint primary key, display_name text not null, created_at timestamptz not null);
  insert into party select n, 'Party ' || n, now() - n * interval '17 minutes' from generate_series(1, ${ROWS.party}) n;
  create table submission (id bigint primary key, party_id bigint references party, status text not null, note text, created_at timestamptz not null);
  insert into submission select n, 1 + n % ${ROWS.party}, (array['new','checked','done'])[1 + n % 3], 'Note' || E'\\t' || n || E'\\nsecond line', now() - n * interval '4 minutes' from generate_series(1, ${ROWS.submission}) n;
  create table document (id bigint primary key, submission_id bigint references submission, content bytea not null);
  insert into document select n, n, decode(repeat(md5(n::text), 40), 'hex') from generate_series(1, ${ROWS.document}) n;
  create index on submission (party_id);
`;

export function databasesOf(plan: PidpPlan): WorldDatabase[] {
  return [
    { name: plan.database, content: CONTENT },
    {
      name: 'metabase',
      content:
        'create table report_card (id int primary key, name text not null); insert into report_card values (1, $$Submissions by week$$);',
    },
  ];
}
