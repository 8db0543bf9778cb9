// A process of its own: when the process that opened a lab has ended, however that ended, it ends the lab.
import { release } from './claim.ts';

const file = process.argv[2];
if (file) {
  process.stdin.on('error', () => {});
  process.stdin.on('close', () => void release(file));
  process.stdin.resume();
}
