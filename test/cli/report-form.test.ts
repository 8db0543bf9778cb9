// `handrail report --profile NAME --template FILE`: the form of a report at a terminal, from a real database.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Options, Values } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { WrongInput } from '../../src/cli/wrong-input.ts';
import { GENESIS, seal } from '../../src/store/write.ts';
import { freshDatabase } from '../support/database.ts';
import { migrated } from '../support/migrated.ts';
import { pidpNight } from '../support/pidp-night.ts';

let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;

beforeAll(async () => {
  database = await freshDatabase(migrated);
  folder = mkdtempSync(join(tmpdir(), 'handrail-form-'));
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  pool.on('error', () => undefined);
  for (const { event, body, bodyHash, hash } of seal(pidpNight(), GENESIS)) {
    const { incident, version, at, type, by, command } = event;
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [incident, version, at, type, by.id, by.name, command, body, bodyHash, hash],
    );
  }
  await pool.end();
});
afterAll(async () => {
  await database?.drop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** With a handrail.yaml of this text. Paths are absolute: the tests' working folder is another one. */
async function report(yaml: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const config = join(folder, 'handrail.yaml');
  writeFileSync(config, yaml);
  const typed = readArguments(['report', 'INC-1', ...args], commands);
  if ('help' in typed) throw new Error('help');
  try {
    const code = await typed.command.run({
      env: { DATABASE_URL: database.url, HANDRAIL_HOME: folder, HANDRAIL_CONFIG: config },
      folder,
      stdin: async () => new Uint8Array(),
      print: (line) => out.push(line),
      warn: (line) => err.push(line),
      values: typed.values as Values<Options>,
      names: typed.names,
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  } catch (error) {
    if (!(error instanceof WrongInput)) throw error;
    return { code: 2, out: out.join('\n'), err: error.message };
  }
}

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('the form', () => {
  it('is that of --template, with the name of the file and nothing of its folder', async () => {
    const ours = file('ours.md', '# Report on {{ title }}\n\n{{ follow_ups }}\n');
    const { code, out } = await report('zone: UTC\n', '--template', ours);
    expect(code).toBe(0);
    expect(out).toMatch(/^# Report on web-api times out\n\n- \[ \] /);
    expect(out).toContain(', profile template, file ours.md, people names, ');
    expect(out).not.toContain(folder);
  });

  it('is that of handrail.yaml, unless a profile is typed', async () => {
    file('theirs.md', '# Their report\n');
    const yaml = 'report: { template: theirs.md }\n';
    expect((await report(yaml)).out).toMatch(/^# Their report\n\n---\n/);
    const typed = await report(yaml, '--profile', 'bcgov');
    expect(typed.out).toMatch(/^# Post Incident Report\n/);
    expect(typed.out).toContain(', profile bcgov, ');
  });

  it('with a mistake in it is refused with its place', async () => {
    const wrong = file('wrong.md', '# {{ titel }}\n');
    const { code, err } = await report('zone: UTC\n', '--template', wrong);
    expect(code).toBe(2);
    expect(err).toMatch(/wrong\.md:1:3 there is no slot \{\{ titel \}\} — did you mean \{\{ title \}\}\?/);
    expect((await report('zone: UTC\n', '--template', join(folder, 'none.md'))).err).toMatch(
      /none\.md" cannot be read/,
    );
  });
});
