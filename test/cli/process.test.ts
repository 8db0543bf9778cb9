// `handrail` as a process: exit codes, what goes where, and that a start loads only what its command needs.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { project } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'handrail-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function handrail(args: readonly string[], options: { cwd?: string; node?: string[]; stdin?: string } = {}) {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...(options.node ?? []),
      join(project, 'src/cli/main.ts'),
      ...args,
    ],
    { cwd: options.cwd ?? folder, env: { PATH: process.env.PATH ?? '', HOME: folder } },
  );
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(options.stdin ?? '');
  return {
    child,
    ended: new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
  };
}

describe('handrail in a terminal', () => {
  it('prints help to standard output with code 0, and a mistake to standard error with code 2', async () => {
    const help = await handrail(['runbook', '--help']).ended;
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('handrail runbook lint');
    const wrong = await handrail(['runbook', 'lnt']).ended;
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('Did you mean: handrail runbook lint?');
    expect(wrong.err).not.toMatch(/\n\s+at /);
  });

  it('reads a runbook from standard input, without a configuration, a cluster or a database', async () => {
    const given = { stdin: 'id: a\n', cwd: project };
    const linted = await handrail(['runbook', 'lint', '-'], given).ended;
    expect(linted.code).toBe(1);
    expect(linted.out).toContain('<stdin>:1:1 RB002 apiVersion is missing.\n');
    expect(linted.err).toBe('1 file: 6 problems.\n');
  });

  it('ends quietly when nobody reads on', async () => {
    const { child, ended } = handrail(['runbook', 'show', 'dump-db', '--json'], { cwd: project });
    child.stdout.destroy();
    const { code, err } = await ended;
    expect(err).toBe('');
    expect(code).not.toBe(1);
  });

  it.each([
    [['--help'], ['@kubernetes', '@slack', '/pg/', '/zod/', '/yaml/']],
    [
      ['runbook', 'lint'],
      ['@kubernetes/client-node', '@slack/bolt', '/pg/', '/pino/', 'bullmq'],
    ],
    [
      ['runbook', 'show', 'dump-db'],
      ['@kubernetes/client-node', '@slack/bolt', '/pg/', '/pino/', 'bullmq'],
    ],
    [
      ['runbook', 'test', 'dump-db'],
      ['@kubernetes/client-node', '@slack/bolt', '/pg/', '/pino/', 'bullmq'],
    ],
  ])('%j loads nothing that it does not need', async (args, absent) => {
    const watch = `data:text/javascript,${encodeURIComponent(
      `import { registerHooks } from 'node:module';
       registerHooks({ load(url, context, next) { process.stderr.write('LOADED ' + url + '\\n'); return next(url, context); } });`,
    )}`;
    const { code, err } = await handrail(args, { cwd: project, node: ['--import', watch] }).ended;
    expect(code).toBe(0);
    const loaded = err.split('\n').filter((line) => line.startsWith('LOADED '));
    expect(loaded.some((line) => line.endsWith('/src/cli/commands.ts'))).toBe(true);
    for (const name of absent)
      expect(loaded.filter((line) => line.includes(`node_modules/${name.replace(/^\//, '')}`))).toEqual([]);
  });
});
