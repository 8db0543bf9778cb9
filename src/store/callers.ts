/**
 * Which process made a call, and whether that process is known to be gone. A lease says nothing of that: a frozen worker
 * has lost its lease and still makes the call when it wakes up.
 */
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import pg from 'pg';
import type { At } from '../incidents/events.ts';

interface Caller {
  readonly host: string;
  readonly process: number;
  /** The server's process for this session, since when (seconds), and since when that server runs. */
  readonly backend: number;
  readonly since: string;
  readonly server: string;
}

const SESSION = `select pg_backend_pid() as backend, extract(epoch from pg_postmaster_start_time())::text as server,
  (select extract(epoch from backend_start)::text from pg_stat_activity where pid = pg_backend_pid()) as since`;

/** This process's own session, held open from its first unguarded call until the process ends. */
export class CallerSession {
  readonly #pool: pg.Pool;
  #caller: Promise<string> | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** What is stored with a call. Opens the session when there is none; throws when the database is away. */
  caller(): Promise<string> {
    this.#caller ??= this.#open().catch((error: unknown) => {
      this.#caller = undefined;
      throw error;
    });
    return this.#caller;
  }

  async #open(): Promise<string> {
    const client = new pg.Client(this.#pool.options);
    client.on('error', () => {
      this.#caller = undefined;
    });
    await client.connect();
    // It is there for as long as the process is: not what keeps the process alive.
    (client.connection.stream as Socket).unref();
    const { rows } = await client.query<Pick<Caller, 'backend' | 'since' | 'server'>>(SESSION);
    return JSON.stringify({ host: hostname(), process: process.pid, ...rows[0] });
  }
}

/**
 * True when the process that made this try's newest call is known to be gone: its session has ended while the server
 * went on running, on this machine its process is no more, and the time that the call had is over (a process that only
 * lost its connection ends its calls by then). Anything that is not known is "no". What stays possible: a process on
 * another machine that is frozen, and whose session an administrator ended.
 */
export async function callerGone(
  pool: pg.Pool,
  incident: number,
  { run, step, try: number }: At,
): Promise<boolean> {
  const { rows } = await pool.query<{ caller: string | null; over: boolean }>(
    `select caller, called_at + ((input::jsonb ->> 'timeoutMs')::float8 + 1000) * interval '1 millisecond' < now() as over
     from attempts where incident = $1 and run = $2 and step = $3 and try = $4 and purpose = 'act'
     order by created_at desc limit 1`,
    [incident, run, step, number],
  );
  const [call] = rows;
  if (!call?.caller || !call.over) return false;
  const caller = JSON.parse(call.caller) as Caller;
  const { rows: found } = await pool.query<{ there: boolean; server: string }>(
    // Another role's session shows no start: it may be this one.
    `select extract(epoch from pg_postmaster_start_time())::text as server, exists (
       select from pg_stat_activity
       where pid = $1 and (backend_start is null or extract(epoch from backend_start)::text = $2)
     ) as there`,
    [caller.backend, caller.since],
  );
  const [now] = found;
  if (!now || now.there || now.server !== caller.server) return false;
  return caller.host !== hostname() || !isRunning(caller.process);
}

/** A process of another user is there as well, and one that took over the number is taken for it. */
function isRunning(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code !== 'ESRCH';
  }
}
