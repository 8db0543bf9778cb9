/**
 * Loaded with `--import` into a process under test: counts every boundary between it and the world (a statement sent to
 * PostgreSQL, its answer, a request to the API server, its answer) and at one of them kills or freezes the process.
 *
 * KILL_AT=n        SIGKILL at boundary n (1 is the first)
 * FREEZE_AT=patch  SIGSTOP when the first PATCH that is not a dry run is about to be sent, after the last check
 * COUNT_FILE=path  writes the number of boundaries at exit
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';

const killAt = Number(process.env.KILL_AT ?? 0);
const trace = process.env.TRACE_FILE;
let count = 0;
let frozen = false;

function boundary(what: string): void {
  count++;
  if (trace) appendFileSync(trace, `${count} ${what}\n`);
  if (count === killAt) process.kill(process.pid, 'SIGKILL');
}

type Query = (...args: unknown[]) => unknown;
const prototype = pg.Client.prototype as unknown as { query: Query };
const query = prototype.query;
prototype.query = function patched(this: unknown, ...args: unknown[]) {
  const first = args[0] as { name?: string; text?: string } | string;
  const name =
    typeof first === 'string' ? first.slice(0, 30) : (first.name ?? first.text?.slice(0, 30) ?? '');
  boundary(`sql ${name} sent`);
  const answer = query.apply(this, args);
  if (answer instanceof Promise) answer.then(() => boundary(`sql ${name} answered`)).catch(() => undefined);
  return answer;
};

interface Requested {
  request: { method: string; path: string };
}
subscribe('undici:request:create', (message) => {
  const { method, path } = (message as Requested).request;
  if (process.env.FREEZE_AT === 'patch' && method === 'PATCH' && !path.includes('dryRun') && !frozen) {
    frozen = true;
    process.kill(process.pid, 'SIGSTOP');
  }
  boundary(`http ${method} ${path} sent`);
});
subscribe('undici:request:headers', (message) => {
  const { method, path } = (message as Requested).request;
  boundary(`http ${method} ${path} answered`);
});

process.on('exit', () => {
  if (process.env.COUNT_FILE) writeFileSync(process.env.COUNT_FILE, String(count));
});
