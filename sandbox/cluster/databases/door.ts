/** The port 5432 of a pod: passes connections on to a real server, under the names that they have there. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Where a connection to a database and role of the pod really goes. */
export interface Behind {
  readonly host: string;
  readonly port: number;
  readonly database: (name: string) => string;
  readonly role: (name: string) => string;
  /** Server settings for each session, as in PGOPTIONS. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface DatabaseDoor {
  readonly port: number;
  close(): Promise<void>;
}

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const PROTOCOL_3 = 196_608;

/** Listens on loopback. `behind` is asked at each connection; undefined closes it, as a stopped server does. */
export async function openDoor(behind: () => Promise<Behind | undefined>): Promise<DatabaseDoor> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => {});
    client.on('close', () => sockets.delete(client));
    void greet(client, behind).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function greet(client: Socket, behind: () => Promise<Behind | undefined>): Promise<void> {
  let waiting: Buffer = Buffer.alloc(0);
  const target = behind();
  // Awaited below; a failure before that must not count as unhandled.
  target.catch(() => {});
  for await (const chunk of client.iterator({ destroyOnReturn: false })) {
    waiting = Buffer.concat([waiting, chunk as Buffer]);
    while (waiting.length >= 8 && waiting.length >= waiting.readUInt32BE(0)) {
      const length = waiting.readUInt32BE(0);
      const message = waiting.subarray(0, length);
      waiting = waiting.subarray(length);
      const code = message.readUInt32BE(4);
      if (code === SSL_REQUEST || code === GSS_REQUEST) {
        client.write('N');
        continue;
      }
      const found = await target;
      if (!found) return void client.destroy();
      const first = code >> 16 === PROTOCOL_3 >> 16 ? startup(message, found) : message;
      return join(client, found, Buffer.concat([first, waiting]));
    }
  }
}

function join(client: Socket, { host, port }: Behind, first: Buffer): void {
  const server = connect(port, host, () => server.write(first));
  server.on('error', () => client.destroy());
  server.on('close', () => client.end());
  client.on('close', () => server.destroy());
  client.pipe(server);
  server.pipe(client);
}

/** The startup message with the names that the server knows, and the settings of this pod. */
function startup(message: Buffer, behind: Behind): Buffer {
  const words = message.subarray(8).toString('utf8').split('\0');
  const parameters = new Map<string, string>();
  for (let i = 0; i + 1 < words.length && words[i]; i += 2)
    parameters.set(words[i] ?? '', words[i + 1] ?? '');
  const user = parameters.get('user') ?? '';
  parameters.set('database', behind.database(parameters.get('database') ?? user));
  parameters.set('user', behind.role(user));
  const own = Object.entries(behind.settings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(/([\\ ])/g, '\\$1')}`,
  );
  parameters.set('options', [...own, parameters.get('options') ?? ''].join(' ').trim());
  const body = Buffer.from(`${[...parameters].map(([key, value]) => `${key}\0${value}\0`).join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  message.copy(head, 4, 4, 8);
  return Buffer.concat([head, body]);
}
