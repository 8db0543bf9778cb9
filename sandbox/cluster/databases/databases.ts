/** The databases of a world: real ones, on a server that worlds share, made when somebody first connects. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Behind } from './door.ts';

export interface WorldDatabase {
  readonly name: string;
  /** Run once, as the owner: tables and rows. */
  readonly content: string;
}

/** A server on which worlds may make databases and roles. */
export interface Server {
  readonly url: string;
  readonly version: string;
}

/** The schema whose functions play what differs from pod to pod; it is searched before pg_catalog. */
const SCHEMA = 'handrail_stand_in';

/** What every database of a world has: functions that play what differs from pod to pod. */
export const PLAYED = `
  create schema ${SCHEMA};
  create function ${SCHEMA}.current_setting(name text) returns text language sql stable as
    $$ select coalesce(case when name = 'data_directory' then nullif(pg_catalog.current_setting('stand_in.data', true), '') end, pg_catalog.current_setting(name)) $$;
  create function ${SCHEMA}.pg_is_in_recovery() returns boolean language sql stable as
    $$ select coalesce(pg_catalog.current_setting('stand_in.recovery', true) = 'on', false) $$;
  grant usage on schema ${SCHEMA} to public;
`;

export class Databases {
  private readonly tag = `w${randomBytes(4).toString('hex')}`;
  private readonly password = randomBytes(12).toString('hex');
  private readonly server: () => Promise<Server>;
  private readonly wanted: readonly WorldDatabase[];
  private readonly roles: readonly string[];
  private made: Promise<URL> | undefined;

  /** Nothing is started before the first `ready`. */
  constructor(server: () => Promise<Server>, wanted: readonly WorldDatabase[], roles: readonly string[]) {
    this.server = server;
    this.wanted = wanted;
    this.roles = ['postgres', ...roles];
  }

  /** Variables for programs in a pod: the password that every played role has. */
  get environment(): Record<string, string> {
    return { PGPASSWORD: this.password };
  }

  /** The server's address, with the databases made. */
  ready(): Promise<URL> {
    this.made ??= this.make().catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    return this.made;
  }

  /** Where a member's connections go: `data` is its data directory in the pod. */
  async behind(member: { data: string; recovery: boolean }): Promise<Behind> {
    const url = await this.ready();
    const known = (names: readonly string[], name: string) =>
      names.includes(name) ? this.real(name) : name === 'postgres' ? 'postgres' : `${this.tag}_${name}`;
    return {
      host: url.hostname,
      port: Number(url.port),
      database: (name) =>
        known(
          this.wanted.map((one) => one.name),
          name,
        ),
      role: (name) => (this.roles.includes(name) ? this.real(name) : name),
      settings: {
        search_path: `public,${SCHEMA},pg_catalog`,
        'stand_in.data': member.data,
        ...(member.recovery ? { 'stand_in.recovery': 'on', default_transaction_read_only: 'on' } : {}),
      },
    };
  }

  /** Asks a database directly, for tests and for what the world does by itself. */
  async query<R extends pg.QueryResultRow>(database: string, sql: string): Promise<R[]> {
    const url = new URL(await this.ready());
    url.pathname = `/${this.real(database)}`;
    return await asClient(url.href, async (client) => (await client.query<R>(sql)).rows);
  }

  /** Drops what was made. */
  async close(): Promise<void> {
    if (!this.made) return;
    const url = await this.made.catch(() => undefined);
    this.made = undefined;
    if (!url) return;
    await asClient(url.href, async (client) => {
      for (const { name } of this.wanted)
        await client.query(`drop database if exists ${this.real(name)} with (force)`);
      for (const role of this.roles) await client.query(`drop role if exists ${this.real(role)}`);
    });
  }

  private real(name: string): string {
    return `${this.tag}_${name.replace(/\W/g, '_')}`;
  }

  private async make(): Promise<URL> {
    const { url } = await this.server();
    const address = new URL(url);
    address.pathname = '/postgres';
    await asClient(address.href, async (client) => {
      for (const role of this.roles)
        await client.query(`create role ${this.real(role)} login password '${this.password}'`);
      const rights = 'pg_read_all_data, pg_monitor, pg_signal_backend';
      await client.query(`grant ${rights} to ${this.real('postgres')}`);
      for (const { name } of this.wanted) {
        await client.query(
          `create database ${this.real(name)} owner ${this.real('postgres')} template template0`,
        );
      }
    });
    for (const { name, content } of this.wanted) {
      const own = new URL(address);
      own.pathname = `/${this.real(name)}`;
      await asClient(own.href, async (client) => {
        await client.query(PLAYED);
        await client.query(`set role ${this.real('postgres')}`);
        await client.query(content);
        await client.query('analyze');
      });
    }
    return address;
  }
}

async function asClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
