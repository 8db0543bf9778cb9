/** Root and ordinary users, and projects in folders that nobody else may enter. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPostmaster } from '../../../src/store/embedded/running.ts';
import { startEmbedded } from '../../../src/store/embedded/start.ts';
import { isRoot, openFolder, query, user } from './processes.ts';

const asRoot = process.platform === 'linux' && isRoot;
const nobody = { uid: 65534, gid: 65534 };

function uidOf(pid: number): number {
  return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/** May the account do this with the path? Asked of the system itself. */
function may(account: { uid: number; gid: number }, test: string, path: string): boolean {
  const { status } = spawnSync('setpriv', [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    'test',
    test,
    path,
  ]);
  return status === 0;
}

describe.skipIf(!asRoot)(`accounts${asRoot ? '' : ' [skipped: needs root on Linux]'}`, () => {
  let place: ReturnType<typeof openFolder>;
  beforeEach(() => {
    place = openFolder();
  });
  afterEach(() => place.remove());

  it('is run for root by an account that may write to nothing but the data', async () => {
    const home = join(place.folder, 'postgres');
    const embedded = await startEmbedded({ home });
    expect(uidOf(readPostmaster(join(home, 'data'))?.pid ?? 0)).toBe(65534);
    const stranger = { uid: 54321, gid: 54321 };
    expect(may(stranger, '-x', place.folder)).toBe(true);
    expect(may(stranger, '-x', home)).toBe(false);
    expect(may(nobody, '-x', home)).toBe(true);
    expect(may(nobody, '-w', join(home, 'data'))).toBe(true);
    for (const name of readdirSync(home)) {
      if (name !== 'data') expect(may(nobody, '-w', join(home, name)), name).toBe(false);
    }
    expect(may(nobody, '-w', home)).toBe(false);
    expect(may(nobody, '-r', join(home, 'password'))).toBe(false);
    await embedded.stop();
  });

  it('is run by an ordinary user as that user', async () => {
    const home = join(place.folder, 'postgres');
    mkdirSync(home);
    chownSync(home, nobody.uid, nobody.gid);
    const first = user([home], nobody);
    const said = await first.said;
    expect(said).toMatchObject({ adopted: false, joined: false });
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(uidOf(readPostmaster(join(home, 'data'))?.pid ?? 0)).toBe(65534);
    expect(await query(said.url, 'select 1 as a')).toEqual([{ a: 1 }]);
    const second = user([home], nobody);
    expect(await second.said).toMatchObject({ joined: true, url: said.url });
    await first.kill();
    await second.kill();
    const third = user([home], nobody);
    expect(await third.said).toMatchObject({ adopted: true, url: said.url });
    await third.leave();
    expect(readPostmaster(join(home, 'data'))).toBeUndefined();
  });

  it('works for root in a closed folder, keeps its data when the project moves, and refuses a copy', async () => {
    const closed = join(place.folder, 'closed');
    const elsewhere = join(place.folder, 'elsewhere');
    const project = join(closed, 'project');
    const home = join(project, '.handrail', 'postgres');
    mkdirSync(project, { recursive: true });
    chmodSync(closed, 0o700);
    const first = await startEmbedded({ home, elsewhere });
    await query(first.url, 'create table t as select 7 as a');
    await first.stop();
    expect(readdirSync(home)).toEqual(['database-is-in']);
    const [folder = ''] = readdirSync(elsewhere);
    expect(statSync(join(elsewhere, folder)).mode & 0o777).toBe(0o710);

    const moved = join(closed, 'moved');
    renameSync(project, moved);
    const second = await startEmbedded({ home: join(moved, '.handrail', 'postgres'), elsewhere });
    expect(await query(second.url, 'select a from t')).toEqual([{ a: 7 }]);
    await second.stop();

    cpSync(moved, project, { recursive: true });
    await expect(startEmbedded({ home, elsewhere })).rejects.toThrow(/looks like a copy.*Delete/);
    rmSync(join(home, 'database-is-in'));

    rmSync(join(elsewhere, folder), { recursive: true });
    await expect(startEmbedded({ home: join(moved, '.handrail', 'postgres'), elsewhere })).rejects.toThrow(
      /was kept in .*, which is gone/,
    );
  });

  it('works for root with a umask that closes every new file', async () => {
    const home = join(place.folder, 'postgres');
    const umask = process.umask(0o077);
    try {
      const embedded = await startEmbedded({ home });
      expect(await query(embedded.url, 'select 1 as a')).toEqual([{ a: 1 }]);
      await embedded.stop();
    } finally {
      process.umask(umask);
    }
  });
});
