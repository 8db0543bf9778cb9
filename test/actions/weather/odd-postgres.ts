/** A server at PostgreSQL's port that is none, or is one in trouble: each weather is what it does with a connection. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

export interface OddPostgres {
  readonly port: number;
  /** What becomes of connections from now on. */
  become(weather: PostgresWeather): void;
  stop(): Promise<void>;
}

export interface PostgresWeather {
  readonly name: string;
  /** Told of the question for TLS (`tls`), of the login, and of all that follows. */
  readonly does: (socket: Socket, at: 'open' | 'tls' | 'login' | 'later') => void;
}

function message(type: string, body: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** An ErrorResponse of PostgreSQL. */
function error(severity: string, code: string, text: string): Buffer {
  return message('E', Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`));
}

const LOGGED_IN = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);

/** Without TLS, as most are; then this. */
function atLogin(name: string, does: (socket: Socket) => void): PostgresWeather {
  return {
    name,
    does: (socket, at) => {
      if (at === 'tls') socket.write('N');
      if (at === 'login') does(socket);
    },
  };
}

function afterLogin(name: string, does: (socket: Socket) => void): PostgresWeather {
  return {
    name,
    does: (socket, at) => {
      if (at === 'tls') socket.write('N');
      if (at === 'login') socket.write(LOGGED_IN);
      if (at === 'later') does(socket);
    },
  };
}

const refusal = (code: string, text: string) =>
  atLogin(`${code} ${text}`, (socket) => socket.end(error('FATAL', code, text)));

/** All end by themselves, except those that say nothing. */
export const POSTGRES_WEATHERS: readonly PostgresWeather[] = [
  { name: 'silence', does: () => undefined },
  { name: 'an end at once', does: (socket, at) => at === 'open' && socket.destroy() },
  {
    name: 'a web server',
    does: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'),
  },
  { name: 'an SSH server', does: (socket, at) => at === 'open' && socket.write('SSH-2.0-OpenSSH_9.2\r\n') },
  {
    name: 'TLS that is none',
    does: (socket, at) => socket.write(at === 'tls' ? 'S' : 'not a handshake at all, only words'),
  },
  atLogin('an end at the login', (socket) => socket.destroy()),
  atLogin('bytes at the login', (socket) =>
    socket.end(Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 7) % 256))),
  ),
  refusal('57P03', 'the database system is starting up'),
  refusal('57P03', 'the database system is not yet accepting connections'),
  refusal('57P03', 'the database system is in recovery mode'),
  refusal('57P03', 'the database system is shutting down'),
  refusal('53300', 'sorry, too many clients already'),
  refusal('53300', 'remaining connection slots are reserved for roles with the SUPERUSER attribute'),
  refusal('53300', 'too many connections for role "reader"'),
  refusal('28P01', 'password authentication failed for user "reader"'),
  refusal('28000', 'no pg_hba.conf entry for host "10.0.0.1", user "reader", database "web", no encryption'),
  refusal('28000', 'role "reader" is not permitted to log in'),
  refusal('3D000', 'database "web" does not exist'),
  refusal('53200', 'out of memory'),
  refusal('XX000', 'keine Verbindung möglich'),
  afterLogin('an end after the login', (socket) => socket.destroy()),
  afterLogin('an end by an administrator', (socket) =>
    socket.end(error('FATAL', '57P01', 'terminating connection due to administrator command')),
  ),
  afterLogin('a crash of another session', (socket) =>
    socket.end(
      error('WARNING', '57P02', 'terminating connection because of crash of another server process'),
    ),
  ),
  afterLogin('silence after the login', () => undefined),
  afterLogin('bytes after the login', (socket) =>
    socket.end(Buffer.from(Array.from({ length: 512 }, (_, i) => (i * 11) % 256))),
  ),
  afterLogin('a full disk', (socket) =>
    socket.write(
      Buffer.concat([
        error('ERROR', '53100', 'could not write to file "base/pgsql_tmp": No space left on device'),
        message('Z', Buffer.from('I')),
      ]),
    ),
  ),
  afterLogin('a right that is missing', (socket) =>
    socket.write(
      Buffer.concat([
        error('ERROR', '42501', 'permission denied for function pg_control_system'),
        message('Z', Buffer.from('I')),
      ]),
    ),
  ),
];

export async function startOddPostgres(): Promise<OddPostgres> {
  let weather = POSTGRES_WEATHERS[0];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const mine = weather;
    let logins = 0;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    mine?.does(socket, 'open');
    socket.on('data', (data) => {
      // The question for TLS: eight bytes with a number of their own.
      if (logins === 0 && data.length === 8 && data.readInt32BE(4) === 80_877_103) {
        mine?.does(socket, 'tls');
        return;
      }
      logins += 1;
      mine?.does(socket, logins === 1 ? 'login' : 'later');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    become: (next) => {
      weather = next;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
