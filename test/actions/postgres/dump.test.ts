import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ChangingAction, ReadingAction } from '../../../src/actions/action.ts';
import { postgresActions } from '../../../src/actions/postgres/index.ts';
import { kill, processesMarked } from '../../support/control-plane/processes.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { podOf, type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { describeWith } from '../../support/requirements.ts';

const action = <T>(name: string): T => postgresActions.find((a) => a.name === name) as unknown as T;
type Dump = ChangingAction<unknown, { path: string; bytes: number; sha256: string; seconds: number }>;
const dump = action<Dump>('postgres.dump');
const readBack =
  action<
    ReadingAction<
      unknown,
      { readable: boolean; sha256: string; tables: number; bytes: number; problem?: string }
    >
  >('postgres.read-back');

describeWith(['controlPlane', 'postgres', 'pgClient'], 'postgres.dump on a real server in a pod', () => {
  let stage: Stage;
  let server: PostgresServer;

  beforeAll(async () => {
    [stage, server] = await Promise.all([startStage(), startPostgres()]);
    await server.run('postgres', 'create database app', `create database "o'dd name"`, 'create database big');
    await server.run(
      'app',
      'create table orders (id int primary key, what text)',
      'insert into orders select n, md5(n::text) from generate_series(1, 5000) n',
      'create table people (id int, name text)',
      "insert into people values (1, 'somebody')",
      'analyze',
    );
    await server.run(
      'big',
      'create table a_first (id int, what text)',
      'insert into a_first select n, repeat(md5(n::text), 8) from generate_series(1, 400000) n',
      'create table b_second (id int)',
      'analyze',
    );
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      name: 'db',
      uid: randomUUID(),
      controller: true,
    };
    await stage.addPod('db-0', { ...podOf(server), metadata: { ownerReferences: [owner] } });
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), server?.stop()]);
  });

  const left = () => readdirSync(server.volume).filter((name) => name.startsWith('handrail-'));
  afterEach(async () => {
    for (const name of left()) await promisify(execFile)('rm', ['-rf', join(server.volume, name)]);
  });

  /** A call whose plan has been made, of an operation of its own. */
  const planned = async (params: object, more: object = {}) => {
    // Its own in the whole machine: processes are found by it, and another run of these tests may be under way.
    const operation = randomUUID();
    const parsed = dump.params.parse({ pod: 'db-0', ...params });
    const call = stage.call(parsed, { operation, ...more });
    const plan = await dump.plan(call);
    return stage.changingCall(parsed, plan, {
      operation,
      ...more,
    }) as never as Parameters<Dump['run']>[0];
  };
  /** How many pg_dump of this operation PostgreSQL sees. */
  const running = async (operation: string): Promise<number> => {
    const client = await server.connect();
    const { rows } = await client.query(
      'select count(*)::int as n from pg_stat_activity where application_name = $1',
      [operation],
    );
    await client.end();
    return rows[0].n;
  };

  /** Freezes pg_dump in the middle of its first table, however fast the machine is; returns what lets it go on. */
  const frozen = async (operation: string): Promise<() => void> => {
    const client = await server.connect('big');
    await waitUntil('the first table is being copied', async () => {
      const { rows } = await client.query('select 1 from pg_stat_progress_copy where tuples_processed > 0');
      return rows.length > 0;
    });
    const pids = processesMarked('PGAPPNAME', operation).filter((pid) =>
      readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('pg_dump'),
    );
    for (const pid of pids) kill(pid, 'SIGSTOP');
    await client.end();
    expect(pids).toHaveLength(1);
    return () => {
      for (const pid of pids) kill(pid, 'SIGCONT');
    };
  };

  it('writes a dump that pg_restore can restore, and says what it wrote', async () => {
    const call = await planned({ database: 'app' });
    const made = await dump.run(call);
    expect(made.path).toBe(call.plan.values.path);
    expect(call.plan.target.owner).toEqual({ kind: 'StatefulSet', name: 'db' });
    expect(dump.planValues.parse(call.plan.values)).toMatchObject({
      pod: 'db-0',
      container: 'main',
      database: 'app',
    });
    expect(made.path).toMatch(new RegExp(`^${server.volume}/handrail-inc7-app-[0-9a-f]{8}\\.dump$`));
    const { mode, size } = statSync(made.path);
    expect([mode & 0o777, size]).toEqual([0o600, made.bytes]);
    expect(made.sha256).toBe(createHash('sha256').update(readFileSync(made.path)).digest('hex'));
    expect(left().sort()).toEqual(
      [made.path, `${made.path}.sha256`].map((p) => p.slice(server.volume.length + 1)),
    );
    expect(dump.output.safeParse(made).success).toBe(true);

    const back = await readBack.run(stage.call({ pod: 'db-0', path: made.path }));
    expect(back).toEqual({ readable: true, bytes: made.bytes, sha256: made.sha256, tables: 2 });
    // What a stranger's tools say.
    await promisify(execFile)('sha256sum', ['-c', `${made.path}.sha256`], { cwd: server.volume });
    await server.run('postgres', 'create database restored');
    await promisify(execFile)(join(server.programs, 'pg_restore'), [
      '-h',
      server.socket,
      '-p',
      String(server.port),
      '-U',
      'postgres',
      '-d',
      'restored',
      '--exit-on-error',
      made.path,
    ]);
    const client = await server.connect('restored');
    const { rows } = await client.query('select count(*)::int as n, sum(id)::int as sum from orders');
    await client.end();
    expect(rows[0]).toEqual({ n: 5000, sum: 12_502_500 });
  });

  it('takes a database whose name a shell or a connection string would take apart', async () => {
    const made = await dump.run(await planned({ database: "o'dd name" }));
    expect(made.path).toMatch(/handrail-inc7-o_dd_name-[0-9a-f]{8}\.dump$/);
    const call = stage.call(dump.params.parse({ pod: 'db-0', database: 'host=127.0.0.1 dbname=app' }));
    await expect(dump.plan(call as never)).rejects.toThrow(/does not exist/);
  });

  it('plans the same path for the same operation and another for another', async () => {
    const [a, b] = [await planned({ database: 'app' }), await planned({ database: 'app' })];
    expect(a.plan.values.path).not.toBe(b.plan.values.path);
    const again = await dump.plan(stage.call(a.params, { operation: a.operation }));
    expect(again).toEqual(a.plan);
  });

  it('refuses in the plan what cannot work', async () => {
    const plan = (params: object) => dump.plan(stage.call(dump.params.parse({ pod: 'db-0', ...params })));
    await expect(plan({ database: 'nothere' })).rejects.toThrow(/"nothere" does not exist/);
    await expect(plan({ database: 'app', pod: 'db-9' })).rejects.toThrow(/Not found/);
    await expect(plan({ database: 'app', folder: '/no/such/folder' })).rejects.toThrow(/no folder/);
    await expect(plan({ database: 'app', folder: join(server.volume, 'data', 'base') })).rejects.toThrow(
      /inside PostgreSQL's data directory/,
    );
    await expect(plan({ database: 'app', folder: '/proc' })).rejects.toThrow(/cannot be written|room/);
    expect(dump.params.safeParse({ pod: 'db-0', database: 'app', folder: '/tmp/../etc' }).success).toBe(
      false,
    );
    expect(dump.params.safeParse({ pod: 'db-0', database: 'app', folder: '/tmp/$(id)' }).success).toBe(false);
  });

  it('goes on when every connection breaks, and one operation has one pg_dump however often it is started', async () => {
    const call = await planned({ database: 'big' });
    const stopped = new AbortController();
    const first = dump.run({ ...call, signal: stopped.signal }).then(
      () => 'done',
      (error: Error) => error.message,
    );
    const goOn = await frozen(call.operation);
    stopped.abort();
    expect(await first).toMatch(/may go on in pod db-0/);
    expect(await dump.happened(call)).toBe('still running');
    const [again, third] = [dump.run(call), dump.run(call)];
    expect(await running(call.operation)).toBe(1);
    goOn();
    const [a, b] = await Promise.all([again, third]);
    expect(a).toEqual(b);
    expect(await dump.happened(call)).toBe('made');
    // Started once more after its end: looks, and finds the same file.
    const before = statSync(a.path).mtimeMs;
    expect(await dump.run(call)).toEqual(a);
    expect(statSync(a.path).mtimeMs).toBe(before);
  });

  it('keeps looking when the cluster cannot be reached for a while', async () => {
    let refused = 0;
    const call = await planned({ database: 'app' });
    const unsteady = {
      ...call.reach,
      kubernetes: async () => {
        // The pod is read and the dump started by the first two; the next three find nobody.
        asked += 1;
        if (asked > 2 && asked <= 5) {
          refused += 1;
          throw new Error('connect ECONNREFUSED');
        }
        return stage.config;
      },
    };
    let asked = 0;
    const made = await dump.run({ ...call, reach: unsteady });
    expect(refused).toBe(3);
    expect(made.bytes).toBe(statSync(made.path).size);
  });

  it('gives up on a locked table after 5 s, says so, and leaves nothing', async () => {
    const lock = await server.connect('app');
    const call = await planned({ database: 'app' });
    try {
      await lock.query('begin');
      await lock.query('lock table people in access exclusive mode');
      await expect(dump.run(call)).rejects.toMatchObject({
        says: expect.stringMatching(/Somebody holds a lock on a table/),
        nothingHappened: true,
      });
      expect(left()).toEqual([]);
    } finally {
      await lock.end();
    }
  });

  it('stops a running dump, removes its file, and then knows that it was not made', async () => {
    const lock = await server.connect('app');
    const call = await planned({ database: 'app' });
    try {
      await lock.query('begin');
      await lock.query('lock table people in access exclusive mode');
      const run = dump.run(call).then(
        () => 'done',
        (error: Error) => error.message,
      );
      await waitUntil('pg_dump is connected', () => running(call.operation));
      await dump.stop?.(call);
      expect(await running(call.operation)).toBe(0);
      expect(left()).toEqual([]);
      expect(await run).toMatch(/stopped|somebody has removed it|given up/i);
      expect(await dump.happened(call)).toBe('not made');
    } finally {
      await lock.end();
    }
  });

  it('shuts the door on an operation that never started: a late start does nothing', async () => {
    const call = await planned({ database: 'app' });
    expect(await dump.happened(call)).toBe('not made');
    await expect(dump.run(call)).rejects.toMatchObject({ nothingHappened: true });
    expect(existsSync(String(call.plan.values.path))).toBe(false);
    expect(await running(call.operation)).toBe(0);
  });

  it('cleans up after a container that died in the middle', async () => {
    const call = await planned({ database: 'app' });
    const path = String(call.plan.values.path);
    await promisify(execFile)(
      'sh',
      ['-c', 'mkdir "$1.job"; echo 1 >"$1.job/pid"; echo half >"$1.partial"', 'sh', path],
      // As the pod's own user: what root makes it could not remove.
      { uid: statSync(server.volume).uid },
    );
    expect(await dump.happened(call)).toBe('not made');
    expect(left()).toEqual([]);
  });

  it('does not start when the attempt is not ours any more, or the pod is another', async () => {
    const call = await planned({ database: 'app' });
    await expect(dump.run({ ...call, stillOurs: async () => false })).rejects.toMatchObject({
      nothingHappened: true,
    });
    const plan = { ...call.plan, target: { ...call.plan.target, uid: 'another' } };
    await expect(dump.run({ ...call, plan })).rejects.toMatchObject({
      planChanged: true,
      nothingHappened: true,
    });
    expect(left()).toEqual([]);
  });

  it('says how far it is', async () => {
    const words: string[] = [];
    const call = await planned({ database: 'big' }, { progress: (line: string) => words.push(line) });
    const made = dump.run(call);
    const goOn = await frozen(call.operation);
    await waitUntil('it tells the table', () => words.some((line) => line.includes('table')));
    goOn();
    expect((await made).bytes).toBeGreaterThan(0);
    expect(words.join('\n')).toMatch(/table 1 of 2 \(public\.a_first\), \d+ %, [\d.]+ (B|KiB|MiB) written/);
  });
});
