/** A real Redis for tests. */
import { type AddressInfo, createServer } from 'node:net';
import { start } from './control-plane/processes.ts';
import { programOf } from './real-programs.ts';

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A real Redis with its log in `dir`; `stop` is a kill -9. */
export async function startRedis(
  port: number,
  dir: string,
  { databases = 16 }: { databases?: number } = {},
): Promise<{ stop(): Promise<void> }> {
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--appendonly',
    'yes',
    '--save',
    '',
    '--databases',
    String(databases),
  ];
  const child = start(dir, programOf('redis', 'redis-server'), args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: process.env,
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept')) resolve();
    });
    child.on('exit', () => reject(new Error('redis-server ended at its start')));
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', () => resolve());
        child.kill('SIGKILL');
      }),
  };
}
