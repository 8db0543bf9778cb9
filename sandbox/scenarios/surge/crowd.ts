/** The clients of a world's PostgreSQL: real connections, each from the loopback address that stands for a pod. */
import { once } from 'node:events';
import { Socket } from 'node:net';
import pg from 'pg';
import type { OwnServer } from '../../cluster/databases/own-server.ts';

/** Who connects, and from where. */
export interface Caller {
  readonly role: string;
  readonly database: string;
  readonly application: string;
  readonly address: string;
}

/** A pod that keeps connections open. */
export interface Holder extends Caller {
  /** The pod's uid; undefined for what is no pod. */
  readonly pod: string | undefined;
  readonly keeps: number;
}

interface Held {
  readonly id: string;
  readonly holder: Holder;
  readonly client: pg.Client;
}

/** `4711 since 2020-12-11T13:24:00.123456Z`, of the session that asks. */
const OWN_ID = `select pid || ' since ' || to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as id
  from pg_stat_activity where pid = pg_backend_pid()`;

export class Crowd {
  private readonly held = new Set<Held>();
  private readonly server: Pick<OwnServer, 'host' | 'port' | 'password'>;
  private readonly left: () => void;
  private closing = false;

  /** `left` is called after a session has ended that nobody here has ended. */
  constructor(server: Pick<OwnServer, 'host' | 'port' | 'password'>, left: () => void) {
    this.server = server;
    this.left = left;
  }

  /** Ids of what a holder holds; of all without one. */
  ids(of: (holder: Holder) => boolean = () => true): string[] {
    return [...this.held].filter(({ holder }) => of(holder)).map(({ id }) => id);
  }

  /** Opens what the holder keeps and does not have. Gives PostgreSQL's words when it lets no more in. */
  async fill(holder: Holder): Promise<string | undefined> {
    const has = this.ids((one) => one.address === holder.address).length;
    const missing = Array.from({ length: Math.max(0, holder.keeps - has) });
    const refused = await Promise.all(missing.map(() => this.hold(holder)));
    return refused.find((words) => words !== undefined);
  }

  /** Ends what these hold, in order. */
  async end(of: (holder: Holder) => boolean): Promise<void> {
    const ending = [...this.held].filter(({ holder }) => of(holder));
    for (const one of ending) this.held.delete(one);
    await Promise.all(ending.map(({ client }) => client.end().catch(() => undefined)));
  }

  /** Connects once and leaves. Gives PostgreSQL's words when it is not let in. */
  async knock(caller: Caller): Promise<string | undefined> {
    const client = this.client(caller);
    try {
      await client.connect();
      return undefined;
    } catch (error) {
      return refusalOf(error, caller);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /**
   * Takes so many slots without ever giving a password, as a crowd that comes all at once does, and gives what the next
   * one is told.
   */
  async crush(caller: Caller, slots: number): Promise<string | undefined> {
    const waiting = await Promise.all(Array.from({ length: slots }, () => this.unanswered(caller)));
    try {
      return await this.knock(caller);
    } finally {
      for (const socket of waiting) socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.end(() => true);
  }

  private async hold(holder: Holder): Promise<string | undefined> {
    const client = this.client(holder);
    try {
      await client.connect();
      const { rows } = await client.query<{ id: string }>(OWN_ID);
      const one: Held = { id: rows[0]?.id ?? '', holder, client };
      this.held.add(one);
      client.once('end', () => {
        if (this.held.delete(one) && !this.closing) this.left();
      });
      return undefined;
    } catch (error) {
      await client.end().catch(() => undefined);
      return refusalOf(error, holder);
    }
  }

  private client(caller: Caller): pg.Client {
    const { host, port, password } = this.server;
    const client = new pg.Client({
      host,
      port,
      password,
      user: caller.role,
      database: caller.database,
      application_name: caller.application,
      connectionTimeoutMillis: 20_000,
      stream: () => socketFrom(caller.address),
    });
    client.on('error', () => {});
    return client;
  }

  /** A connection that is asked for its password and stays silent. */
  private async unanswered({ role, database, address }: Caller): Promise<Socket> {
    const { host, port } = this.server;
    const socket = new Socket();
    socket.on('error', () => {});
    socket.connect({ host, port, localAddress: address });
    await once(socket, 'connect');
    const words = Buffer.from(`user\0${role}\0database\0${database}\0\0`);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(words.length + 8, 0);
    head.writeUInt32BE(196_608, 4);
    socket.write(Buffer.concat([head, words]));
    await once(socket, 'data');
    return socket;
  }
}

/** The driver connects the socket itself: this one adds from where. */
function socketFrom(localAddress: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket) as (options: object) => Socket;
  return Object.assign(socket, {
    connect: (port: number, host: string) => connect({ port, host, localAddress }),
  });
}

/** Only a full server is part of the world; whatever else keeps a client out is thrown. */
function refusalOf(error: unknown, { address }: Caller): string {
  if (error instanceof pg.DatabaseError && error.code === '53300') return error.message;
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'EADDRNOTAVAIL') {
    throw new Error(
      `This machine has no address ${address}: here only 127.0.0.1 is its own (macOS). ` +
        'Add it with "sudo ifconfig lo0 alias ADDRESS", or run this scenario on Linux or Windows.',
      { cause: error },
    );
  }
  throw error;
}
