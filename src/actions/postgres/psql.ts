/** Asks PostgreSQL with psql inside its pod, over the way in that the pod's own environment names, and only reading. */
import { z } from 'zod';
import type { Call } from '../action.ts';
import { databaseNamed } from './catalog-database.ts';
import { complaint, type Inside, runScript, script, untouched } from './in-pod.ts';

/**
 * The server itself refuses writes and ends a long statement; `timeout` ends psql when the server hangs, so that
 * nothing stays behind in the pod. The database's name goes through PGDATABASE, which libpq never reads as a
 * connection string.
 */
const ASK = script`
  PGUSER=\${1:-\${PGUSER:-postgres}} PGDATABASE=$2 PGAPPNAME=handrail PGCONNECT_TIMEOUT=8 PGCLIENTENCODING=UTF8
  PGOPTIONS="$PGOPTIONS -c default_transaction_read_only=on -c statement_timeout=10s"
  export PGUSER PGDATABASE PGAPPNAME PGCONNECT_TIMEOUT PGCLIENTENCODING PGOPTIONS
  command -v psql >/dev/null 2>&1 || { echo 'no psql' >&2; exit 127; }
  limit=
  command -v timeout >/dev/null 2>&1 && limit='timeout 20'
  printf '%s' "$3" | $limit psql -XAtqw -v ON_ERROR_STOP=1 -v operation="$4" -f -
`;

/**
 * The first row of a query that selects one JSON value, read by `schema`. In the query, `:'operation'` is `operation`.
 * The role is the catalogue's (Database.user), else the pod's PGUSER, else postgres.
 * Throws ActionFailed in words when psql is not there, the login is refused, or the query fails.
 */
export async function askOne<S extends z.ZodType>(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  where: Pick<Inside, 'pod' | 'container'>,
  question: { database: string; sql: string; schema: S; operation?: string },
): Promise<z.output<S> | undefined> {
  const user = databaseNamed(call, question.database, where.pod)?.user ?? '';
  const ran = await runScript(call, where, ASK, [
    user,
    question.database,
    question.sql,
    question.operation ?? '',
  ]);
  if (ran.code === 127) {
    throw untouched(
      `psql is not in container ${where.container} of pod ${where.pod}. Name a pod that PostgreSQL runs in.`,
    );
  }
  if (ran.code === 124) throw untouched(`PostgreSQL in pod ${where.pod} did not answer within 20 s.`);
  if (ran.code !== 0) {
    throw untouched(`PostgreSQL in pod ${where.pod} did not answer the question: ${complaint(ran.stderr)}`);
  }
  const line = ran.stdout.split('\n').find((text) => text.trim() !== '');
  if (line === undefined) return undefined;
  try {
    return question.schema.parse(JSON.parse(line));
  } catch {
    throw untouched(`psql in pod ${where.pod} printed something unexpected: ${complaint(line)}`);
  }
}
