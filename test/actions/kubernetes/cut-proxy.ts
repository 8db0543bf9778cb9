/** Between a client and a server: keeps back requests or answers, and drops the connections when told. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CutProxy {
  readonly port: number;
  /** What from now on does not pass; `drop` ends it. */
  keepBack(what: 'requests' | 'answers'): void;
  /** Ends every connection; new ones pass again. */
  drop(): void;
  stop(): Promise<void>;
}

export async function startCutProxy(target: URL): Promise<CutProxy> {
  let kept: 'requests' | 'answers' | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => {
      if (kept !== 'requests') upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (kept !== 'answers') client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    keepBack: (what) => {
      kept = what;
    },
    drop: () => {
      for (const socket of sockets) socket.destroy();
      kept = undefined;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
