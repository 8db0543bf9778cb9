// Programs that know nothing of Handrail, as child processes: what they say is compared with what the bot says.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresServer } from '../support/postgres-server.ts';
import { programOf } from '../support/real-programs.ts';

const run = promisify(execFile);

export interface Kubectl {
  /** Standard output, without the last line break. Throws with standard error. */
  (...args: readonly string[]): Promise<string>;
  /** `kubectl apply -f -` */
  apply(manifest: string): Promise<void>;
}

/** `kubectl` as the administrator in one namespace. */
export function kubectlIn(kubeconfig: string, namespace: string, cacheFolder: string): Kubectl {
  const base = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`, `--cache-dir=${cacheFolder}`];
  const call = async (...args: readonly string[]): Promise<string> =>
    (await run(programOf('kubectl', 'kubectl'), [...base, ...args])).stdout.trimEnd();
  return Object.assign(call, {
    async apply(manifest: string) {
      const applying = run(programOf('kubectl', 'kubectl'), [...base, 'apply', '-f', '-']);
      applying.child.stdin?.end(manifest);
      await applying;
    },
  });
}

const at = (server: PostgresServer): string[] => [
  '-h',
  server.socket,
  '-p',
  String(server.port),
  '-U',
  'postgres',
];

/** One statement by `psql`; rows as lines, fields divided by `|`. */
export async function psql(server: PostgresServer, database: string, sql: string): Promise<string> {
  const { stdout } = await run(join(server.programs, 'psql'), [
    ...at(server),
    '-d',
    database,
    '-XAtq',
    '-c',
    sql,
  ]);
  return stdout.trimEnd();
}

/** Restores a dump into a database that is there and empty, by `pg_restore`; the first error ends it. */
export async function pgRestore(server: PostgresServer, database: string, file: string): Promise<void> {
  await run(join(server.programs, 'pg_restore'), [...at(server), '-d', database, '--exit-on-error', file]);
}

/** How many rows each table of the tests' database holds, and a sum over all of them that is free of their order. */
export function contents(server: PostgresServer, database: string): Promise<string> {
  const of = (table: string) =>
    `select '${table}', count(*), sum(hashtextextended(one::text, 0)::numeric) from ${table} one`;
  return psql(server, database, `${of('orders')} union all ${of('people')} order by 1`);
}
