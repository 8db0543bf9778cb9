// A process of its own: ends the control plane of the folder in its argument when the test process has died.
import { endAll } from './processes.ts';

const folder = process.argv[2];
if (folder) {
  process.stdin.on('error', () => {});
  process.stdin.on('close', () => void endAll(folder));
  process.stdin.resume();
}
