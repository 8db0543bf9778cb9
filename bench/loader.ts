/** How long a runbook of 2,000 lines takes to read and check: the first time in a process, and warm. */
import { fileURLToPath } from 'node:url';
import { run } from './process.ts';
import type { Bench } from './result.ts';
import { median, ms, spread } from './statistics.ts';

const PROCESSES = 3;
const LINES = 2000;
const TIMES = 40;
/** Loads after which the compiler has seen everything. */
const WARM = 20;
const AIM = 100;

interface Loaded {
  readonly took: readonly number[];
  readonly before: number;
  readonly peak: number;
  readonly lines: number;
}

export const loader: Bench = {
  name: 'loader',
  title: 'Loading a runbook of 2,000 lines',
  async run(folder) {
    const program = fileURLToPath(new URL('load-runbook.ts', import.meta.url));
    const loads: Loaded[] = [];
    for (let n = 0; n < PROCESSES; n += 1) {
      const { printed } = await run([program, String(LINES), String(TIMES)], { cwd: folder });
      loads.push(JSON.parse(printed) as Loaded);
    }
    const first = loads.map(({ took }) => took[0] ?? 0);
    const warm = loads.flatMap(({ took }) => took.slice(WARM));
    const grown = Math.max(...loads.map(({ before, peak }) => peak - before));
    return {
      tables: [
        {
          head: ['what', 'ms, min / median / max', 'aim'],
          rows: [
            ['the first one of a process', spread(first), ''],
            ['warm', spread(warm), `median at most ${ms(AIM)}`],
          ],
        },
      ],
      notes: [
        `${loads[0]?.lines ?? 0} lines, ${PROCESSES} processes, ${TIMES} loads each, the last ${TIMES - WARM} are warm. All of them together take at most ${Math.round(grown)} MiB.`,
        'Most of the first one is the compiler getting to know the YAML parser and the expression language; the five shipped runbooks together are 500 lines.',
      ],
      data: { firstMs: median(first), warmMs: median(warm), aimMs: AIM, grownMiB: grown },
    };
  },
};
