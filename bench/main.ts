/** `npm run bench [name …]`: runs the benches, prints their figures, and keeps them in docs/benchmarks.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { acknowledgement } from './acknowledgement.ts';
import { aboutActions } from './actions.ts';
import { append } from './append.ts';
import { commandCost } from './command-cost.ts';
import { openFolder, removeFolder, removeLeftovers } from './database.ts';
import { loader } from './loader.ts';
import { pageWith, sectionOf } from './page.ts';
import { reports } from './report.ts';
import { type Bench, drawn } from './result.ts';
import { startToReady } from './start.ts';
import { terminal } from './terminal.ts';

const BENCHES: readonly Bench[] = [
  startToReady,
  acknowledgement,
  commandCost,
  append,
  reports,
  loader,
  terminal,
  aboutActions,
];
const PAGE = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

function existing(): string {
  try {
    return readFileSync(PAGE, 'utf8');
  } catch {
    return '';
  }
}

async function one(bench: Bench): Promise<void> {
  const folder = openFolder();
  const load = loadavg()[0] ?? 0;
  const began = performance.now();
  try {
    const result = await bench.run(folder);
    const seconds = Math.round((performance.now() - began) / 1000);
    const tables = result.tables.map(drawn).join('\n\n');
    process.stdout.write(`\n${bench.title} (${seconds} s)\n\n${tables}\n\n`);
    process.stdout.write(`${JSON.stringify({ bench: bench.name, load, ...result.data })}\n`);
    const section = sectionOf(bench.title, result, { date: new Date(), load });
    writeFileSync(
      PAGE,
      pageWith(
        existing(),
        section,
        BENCHES.map(({ title }) => title),
      ),
    );
  } finally {
    await removeFolder(folder);
  }
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  const names = BENCHES.map(({ name }) => name).join(', ');
  process.stderr.write(
    `There is no bench ${unknown.join(', ')}. There is: ${names}; without a name all of them.\n`,
  );
  process.exitCode = 2;
} else {
  await removeLeftovers();
  for (const bench of BENCHES)
    if (wanted.length === 0 || wanted.includes(bench.name))
      await one(bench).catch((error: unknown) => {
        process.stderr.write(
          `${bench.name} failed: ${error instanceof Error ? error.stack : String(error)}\n`,
        );
        process.exitCode = 1;
      });
}
