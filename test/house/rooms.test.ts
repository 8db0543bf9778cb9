// The linter holds the arrows between the rooms: a wrong import planted in a copy of the project's folders is refused.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { files, project } from './files.ts';

const core = ['catalog', 'incidents', 'report', 'runbooks'];
const edges = ['actions', 'config', 'queue', 'slack', 'store', 'web'];
const ends = ['cli', 'perform'];
const endFiles = [
  'assemble.ts',
  'bot.ts',
  'main.ts',
  'open-cluster.ts',
  'open-store.ts',
  'slack-door.ts',
  'version.ts',
];

/** Within the core: from whom each may take. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  catalog: [],
  runbooks: ['catalog'],
  incidents: ['runbooks', 'catalog'],
  report: ['incidents', 'runbooks', 'catalog'],
};

interface Planted {
  readonly file: string;
  readonly code: string;
  readonly rule: 'no-restricted-imports' | 'no-restricted-globals' | 'no-restricted-properties';
  readonly refused: boolean;
}

const planted: Planted[] = [];

function plantCode(room: string, code: string, rule: Planted['rule'], refused: boolean): void {
  planted.push({ file: `${room}/planted-${planted.length}.ts`, code, rule, refused });
}

/** The import as a file of the room's folder writes it, and once more from a folder below. */
function plant(room: string, from: string, refused: boolean): void {
  for (const [folder, source] of [
    [room, from],
    [`${room}/deeper`, from.startsWith('../') ? `../${from}` : from],
  ] as const)
    plantCode(
      folder,
      `import { something } from '${source}';\nsomething();\n`,
      'no-restricted-imports',
      refused,
    );
}

for (const room of core) {
  for (const other of core.filter((one) => one !== room))
    plant(`src/${room}`, `../${other}/x.ts`, !allowed[room]?.includes(other));
  for (const edge of [...edges, ...ends]) plant(`src/${room}`, `../${edge}/x.ts`, true);
  for (const name of [
    'node:fs',
    'node:process',
    'node:timers/promises',
    'pg',
    '@slack/bolt',
    '@kubernetes/client-node',
  ])
    plant(`src/${room}`, name, true);
  for (const name of ['node:crypto', 'zod', './near.ts', './a/near.ts']) plant(`src/${room}`, name, false);
  for (const code of ['console.log(1);', 'process.exit();', 'setTimeout(() => 1, 1);'])
    plantCode(`src/${room}`, `${code}\n`, 'no-restricted-globals', true);
  plantCode(`src/${room}`, 'export const now = Date.now();\n', 'no-restricted-properties', true);
  plantCode(
    `src/${room}`,
    `export const x = await import('../store/x.ts');\n`,
    'no-restricted-imports',
    true,
  );
  plantCode(`src/${room}`, `export type { X } from '../slack/x.ts';\n`, 'no-restricted-imports', true);
}
for (const edge of edges) {
  for (const other of edges.filter((one) => one !== edge)) plant(`src/${edge}`, `../${other}/x.ts`, true);
  for (const end of ends) plant(`src/${edge}`, `../${end}/x.ts`, true);
  for (const room of core) plant(`src/${edge}`, `../${room}/x.ts`, false);
}
for (const room of [...core, ...edges]) for (const file of endFiles) plant(`src/${room}`, `../${file}`, true);
for (const room of [...core, ...edges, ...ends]) {
  for (const out of ['sandbox', 'test', 'scripts', 'launch']) plant(`src/${room}`, `../../${out}/x.ts`, true);
  plant(`src/${room}`, 'node:process', true);
}
for (const room of ends) for (const edge of edges) plant(`src/${room}`, `../${edge}/x.ts`, false);
plant('src/perform', '../cli/x.ts', true);
plant('src/perform', '../bot.ts', true);
plant('src/slack', 'pg', true);
plant('src/store', 'pg', false);
// The databases of the catalogue, not the store.
plant('src/actions', 'pg', true);
plant('src/actions/postgres', 'pg', false);
plant('src/actions/postgres', 'bullmq', true);
plant('src/config', '@kubernetes/client-node', true);
plant('sandbox', '../src/assemble.ts', false);
plant('sandbox', '../test/x.ts', true);
for (const use of ['env', 'on', 'exit']) {
  plantCode('src/slack', `export const x = process.${use};\n`, 'no-restricted-properties', true);
  plantCode('src', `export const x = process.${use};\n`, 'no-restricted-properties', true);
}
for (const file of ['src/main.ts', 'src/cli/main.ts'])
  planted.push({
    file,
    code: 'export const x = process.env;\n',
    rule: 'no-restricted-properties',
    refused: false,
  });

const said = z.object({
  diagnostics: z.array(z.object({ code: z.string().optional(), filename: z.string() })),
});

describe('the rooms', () => {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-rooms-'));
  let refusals: ReadonlySet<string>;

  beforeAll(() => {
    copyFileSync(join(project, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    for (const { file, code } of planted) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    const oxlint = join(
      dirname(createRequire(import.meta.url).resolve('oxlint/package.json')),
      'bin',
      'oxlint',
    );
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format=json'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 100_000_000,
    });
    expect(stdout, stderr).toContain('"diagnostics"');
    const { diagnostics } = said.parse(JSON.parse(stdout));
    refusals = new Set(
      diagnostics.map(({ code, filename }) => `${filename} ${/\((.+)\)/.exec(code ?? '')?.[1] ?? ''}`),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('refuse what goes up, sideways or outside', () => {
    const letThrough = planted.filter((one) => one.refused && !refusals.has(`${one.file} ${one.rule}`));
    expect(letThrough.map(({ file, code }) => `${file}: ${code}`)).toEqual([]);
  });

  it('allow what goes down', () => {
    const refused = planted.filter((one) => !one.refused && refusals.has(`${one.file} ${one.rule}`));
    expect(refused.map(({ file, code }) => `${file}: ${code}`)).toEqual([]);
  });

  it('are all known: a new folder or file of src needs a rule first', () => {
    const entries = readdirSync(join(project, 'src'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(folders.filter((name) => ![...core, ...edges, ...ends].includes(name))).toEqual([]);
    const alone = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(alone.filter((name) => !endFiles.includes(name))).toEqual([]);
  });

  it('have no folder inside that bears the name of a room, which the rules would take for it', () => {
    const names = new Set([...core, ...edges, ...ends, 'sandbox', 'test', 'scripts', 'launch', 'bench']);
    const inside = files
      .filter((file) => file.startsWith('src/'))
      .flatMap((file) =>
        file
          .split('/')
          .slice(2, -1)
          .filter((part) => names.has(part))
          .map(() => file),
      );
    expect(inside).toEqual([]);
  });
});
