import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReadingAction } from '../../../src/actions/action.ts';
import { postgresActions } from '../../../src/actions/postgres/index.ts';
import { podOf, type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { describeWith } from '../../support/requirements.ts';

const readBack = postgresActions.find((a) => a.name === 'postgres.read-back') as unknown as ReadingAction<
  unknown,
  { readable: boolean; bytes: number; sha256: string; tables: number; problem?: string }
>;

describeWith(
  ['controlPlane', 'postgres', 'pgClient'],
  'postgres.read-back on archives of a real pg_dump',
  () => {
    let stage: Stage;
    let server: PostgresServer;
    let good: string;
    beforeAll(async () => {
      [stage, server] = await Promise.all([startStage(), startPostgres()]);
      await server.run(
        'postgres',
        'create table one as select n, md5(n::text) from generate_series(1, 20000) n',
        'create table two (id int)',
        'create view three as select * from one',
      );
      good = join(server.volume, 'good.dump');
      execFileSync(join(server.programs, 'pg_dump'), [
        '-h',
        server.socket,
        '-p',
        String(server.port),
        '-U',
        'postgres',
        '-Fc',
        '-f',
        good,
        'postgres',
      ]);
      await stage.addPod('db-0', podOf(server));
    });
    afterAll(async () => {
      await Promise.all([stage?.stop(), server?.stop()]);
    });

    const read = async (path: string) => {
      const back = await readBack.run(stage.call({ pod: 'db-0', path }));
      expect(readBack.output.safeParse(back).success).toBe(true);
      return back;
    };
    const copy = (name: string): string => {
      const path = join(server.volume, name);
      copyFileSync(good, path);
      return path;
    };

    it('reads a whole one, with and without a hash beside it', async () => {
      expect(await read(good)).toMatchObject({ readable: true, tables: 2, bytes: statSync(good).size });
      const path = copy('with-hash.dump');
      writeFileSync(`${path}.sha256`, execFileSync('sha256sum', [path]));
      expect(await read(path)).toMatchObject({ readable: true, tables: 2 });
    });

    it.each([0.3, 0.5, 0.99])(
      'does not take a file cut at %f for whole, though pg_restore --list does',
      async (part) => {
        const path = copy(`cut-${part}.dump`);
        truncateSync(path, Math.floor(statSync(path).size * part));
        expect(() =>
          execFileSync(join(server.programs, 'pg_restore'), ['--list', path], { stdio: 'pipe' }),
        ).not.toThrow();
        const back = await read(path);
        expect(back).toMatchObject({ readable: false, tables: 0 });
        expect(back.problem).toMatch(/pg_restore: error/);
      },
    );

    it('finds one changed bit by the hash', async () => {
      const path = copy('changed.dump');
      writeFileSync(`${path}.sha256`, execFileSync('sha256sum', [path]));
      const bytes = readFileSync(path);
      const owner = bytes.lastIndexOf('postgres', undefined, 'latin1');
      bytes[owner] = 0x71;
      writeFileSync(path, bytes);
      const back = await read(path);
      expect(back.readable).toBe(false);
      expect(back.problem).toMatch(/hash is not the one/);
    });

    it('answers for a file that is not there, not finished, or no archive', async () => {
      const gone = join(server.volume, 'gone.dump');
      expect(await read(gone)).toMatchObject({ readable: false, problem: 'there is no such file' });
      writeFileSync(`${gone}.partial`, 'half');
      expect(await read(gone)).toMatchObject({
        readable: false,
        problem: expect.stringMatching(/unfinished/),
      });
      const text = join(server.volume, 'text.dump');
      writeFileSync(text, 'not an archive');
      expect(await read(text)).toMatchObject({ readable: false });
      const hostile = join(server.volume, 'a$(touch pwned);b.dump');
      expect(readBack.params.safeParse({ pod: 'db-0', path: hostile }).success).toBe(false);
    });
  },
);
