// Real git repositories in temporary folders: which revision a runbook's file is of, and when there is none.
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { revisionsOf } from '../../src/config/runbook-revision.ts';

const git = spawnSync('git', ['--version']).status === 0;
if (!git) console.warn('git is not here: only what works without it is tested');

let root: string;
let folder: string;
// Whatever the person who runs the tests has configured stays out.
const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const run = (...args: string[]): string =>
  execFileSync('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const commit = (): string => {
  run('add', '-A');
  run('commit', '-q', '-m', 'x');
  return run('log', '-1', '--format=%h');
};
const of = async (...names: string[]) => Object.fromEntries(await revisionsOf(folder, names, { env }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'revision-'));
  folder = join(root, 'runbooks');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.runIf(git)('in a checkout', () => {
  beforeEach(() => {
    run('init', '-q');
  });

  it('is the last commit that touched the file, not the last one', async () => {
    write('a.yaml', 'a: 1\n');
    const first = commit();
    write('b.yaml', 'b: 1\n');
    const second = commit();
    expect(first).not.toBe(second);
    expect(await of('a.yaml', 'b.yaml')).toEqual({ 'a.yaml': first, 'b.yaml': second });
  });

  it('says that the file differs from it, staged or not, and no more once it is as it was', async () => {
    write('a.yaml', 'a: 1\n');
    write('b.yaml', 'b: 1\n');
    const first = commit();
    write('a.yaml', 'a: 2\n');
    expect(await of('a.yaml', 'b.yaml')).toEqual({ 'a.yaml': `${first}+changes`, 'b.yaml': first });
    run('add', '-A');
    expect(await of('a.yaml')).toEqual({ 'a.yaml': `${first}+changes` });
    write('a.yaml', 'a: 1\n');
    expect(await of('a.yaml')).toEqual({ 'a.yaml': first });
  });

  it('is none for a file that git does not know, never committed or taken out again', async () => {
    write('old.yaml', 'a: 1\n');
    const first = commit();
    run('rm', '-q', 'runbooks/old.yaml');
    mkdirSync(folder, { recursive: true });
    write('kept.yaml', 'a: 1\n');
    const second = commit();
    write('old.yaml', 'a: 1\n');
    write('new.yaml', 'a: 1\n');
    write('staged.yaml', 'a: 1\n');
    run('add', 'runbooks/staged.yaml');
    expect(first).not.toBe(second);
    expect(await of('old.yaml', 'new.yaml', 'staged.yaml', 'kept.yaml')).toEqual({ 'kept.yaml': second });
  });

  it('takes names as they are', async () => {
    write('a*.yaml', 'a: 1\n');
    const first = commit();
    write('ab.yaml', 'a: 1\n');
    write('-x é.yaml', 'a: 1\n');
    const second = commit();
    expect(await of('a*.yaml', '-x é.yaml')).toEqual({ 'a*.yaml': first, '-x é.yaml': second });
  });

  it('is none before the first commit', async () => {
    write('a.yaml', 'a: 1\n');
    expect(await of('a.yaml')).toEqual({});
  });

  it('of a shallow checkout is the oldest commit that is there', async () => {
    write('a.yaml', 'a: 1\n');
    commit();
    write('b.yaml', 'b: 1\n');
    const last = commit();
    const copy = join(root, 'shallow');
    run('clone', '-q', '--depth', '1', `file://${root}`, copy);
    const found = await revisionsOf(join(copy, 'runbooks'), ['a.yaml', 'b.yaml'], { env });
    expect(Object.fromEntries(found)).toEqual({ 'a.yaml': last, 'b.yaml': last });
  });

  it('is none for a link, as a ConfigMap is mounted', async () => {
    mkdirSync(join(folder, '..data'));
    writeFileSync(join(folder, '..data', 'a.yaml'), 'a: 1\n');
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    commit();
    expect(await of('a.yaml')).toEqual({});
  });

  it('is none where git is not installed', async () => {
    write('a.yaml', 'a: 1\n');
    commit();
    expect(await revisionsOf(folder, ['a.yaml'], { env: { PATH: folder } })).toEqual(new Map());
  });

  it('is none when git takes too long', async () => {
    write('a.yaml', 'a: 1\n');
    commit();
    const slow = join(root, 'slow');
    mkdirSync(slow);
    writeFileSync(join(slow, 'git'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const found = await revisionsOf(folder, ['a.yaml'], {
      env: { PATH: `${slow}:${env.PATH}` },
      timeoutMs: 50,
    });
    expect(found).toEqual(new Map());
  });

  it.runIf(process.getuid?.() === 0)('is none where the checkout belongs to somebody else', async () => {
    write('a.yaml', 'a: 1\n');
    commit();
    for (const one of [root, join(root, '.git'), folder]) chownSync(one, 12345, 12345);
    expect(spawnSync('git', ['-C', folder, 'status'], { env }).stderr.toString()).toContain('safe.directory');
    expect(await of('a.yaml')).toEqual({});
  });

  it('runs no program that the repository names', async () => {
    write('a.yaml', 'a: 1\n');
    writeFileSync(join(folder, '.gitattributes'), '*.yaml diff=evil\n');
    const first = commit();
    const evil = join(root, 'evil');
    writeFileSync(evil, `#!/bin/sh\ntouch ${join(root, 'was-run')}\n`, { mode: 0o755 });
    for (const name of ['core.fsmonitor', 'diff.external', 'diff.evil.command', 'diff.evil.textconv'])
      run('config', name, evil);
    write('a.yaml', 'a: 2\n');
    expect(await of('a.yaml')).toEqual({ 'a.yaml': `${first}+changes` });
    expect(spawnSync('ls', [join(root, 'was-run')]).status).not.toBe(0);
  });

  it('goes before what .revision says', async () => {
    write('a.yaml', 'a: 1\n');
    const first = commit();
    write('b.yaml', 'b: 1\n');
    write('.revision', 'v1.4\n');
    expect(await of('a.yaml', 'b.yaml')).toEqual({ 'a.yaml': first, 'b.yaml': 'v1.4' });
  });
});

describe('without a checkout', () => {
  it('is none, and no failure', async () => {
    write('a.yaml', 'a: 1\n');
    expect(await of('a.yaml')).toEqual({});
    expect(await revisionsOf(join(folder, 'none'), ['a.yaml'], { env })).toEqual(new Map());
  });

  it.each([
    ['v1.4\n', 'v1.4'],
    ['1a2b3c4', '1a2b3c4'],
    ['1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d\n', '1a2b3c4d5e6f'],
    ['<!channel> hello', undefined],
    ['two\nlines', undefined],
    ['', undefined],
  ])('is what .revision says: %j', async (text, expected) => {
    write('a.yaml', 'a: 1\n');
    write('.revision', text);
    expect((await of('a.yaml'))['a.yaml']).toBe(expected);
  });
});
