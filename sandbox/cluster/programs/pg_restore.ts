/** A stand-in for pg_restore: reads an archive of the stand-in pg_dump to its end, or lists it. */
import { existsSync } from 'node:fs';
import { readArchive } from './archive.ts';
import { lastOf, readArguments } from './arguments.ts';
import { fail, STAND_IN, versionLine } from './connection.ts';

const read = readArguments(
  process.argv.slice(2),
  new Set(['f', 'file', 'd', 'dbname', 'U', 'username', 'h', 'host', 'p', 'port', 'j']),
);
if (read.flags.has('version') || read.flags.has('V')) {
  process.stdout.write(`${versionLine('pg_restore')}\n`);
  process.exit(0);
}
const path = read.rest[0] ?? '';
if (!existsSync(path))
  fail(`pg_restore: error: could not open input file "${path}": No such file or directory`, 1);
const contents = readArchive(path);
if (!contents) fail('pg_restore: error: input file does not appear to be a valid archive', 1);
if (read.flags.has('list') || read.flags.has('l')) {
  const lines = contents.tables.map(({ name }, i) => {
    const [schema, table] = name.split('.');
    return `${3000 + i}; 0 ${16_384 + i} TABLE DATA ${schema} ${table} postgres`;
  });
  process.stdout.write(`;\n; Archive of the ${STAND_IN}\n;\n${lines.join('\n')}\n`);
  process.exit(0);
}
if (contents.problem) fail(`pg_restore: error: ${contents.problem}`, 1);
if (lastOf(read, 'd', 'dbname') !== undefined)
  fail(`pg_restore: error: this ${STAND_IN} reads archives, it does not restore them`, 1);
const out = lastOf(read, 'f', 'file');
if (out === '-')
  process.stdout.write(contents.tables.map(({ name, rows }) => `-- ${name}: ${rows} rows\n`).join(''));
