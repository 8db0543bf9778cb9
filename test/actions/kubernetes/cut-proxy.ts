/** Between a client and a server: keeps back requests or answers, and drops the connections when told. */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface CutProxy {
  readonly port: number;
  /** What from now on does not pass; `drop` ends it. */
  keepBack(what: 'requests' | 'answers'): void;
  /** True once something has been kept back. */
  readonly holds: boolean;
  /** Ends every connection; new ones pass again. */
  drop(): void;
  stop(): Promise<void>;
}

export async function startCutProxy(target: URL): Promise<CutProxy> {
  let kept: 'requests' | 'answers' | undefined;
  let holds = false;
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
      if (kept === 'requests') holds = true;
      else upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (kept === 'answers') holds = true;
      else client.write(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    keepBack: (what) => {
      kept = what;
    },
    get holds() {
      return holds;
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
