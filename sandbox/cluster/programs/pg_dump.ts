/** A stand-in for pg_dump, for machines without one of the server's version: all tables under one snapshot, by COPY. */
import pg from 'pg';
import { ArchiveWriter } from './archive.ts';
import { lastOf, readArguments } from './arguments.ts';
import { connectLike, fail, STAND_IN, versionLine, wordsOf } from './connection.ts';

const read = readArguments(
  process.argv.slice(2),
  new Set([
    'F',
    'format',
    'f',
    'file',
    'd',
    'dbname',
    'U',
    'username',
    'h',
    'host',
    'p',
    'port',
    'Z',
    'compress',
    'j',
    'lock-wait-timeout',
    'n',
    't',
    'T',
  ]),
);
if (read.flags.has('version') || read.flags.has('V')) {
  process.stdout.write(`${versionLine('pg_dump')}\n`);
  process.exit(0);
}
process.stderr.write(
  `pg_dump: this is a ${STAND_IN}: the archive holds the rows of all tables, and nothing but the sandbox reads it\n`,
);

const client = await connectLike('pg_dump', read, lastOf(read, 'd', 'dbname') ?? read.rest[0]);
const archive = new ArchiveWriter(lastOf(read, 'f', 'file') ?? '/dev/stdout');
process.on('SIGTERM', () => fail('pg_dump: terminated by user', 1));

/** Hands on what COPY sends, as it comes. */
function copyOut(sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    client.query({
      submit: (connection: { query(text: string): void }) => connection.query(sql),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => archive.rows(chunk),
      handleError: (error: Error) => {
        failure = error;
      },
      handleReadyForQuery: () => (failure ? reject(failure) : resolve()),
      handleRowDescription: () => {},
      handleDataRow: () => {},
      handlePortalSuspended: () => {},
      handleCommandComplete: () => {},
      handleEmptyQuery: () => {},
      handleCopyInResponse: () => {},
    } as unknown as pg.Submittable);
  });
}

try {
  const wait = lastOf(read, 'lock-wait-timeout');
  await client.query(`set statement_timeout = 0; set default_transaction_read_only = off`);
  await client.query('begin isolation level repeatable read read only');
  const { rows: tables } = await client.query<{ schema: string; name: string; columns: string[] }>(
    `select n.nspname as schema, c.relname as name,
            array(select attname::text from pg_catalog.pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped order by attnum) as columns
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     order by n.nspname collate "C", c.relname collate "C"`,
  );
  const named = tables.map((table) => ({
    ...table,
    full: `${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.name)}`,
  }));
  // The real one says "statement timeout" too when a lock is not given.
  if (wait) await client.query(`set local statement_timeout = ${pg.escapeLiteral(wait)}`);
  for (const { full } of named) await client.query(`lock table ${full} in access share mode`);
  if (wait) await client.query('set local statement_timeout = 0');
  archive.head({ database: process.env['PGDATABASE'] ?? '', at: new Date().toISOString(), by: STAND_IN });
  for (const { full, schema, name, columns } of named) {
    archive.beginTable(`${schema}.${name}`, columns);
    await copyOut(`copy ${full} to stdout`);
    archive.endTable();
  }
  await client.query('commit');
  archive.end();
  await client.end();
} catch (error) {
  fail(`pg_dump: error: query failed: ${wordsOf(error)}`, 1);
}
