/** A stand-in for psql, for machines without one: runs SQL and prints rows, as far as scripts use that. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { lastOf, readArguments } from './arguments.ts';
import { connectLike, fail, versionLine, wordsOf } from './connection.ts';

const read = readArguments(
  process.argv.slice(2),
  new Set([
    'c',
    'command',
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
    'v',
    'set',
    'variable',
    'F',
    'field-separator',
    'P',
    'o',
  ]),
);
if (read.flags.has('version') || read.flags.has('V')) {
  process.stdout.write(`${versionLine('psql')}\n`);
  process.exit(0);
}

const variables = new Map(
  ['v', 'set', 'variable']
    .flatMap((name) => read.values.get(name) ?? [])
    .map((text): [string, string] => {
      const at = text.indexOf('=');
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
);
const isAsked = (...names: string[]) => names.some((name) => read.flags.has(name));
const plain = isAsked('A', 'no-align');
const tuplesOnly = isAsked('t', 'tuples-only');
const separator = lastOf(read, 'F', 'field-separator') ?? '|';
const files = [...(read.values.get('f') ?? []), ...(read.values.get('file') ?? [])];
const commands = [...(read.values.get('c') ?? []), ...(read.values.get('command') ?? [])];

/** `:'name'` quoted as text, `:"name"` as identifier, `:name` as it is; not in `::type`. */
function withVariables(sql: string): string {
  return sql.replace(
    /(?<!:):(?:'(\w+)'|"(\w+)"|([A-Za-z_]\w*))/g,
    (all, text?: string, name?: string, bare?: string) => {
      const value = variables.get(text ?? name ?? bare ?? '');
      if (value === undefined) return all;
      if (text !== undefined) return pg.escapeLiteral(value);
      return name !== undefined ? pg.escapeIdentifier(value) : value;
    },
  );
}

const client = await connectLike('psql', read, lastOf(read, 'd', 'dbname') ?? read.rest[0]);
const sources = [
  ...commands.map((text) => ({ text, from: '' })),
  ...(commands.length === 0 && files.length === 0 ? ['-'] : files).map((file) => ({
    text: readFileSync(file === '-' ? 0 : file, 'utf8'),
    from: `psql:${file === '-' ? '<stdin>' : file}:1: `,
  })),
];
const stopsAtErrors = ['1', 'on', 'true', ''].includes(variables.get('ON_ERROR_STOP') ?? 'off');
let failed = false;
for (const { text, from } of sources) {
  try {
    const raw = await client.query({
      text: withVariables(text),
      rowMode: 'array',
      types: { getTypeParser: () => (value: unknown) => value },
    });
    for (const result of (Array.isArray(raw) ? raw : [raw]) as pg.QueryArrayResult<(string | null)[]>[])
      print(result);
  } catch (error) {
    process.stderr.write(`${from}${wordsOf(error)}\n`);
    failed = true;
    if (stopsAtErrors) fail('', from === '' ? 1 : 3);
  }
}
await client.end();
process.exitCode = failed && commands.length > 0 ? 1 : 0;

function print(result: pg.QueryArrayResult<(string | null)[]>): void {
  const names = result.fields.map((field) => field.name);
  if (names.length === 0) {
    if (!isAsked('q', 'quiet') && result.command)
      process.stdout.write(`${result.command}${result.rowCount === null ? '' : ` ${result.rowCount}`}\n`);
    return;
  }
  const rows = result.rows.map((row) => row.map((value) => value ?? ''));
  const lines = plain ? rows.map((row) => row.join(separator)) : rows.map((row) => ` ${row.join(' | ')}`);
  if (!tuplesOnly) {
    const ruler = plain ? [] : [names.map((name) => '-'.repeat(name.length + 2)).join('+')];
    lines.unshift(plain ? names.join(separator) : ` ${names.join(' | ')}`, ...ruler);
    lines.push(`(${rows.length} row${rows.length === 1 ? '' : 's'})`);
  }
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
