// Free loopback ports for programs that cannot choose one themselves.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * `count` different ports that were free a moment ago. They lie below the range from which Linux takes the local
 * ports of outgoing connections (32768 and up), so that only another server can take one before it is used.
 */
export async function freePorts(count: number): Promise<number[]> {
  const held: { server: Server; port: number }[] = [];
  while (held.length < count) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    const server = createServer();
    server.listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
      held.push({ server, port });
    } catch {
      // Taken: try another.
    }
  }
  await Promise.all(held.map(({ server }) => new Promise((done) => server.close(done))));
  return held.map(({ port }) => port);
}
