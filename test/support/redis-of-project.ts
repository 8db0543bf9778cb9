/** One Redis for all tests of the project `redis`: started before them, ended after them, also when they were killed. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { endAll, startWatchdog } from './control-plane/processes.ts';
import { look } from './real-programs.ts';
import { freePort, startRedis } from './redis.ts';

export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // Then the project has one test, which says so.
  if (!look('redis').available) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'handrail-redis-of-project-'));
  const watchdog = startWatchdog(folder);
  const port = await freePort();
  await startRedis(port, folder, { databases: 1000 });
  project.provide('redisServer', `redis://127.0.0.1:${port}`);
  return async () => {
    await endAll(folder);
    watchdog.kill('SIGKILL');
  };
}
