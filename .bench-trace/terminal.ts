/** The terminal's `handrail`, cold: from spawn to exit. */
import { fileURLToPath } from 'node:url';
import { run } from './process.ts';
import type { Bench } from './result.ts';
import { median, spread, times } from './statistics.ts';

const ROUNDS = 9;
const of = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
  ['`node -e 0`', ['-e', '0']],
  ['`handrail runbook run --help`, the program alone', [of('src/cli/main.ts'), 'runbook', 'run', '--help']],
  ['`handrail runbook run --help`, as typed', [of('bin/handrail.mjs'), 'runbook', 'run', '--help']],
];

export const terminal: Bench = {
  name: 'terminal',
  title: 'Cold start at a terminal',
  async run(folder) {
    const took = new Map<string, number[]>(PROGRAMS.map(([name]) => [name, []]));
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [name, args] of PROGRAMS) took.get(name)?.push((await run(args, { cwd: folder })).ms);
    const floor = median(took.get(PROGRAMS[0]?.[0] ?? '') ?? []);
    return {
      tables: [
        {
          head: ['what', 'ms, min / median / max', 'beside an empty program'],
          rows: [...took].map(([name, sample]) => [name, spread(sample), times(median(sample) / floor)]),
        },
      ],
      notes: [
        `${ROUNDS} runs each, in turns. As typed, a first Node looks whether everything is installed and starts a second one with the program.`,
        'The aim for the terminal is for a whole check (`handrail runbook run check-patroni`, at least 1.5 times faster than kubectl, patronictl and psql in a row, which took 349 ms); this is the part of it that is only starting.',
      ],
      data: Object.fromEntries([...took].map(([name, sample]) => [name.replaceAll('`', ''), median(sample)])),
    };
  },
};
