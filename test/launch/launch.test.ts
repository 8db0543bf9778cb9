/** `npm start` and `handrail`: which program runs, on which Node, and that nothing of the launcher is seen. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import {
  begin,
  carrier,
  cleanEnvironment,
  findOldNode,
  makeProject,
  type Project,
  runToEnd,
  type Wanted,
} from './project.ts';

const projects: Project[] = [];
function project(wanted: Wanted): string {
  const made = makeProject(wanted);
  projects.push(made);
  return made.folder;
}
afterEach(() => {
  for (const made of projects.splice(0)) made.remove();
});

const oneDependency = { fine: process.execPath };
const oldNode = findOldNode();
const posix = process.platform !== 'win32';

describe('which program', () => {
  const entryOf = (args: string[], env: Record<string, string> = {}, door = 'start.mjs') => {
    const ran = runToEnd(process.execPath, [door, ...args], project({ installed: true }), env);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    return JSON.parse(ran.stdout) as { entry: string; args: string[] };
  };

  it('is the sandbox when nothing of Slack is set', () => {
    const args = ['--autopilot', '--out', 'a b.md', ''];
    expect(entryOf(args)).toMatchObject({ entry: 'sandbox/main.ts', args });
  });

  it.each(['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'])(
    'is the bot with %s, also when it is empty',
    (name) => {
      expect(entryOf([], { [name]: 'x' })).toMatchObject({ entry: 'src/main.ts' });
      expect(entryOf([], { [name]: '' })).toMatchObject({ entry: 'src/main.ts' });
    },
  );

  it('is the bot with --production, which is passed on', () => {
    expect(entryOf(['--production'])).toMatchObject({ entry: 'src/main.ts', args: ['--production'] });
  });

  it('is the command line for handrail, whatever is set, also through a link and from another folder', () => {
    expect(entryOf(['doctor'], { SLACK_BOT_TOKEN: 'x' }, 'bin/handrail.mjs')).toMatchObject({
      entry: 'src/cli/main.ts',
      args: ['doctor'],
    });
    const folder = project({ installed: true });
    const link = join(folder, 'linked');
    symlinkSync(join(folder, 'bin/handrail.mjs'), link);
    const elsewhere = join(folder, 'src');
    const ran = runToEnd(process.execPath, [link, 'doctor'], elsewhere);
    expect(JSON.parse(ran.stdout)).toMatchObject({ entry: 'src/cli/main.ts', cwd: elsewhere });
  });
});

describe('being invisible', () => {
  it('ends with the program’s exit code', () => {
    expect(runToEnd(process.execPath, ['start.mjs', '--exit'], project({ installed: true })).status).toBe(7);
  });

  it.skipIf(!posix)('ends by the program’s signal', () => {
    const ran = runToEnd(process.execPath, ['start.mjs', '--abort'], project({ installed: true }));
    expect(ran.signal).toBe('SIGKILL');
  });

  it.skipIf(!posix).each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on', async (name) => {
    const child = begin(['start.mjs', '--stay'], project({ installed: true }));
    const lines: string[] = [];
    if (child.stdout === null) throw new Error('no output');
    const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    await once(reader, 'line');
    // The program writes its line just before it listens for signals; ask again until it has heard.
    const again = setInterval(() => child.kill(name), 100);
    const [code] = (await once(child, 'close')) as [number | null];
    clearInterval(again);
    expect(lines.slice(1)).toEqual([name]);
    expect(code).toBe(9);
  });

  it('gives npm start --silent only what the program prints', () => {
    const folder = project({ installed: false, dependencies: oneDependency });
    const ran = runToEnd('npm', ['start', '--silent', '--', '--autopilot'], folder);
    expect(ran.stderr).toContain('Installing what Handrail needs (about a minute)...');
    const lines = ran.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ entry: 'sandbox/main.ts', args: ['--autopilot'] });
    expect(ran.status).toBe(0);
  });
});

describe('installing', () => {
  it('is done once, by npm, and not again', () => {
    const folder = project({ installed: false, dependencies: oneDependency });
    const first = runToEnd(process.execPath, ['start.mjs'], folder);
    expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('Installed.') as string });
    expect(existsSync(join(folder, 'node_modules/fine/package.json'))).toBe(true);
    expect(existsSync(join(folder, '.handrail/installing'))).toBe(false);
    expect(runToEnd(process.execPath, ['start.mjs'], folder)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([
    ['a package is gone', (folder: string) => rmSync(join(folder, 'node_modules/fine'))],
    [
      'an install was interrupted',
      (folder: string) => rmSync(join(folder, 'node_modules/.package-lock.json')),
    ],
    [
      'the packages are another machine’s',
      (folder: string) => {
        const file = join(folder, 'node_modules/.package-lock.json');
        const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, object> };
        lock.packages['node_modules/fine'] = { ...lock.packages['node_modules/fine'], os: ['plan9'] };
        writeFileSync(file, JSON.stringify(lock));
      },
    ],
  ])('is repeated when %s', (_, harm) => {
    const folder = project({ installed: true, dependencies: oneDependency });
    expect(runToEnd(process.execPath, ['start.mjs'], folder).stderr).toBe('');
    harm(folder);
    expect(runToEnd(process.execPath, ['start.mjs'], folder)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Installed.') as string,
    });
    expect(existsSync(join(folder, 'node_modules/fine/package.json'))).toBe(true);
  });

  it('says in words why it failed, and ends with 2', () => {
    const folder = project({ installed: false });
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
    const dependencies = { other: 'file:./packages/other' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...about, dependencies }));
    mkdirSync(join(folder, 'packages/other'), { recursive: true });
    writeFileSync(join(folder, 'packages/other/package.json'), '{"name":"other","version":"1.0.0"}');
    const ran = runToEnd(process.execPath, ['start.mjs'], folder);
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('package.json and package-lock.json do not match');
    expect(ran.stderr).not.toContain('    at ');
    expect(existsSync(join(folder, '.handrail/installing'))).toBe(false);
  });

  it('names the network when the registry cannot be reached', () => {
    const folder = project({ installed: false });
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as object;
    const dependencies = { absent: '1.0.0' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...about, dependencies }));
    const packages = {
      '': { name: 'handrail', version: '0.1.0', dependencies },
      'node_modules/absent': { version: '1.0.0' },
    };
    writeFileSync(
      join(folder, 'package-lock.json'),
      JSON.stringify({ name: 'handrail', lockfileVersion: 3, requires: true, packages }),
    );
    const ran = runToEnd(process.execPath, ['start.mjs'], folder, {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_fetch_retries: '0',
      npm_config_cache: join(folder, 'cache'),
    });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('registry cannot be reached');
  });

  it.skipIf(!posix)('says so when there is no npm', () => {
    const folder = project({ installed: false });
    const ran = runToEnd(process.execPath, ['start.mjs'], folder, { PATH: join(folder, 'nothing') });
    expect(ran).toMatchObject({ status: 2, stdout: '' });
    expect(ran.stderr).toContain('npm is not on this machine');
  });

  describe.skipIf(!posix)('at the same time', () => {
    /** An npm that counts its runs, waits for a file, and then does what the real one does. */
    function slowNpm(folder: string): { PATH: string; runs: () => number; go: () => void } {
      const bin = join(folder, 'slow');
      mkdirSync(bin);
      const script = `#!/bin/sh\necho $$ >> ${folder}/runs\nwhile [ ! -e ${folder}/go ]; do sleep 0.05; done\nPATH='${process.env.PATH}' exec npm "$@"\n`;
      writeFileSync(join(bin, 'npm'), script);
      chmodSync(join(bin, 'npm'), 0o755);
      return {
        PATH: `${bin}${delimiter}${process.env.PATH}`,
        runs: () =>
          existsSync(join(folder, 'runs'))
            ? readFileSync(join(folder, 'runs'), 'utf8').trim().split('\n').length
            : 0,
        go: () => writeFileSync(join(folder, 'go'), ''),
      };
    }

    function follow(folder: string, PATH: string) {
      const child = spawn(process.execPath, ['start.mjs'], {
        cwd: folder,
        env: cleanEnvironment({ PATH }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const seen = { stdout: '', stderr: '' };
      child.stdout.on('data', (chunk) => (seen.stdout += String(chunk)));
      child.stderr.on('data', (chunk) => (seen.stderr += String(chunk)));
      const says = async (text: string) => {
        while (!seen.stderr.includes(text)) await once(child.stderr, 'data');
      };
      const closed = once(child, 'close').then(([code]) => code as number | null);
      return { child, seen, says, closed };
    }

    it('two starts install once, and the second waits', async () => {
      const folder = project({ installed: false, dependencies: oneDependency });
      const npm = slowNpm(folder);
      const first = follow(folder, npm.PATH);
      await first.says('Installing');
      const second = follow(folder, npm.PATH);
      await second.says('waiting for it');
      npm.go();
      expect(await Promise.all([first.closed, second.closed])).toEqual([0, 0]);
      expect(npm.runs()).toBe(1);
      for (const { seen } of [first, second])
        expect(JSON.parse(seen.stdout)).toMatchObject({ entry: 'sandbox/main.ts' });
    });

    it('waits for an npm whose start was killed, and finds its work done', async () => {
      const folder = project({ installed: false, dependencies: oneDependency });
      const npm = slowNpm(folder);
      const first = follow(folder, npm.PATH);
      await first.says('Installing');
      while (npm.runs() === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
      const second = follow(folder, npm.PATH);
      await second.says('waiting for it');
      npm.go();
      expect(await second.closed).toBe(0);
      expect(npm.runs()).toBe(1);
    });

    it('does not wait for an install that is dead', () => {
      const folder = project({ installed: false, dependencies: oneDependency });
      mkdirSync(join(folder, '.handrail'));
      writeFileSync(join(folder, '.handrail/installing'), `${process.pid} 12`);
      const ran = runToEnd(process.execPath, ['start.mjs'], folder);
      expect(ran.status).toBe(0);
      expect(ran.stderr).not.toContain('waiting');
    });
  });
});

