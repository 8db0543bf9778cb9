/** Runs the program and is invisible: its input and output, its signals, its end are ours. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CannotLaunch } from './stop.mjs';

const compiled = fileURLToPath(new URL('../.handrail/compiled', import.meta.url));
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Should a signal that we got be passed on? A terminal sends Ctrl-C to the program as well as to us: sent again it
 * would count as a second one. Windows cannot send signals, only end a process.
 */
function passesOn(signal) {
  if (process.platform === 'win32') return false;
  return signal !== 'SIGINT' || !process.stdin.isTTY;
}

/** Ends as the program ended: with its exit code, or by the same signal. */
export function run(node, entry, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', entry, ...args], {
      stdio: 'inherit',
      // Compiled code is kept between starts: it halves them (measured, docs/benchmarks.md).
      env: { NODE_COMPILE_CACHE: compiled, ...process.env },
    });
    const handlers = new Map(SIGNALS.map((signal) => [signal, () => passesOn(signal) && child.kill(signal)]));
    for (const [signal, handler] of handlers) process.on(signal, handler);
    child.on('error', (error) => reject(new CannotLaunch(`${node} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => {
      for (const [name, handler] of handlers) process.off(name, handler);
      if (signal) process.kill(process.pid, signal);
      else process.exitCode = code ?? 1;
      resolve();
    });
  });
}
