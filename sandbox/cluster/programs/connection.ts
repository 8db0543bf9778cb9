/** Connects as PostgreSQL's own programs do: arguments over the environment (PGHOST, PGPORT, PGUSER, PGDATABASE ...). */
import pg from 'pg';
import { type Arguments, lastOf } from './arguments.ts';

/** What every program prints about itself beside its version. */
export const STAND_IN = 'Handrail stand-in';

export async function connectLike(
  program: string,
  read: Arguments,
  database: string | undefined,
): Promise<pg.Client> {
  const { env } = process;
  const user = lastOf(read, 'U', 'username') ?? env['PGUSER'] ?? 'postgres';
  const host = lastOf(read, 'h', 'host') ?? env['PGHOST'] ?? '127.0.0.1';
  const port = Number(lastOf(read, 'p', 'port') ?? env['PGPORT'] ?? 5432);
  const name = database ?? env['PGDATABASE'] ?? user;
  const client = new pg.Client({
    host,
    port,
    user,
    database: name,
    connectionTimeoutMillis: Number(env['PGCONNECT_TIMEOUT'] ?? 10) * 1000,
    application_name: env['PGAPPNAME'] ?? program,
  });
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    fail(
      `${program}: error: connection to server at "${host}", port ${port} failed: ${wordsOf(error)}`,
      program === 'psql' ? 2 : 1,
    );
  }
  return client;
}

export function wordsOf(error: unknown): string {
  const severity = error instanceof Error && 'severity' in error ? `${String(error.severity)}:  ` : '';
  return severity + (error instanceof Error ? error.message : String(error));
}

export function fail(words: string, code: number): never {
  process.stderr.write(`${words}\n`);
  process.exit(code);
}

/** The played version: that of the server which the world names. */
export function versionLine(program: string): string {
  return `${program} (PostgreSQL) ${process.env['HANDRAIL_STAND_IN_VERSION'] ?? '18.0'} (${STAND_IN})`;
}
