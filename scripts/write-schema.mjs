// Writes runbooks/schema/runbook.v1.schema.json from the loader's types; with --check it only says whether it is stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runbookJsonSchema } from '../src/runbooks/json-schema.ts';

const file = fileURLToPath(new URL('../runbooks/schema/runbook.v1.schema.json', import.meta.url));
const wanted = runbookJsonSchema();
if (process.argv.includes('--check')) {
  const now = await readFile(file, 'utf8').catch(() => '');
  if (now !== wanted) {
    console.error(`${file} is stale: run node scripts/write-schema.mjs`);
    process.exitCode = 1;
  }
} else {
  await mkdir(new URL('../runbooks/schema/', import.meta.url), { recursive: true });
  await writeFile(file, wanted);
  console.error(`wrote ${file}`);
}
