/** Ends a world's own PostgreSQL when the process that started it is gone, killed or not; standard input tells. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [number, data = '', ...folders] = process.argv.slice(2);
const pid = Number(number);

/** The number alone may belong to somebody else by now. */
function isServer(): boolean {
  try {
    const file = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    process.kill(pid, 0);
    return Number.parseInt(file, 10) === pid;
  } catch {
    return false;
  }
}

process.stdin.resume();
process.stdin.on('end', () => void end());

async function end(): Promise<void> {
  for (let tries = 0; isServer() && tries < 300; tries++) {
    process.kill(pid, tries < 100 ? 'SIGINT' : 'SIGQUIT');
    await pause(100);
  }
  for (const one of folders) rmSync(one, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