describe.skipIf(oldNode === undefined)(
  `an old Node${oldNode === undefined ? ' [skipped: no Node below 22.19 on this machine]' : ''}`,
  () => {
    const run = (folder: string, args: string[] = []) =>
      runToEnd(oldNode ?? '', ['start.mjs', ...args], folder);

    it('runs the program with the Node that came with the packages', () => {
      const folder = project({ installed: true, dependencies: { [carrier]: process.execPath } });
      const ran = run(folder, ['--exit']);
      expect(JSON.parse(ran.stdout)).toMatchObject({ version: process.version });
      expect(ran).toMatchObject({ status: 7, stderr: '' });
    });

    it('installs it first', () => {
      const folder = project({ installed: false, dependencies: { [carrier]: process.execPath } });
      const ran = run(folder);
      expect(JSON.parse(ran.stdout)).toMatchObject({ version: process.version });
      expect(ran.status).toBe(0);
    });

    it('takes none that is too old or does not run, and says what to do', () => {
      for (const program of [oldNode ?? '', '/dev/null']) {
        const ran = run(project({ installed: true, dependencies: { [carrier]: program } }));
        expect(ran).toMatchObject({ status: 2, stdout: '' });
        expect(ran.stderr).toMatch(
          /^Handrail needs Node 22\.19 or newer, and this is v\d.*install Node 24\.\n$/s,
        );
      }
    });
  },
);
