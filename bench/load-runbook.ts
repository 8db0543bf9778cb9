/** Loads one long runbook again and again in a process of its own: ms of each time, as a line of JSON: `LINES TIMES`. */
import { register } from '../src/actions/index.ts';
import { loadLibrary } from '../src/runbooks/library.ts';
import { longRunbook } from './long-runbook.ts';
import { memory } from './process.ts';

const [lines = '2000', times = '40'] = process.argv.slice(2);
const text = longRunbook(Number(lines));
const before = memory(process.pid).now;
const took = Array.from({ length: Number(times) }, () => {
  const began = performance.now();
  const { runbooks } = loadLibrary([{ file: 'long.yaml', text }], register, '');
  if (runbooks.size !== 1) throw new Error('the long runbook does not load');
  return performance.now() - began;
});
process.stdout.write(
  JSON.stringify({ took, before, peak: memory(process.pid).peak, lines: text.split('\n').length - 1 }),
);
