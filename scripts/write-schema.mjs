// Writes the JSON Schemas in runbooks/schema from the types that read the files; with --check it only says which are stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runbookJsonSchema } from '../src/runbooks/json-schema.ts';
import { testFileJsonSchema } from '../src/runbooks/test-file.ts';

const folder = new URL('../runbooks/schema/', import.meta.url);
const wanted = {
  'runbook.v1.schema.json': runbookJsonSchema(),
  'runbook-test.v1.schema.json': testFileJsonSchema(),
};
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(wanted)) {
  const file = fileURLToPath(new URL(name, folder));
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
    console.error(`wrote ${file}`);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${file} is stale: run node scripts/write-schema.mjs`);
    process.exitCode = 1;
  }
}
