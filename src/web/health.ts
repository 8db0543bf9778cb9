/** Answers whether this process works: for a container's health check. Loopback unless told otherwise. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Health {
  readonly port: number;
  close(): Promise<void>;
}

/** `problems` gives what does not work now, in words; none is healthy. */
export async function startHealth(options: {
  port: number;
  host?: string;
  problems: () => Promise<readonly string[]>;
}): Promise<Health> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    options.problems().then(
      (problems) => {
        response.writeHead(problems.length === 0 ? 200 : 503, {
          'content-type': 'text/plain; charset=utf-8',
        });
        response.end(problems.length === 0 ? 'ok\n' : `${problems.join('\n')}\n`);
      },
      (error: unknown) => response.writeHead(503).end(`${String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
