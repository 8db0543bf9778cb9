/** A folder with a configuration in which the person at this terminal may start changes, and runs in it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { terminalPerson } from '../../src/cli/terminal-person.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface TerminalWorld {
  readonly folder: string;
  readonly env: Record<string, string>;
  start(
    args: readonly string[],
    env?: Record<string, string>,
  ): { child: ChildProcess; ended: Promise<Ended> };
  remove(): void;
}

/** `level` is what the person at this terminal may do everywhere. */
export function terminalWorld(options: {
  databaseUrl: string;
  kubeconfig?: string;
  level?: string;
}): TerminalWorld {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-terminal-'));
  const { id } = terminalPerson();
  writeFileSync(
    join(folder, 'handrail.yaml'),
    [
      'zone: UTC',
      `runbooks: { folder: ${JSON.stringify(join(project, 'runbooks'))} }`,
      'people:',
      `  ana: { name: Ana Example, terminal: [${JSON.stringify(id.slice('terminal:'.length))}] }`,
      'access:',
      '  everywhere:',
      `    ${options.level ?? 'operate'}: [ana]`,
      '',
    ].join('\n'),
  );
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    DATABASE_URL: options.databaseUrl,
    ...(options.kubeconfig ? { KUBECONFIG: options.kubeconfig } : {}),
  };
  return {
    folder,
    env,
    start(args, more = {}) {
      const child = spawn(process.execPath, [...args], {
        cwd: folder,
        env: { ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
      });
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString();
      });
      const ended = new Promise<Ended>((resolve) => {
        child.on('close', (code, signal) => resolve({ code, signal, out, err }));
      });
      return { child, ended };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Paths inside the project, for processes that run from another folder. */
export const inProject = (path: string): string => join(project, path);
