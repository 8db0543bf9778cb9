import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { postgresActions } from '../../../src/actions/postgres/index.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { podOf, type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { describeWith } from '../../support/requirements.ts';

const action = <T>(name: string): T => postgresActions.find((a) => a.name === name) as unknown as T;
const dump = action<ChangingAction<unknown>>('postgres.dump');
const sizeVsVolume =
  action<ReadingAction<unknown, Record<string, number | boolean>>>('postgres.size-vs-volume');

const MIB = 1024 * 1024;

/** Why no volume of our own can be mounted here; undefined when it can. */
function cannotMount(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-volume-'));
  const made = mount(folder);
  if (made) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return made ? undefined : 'no right to mount a small volume: run as root';
}

function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=40m,mode=0777', 'tmpfs', folder]).status === 0;
}

const skipped = cannotMount();
const describeOnVolume = skipped ? describe.skip : describe;
if (skipped) process.stderr.write(`skipped: ${skipped}\n`);

describeWith(['controlPlane', 'postgres', 'pgClient'], 'room for a dump', () => {
  let stage: Stage;
  let server: PostgresServer;
  beforeAll(async () => {
    [stage, server] = await Promise.all([startStage(), startPostgres()]);
    await server.run('postgres', 'create database app', 'create database noise');
    await server.run('app', 'create table t (id int)');
    // What cannot be compressed: 25 MiB of it.
    await server.run(
      'noise',
      'create table t (x uuid)',
      'insert into t select gen_random_uuid() from generate_series(1, 900000)',
    );
    await stage.addPod('db-0', podOf(server));
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), server?.stop()]);
  });

  it('is measured as the system and PostgreSQL themselves measure it', async () => {
    const seen = await sizeVsVolume.run(stage.call({ pod: 'db-0', database: 'app' }));
    const { bsize, blocks, bavail } = statfsSync(server.volume);
    const client = await server.connect('app');
    const { rows } = await client.query('select pg_database_size(current_database())::int as bytes');
    await client.end();
    expect(seen.database_bytes).toBe(rows[0].bytes);
    expect(seen.total_bytes).toBe(bsize * blocks);
    expect(Math.abs(Number(seen.free_bytes) - bsize * bavail) / (bsize * bavail)).toBeLessThan(0.2);
    expect(seen.fits).toBe(Number(seen.free_after_percent) >= 20);
    expect(sizeVsVolume.output.safeParse(seen).success).toBe(true);
  });

  it('says why it cannot be measured', async () => {
    const run = (params: object) => sizeVsVolume.run(stage.call({ pod: 'db-0', database: 'app', ...params }));
    await expect(run({ database: 'nothere' })).rejects.toThrow(/"nothere" does not exist/);
    await expect(run({ path: '/no/such/place/x.dump' })).rejects.toThrow(/no folder/);
    await stage.addPod('silent-0', { annotations: { 'env-PGHOST': '/no/socket' } });
    await expect(run({ pod: 'silent-0' })).rejects.toThrow(/did not answer the question: psql: error/);
  });

  describeOnVolume(`on a volume of 40 MiB${skipped ? ` [skipped: ${skipped}]` : ''}`, () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'handrail-volume-'));
      expect(mount(folder)).toBe(true);
    });
    afterAll(() => {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    });
    const planned = async (database: string, operation: string) => {
      const params = dump.params.parse({ pod: 'db-0', database, folder });
      const plan = await dump.plan(stage.call(params, { operation }));
      return stage.changingCall(params, plan, { operation }) as never as Parameters<typeof dump.run>[0];
    };
    const fillTo = (freePercent: number) => {
      rmSync(join(folder, 'filling'), { force: true });
      const { bsize, blocks, bfree } = statfsSync(folder);
      writeFileSync(
        join(folder, 'filling'),
        Buffer.alloc(bsize * (bfree - Math.ceil((blocks * freePercent) / 100))),
      );
    };

    it('compares a file there with that volume', async () => {
      const path = join(folder, 'x.dump');
      const seen = await sizeVsVolume.run(stage.call({ pod: 'db-0', database: 'noise', path }));
      expect(seen).toMatchObject({ total_bytes: 40 * MIB, fits: false });
    });

    it('stops itself when others fill the volume, and removes what it wrote', async () => {
      const lock = await server.connect('app');
      try {
        await lock.query('begin');
        await lock.query('lock table t in access exclusive mode');
        const call = await planned('app', 'space-1');
        const run = dump.run(call).catch((error: unknown) => error);
        await waitUntil('it waits for the lock', async () => {
          const client = await server.connect();
          const { rows } = await client.query(
            "select 1 from pg_stat_activity where application_name = 'space-1'",
          );
          await client.end();
          return rows.length > 0;
        });
        fillTo(8);
        expect(await run).toMatchObject({
          says: expect.stringMatching(/less than 12 % of the volume was free.*Name another folder/),
          nothingHappened: true,
        });
        expect(readdirSync(folder)).toEqual(['filling']);
      } finally {
        await lock.end();
      }
    });

    it('is refused in the plan when it would stop at once', async () => {
      fillTo(8);
      await expect(planned('app', 'space-2')).rejects.toThrow(/Less than 12 %/);
    });

    it('leaves nothing when the dump itself fills the volume', async () => {
      fillTo(20);
      await expect(dump.run(await planned('noise', 'space-3'))).rejects.toMatchObject({
        nothingHappened: true,
      });
      expect(readdirSync(folder)).toEqual(['filling']);
    });
  });
});
