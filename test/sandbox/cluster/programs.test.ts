// The stand-ins for PostgreSQL's programs, run in a pod's folder against a real server; psql beside the machine's own.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Databases } from '../../../sandbox/cluster/databases/databases.ts';
import { type DatabaseDoor, openDoor } from '../../../sandbox/cluster/databases/door.ts';
import { installPrograms } from '../../../sandbox/cluster/programs/install.ts';
import { testServer } from '../../support/database.ts';
import { look } from '../../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'handrail-programs-'));
const { folder: bin } = installPrograms(join(folder, 'bin'), 18, 'stand-in');
const rows =
  "create table t (id int primary key, note text); insert into t values (1, E'a\\tb'), (2, null), (3, '== END')";
const databases = new Databases(testServer, [{ name: 'app', content: rows }], ['reader']);
const doors: DatabaseDoor[] = [];

beforeAll(async () => {
  for (const recovery of [false, true])
    doors.push(await openDoor(() => databases.behind({ data: '/pgdata/pg18', recovery })));
});
afterAll(async () => {
  for (const door of doors) await door.close();
  await databases.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: string[], input = '', more: Record<string, string> = {}): Promise<Ran> {
  const env = {
    ...process.env,
    ...databases.environment,
    PGHOST: '127.0.0.1',
    PGPORT: String(doors[0]?.port),
    PGUSER: 'postgres',
    PGDATABASE: 'app',
    HANDRAIL_POD_ROOT: folder,
    HANDRAIL_POD_VOLUMES: '/data',
    ...more,
  };
  return new Promise((resolve) => {
    const child = execFile(program, args, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    // A program that never reads its input may be gone before it is sent.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

const psqls: (readonly [string, string])[] = [['stand-in', join(bin, 'psql')]];
const own = look('pgClient');
if (own.available) psqls.push(['machine', own.programs['psql'] ?? 'psql']);
else process.stderr.write(`skipped: psql of the machine: ${own.reason}\n`);

describe.each(psqls)('psql (%s)', (_name, psql) => {
  it('prints rows as scripts read them', async () => {
    const sql = `select id, note from t order by id`;
    expect(await run(psql, ['-XAtqw', '-v', 'ON_ERROR_STOP=1', '-f', '-'], sql)).toMatchObject({
      code: 0,
      stdout: '1|a\tb\n2|\n3|== END\n',
    });
    expect((await run(psql, ['-XAt', '-c', 'select 1', '-c', 'select 2'])).stdout).toBe('1\n2\n');
    const quoted = await run(
      psql,
      ['-XAtq', '-v', "operation=it's", '-f', '-'],
      `select :'operation' || '::' || '1'::text`,
    );
    expect(quoted.stdout).toBe("it's::1\n");
  });

  it('ends with the codes that scripts look at', async () => {
    const faulty = await run(psql, ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', '-'], 'select nothing');
    expect(faulty.code).toBe(3);
    expect(faulty.stderr).toContain('ERROR:  column "nothing" does not exist');
    expect((await run(psql, ['-XAtq', '-c', 'select nothing'])).code).toBe(1);
    const nobody = await run(psql, ['-XAtqw', '-c', 'select 1'], '', { PGPORT: '1', PGCONNECT_TIMEOUT: '2' });
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toMatch(/connection to server at "127\.0\.0\.1", port 1 failed/);
  });

  it('sees the pod that it is in: data directory, recovery, read-only', async () => {
    const asked = "select current_setting('data_directory'), pg_is_in_recovery()";
    expect((await run(psql, ['-XAtq', '-c', asked])).stdout).toBe('/pgdata/pg18|f\n');
    const replica = { PGPORT: String(doors[1]?.port) };
    expect((await run(psql, ['-XAtq', '-c', asked], '', replica)).stdout).toBe('/pgdata/pg18|t\n');
    const written = await run(psql, ['-XAtq', '-c', 'delete from t'], '', replica);
    expect(written.stderr).toContain('cannot execute DELETE in a read-only transaction');
    const limited = await run(psql, ['-XAtq', '-c', 'delete from t'], '', {
      PGOPTIONS: '-c default_transaction_read_only=on',
    });
    expect(limited.stderr).toContain('read-only transaction');
  });
});

describe('the stand-in archive', () => {
  const dump = join(folder, 'x.dump');
  const program = (name: string) => join(bin, name);

  it('says what it is, and is read back whole', async () => {
    expect((await run(program('pg_dump'), ['--version'])).stdout).toMatch(
      /^pg_dump \(PostgreSQL\) 18\.0 \(Handrail stand-in\)/,
    );
    const made = await run(program('pg_dump'), ['-Fc', '-w', '--lock-wait-timeout=5s', '-f', dump]);
    expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining('Handrail stand-in') });
    expect(readFileSync(dump, 'utf8')).toMatch(/^-- Handrail stand-in dump 1/);
    expect(await run(program('pg_restore'), ['-f', '/dev/null', dump])).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect((await run(program('pg_restore'), ['--list', dump])).stdout).toMatch(
      /^\d+; \d+ \d+ TABLE DATA public t postgres$/m,
    );
  });

  it('shows damage when it is read, and not when it is listed', async () => {
    const whole = readFileSync(dump);
    for (const length of [Math.floor(whole.length / 2), whole.length - 1 - 'x'.length, whole.length - 90]) {
      writeFileSync(dump, whole);
      truncateSync(dump, length);
      expect((await run(program('pg_restore'), ['-f', '/dev/null', dump])).code).toBe(1);
      expect((await run(program('pg_restore'), ['--list', dump])).code).toBe(0);
    }
    const flipped = Buffer.from(whole);
    const at = flipped.indexOf('a\\tb');
    flipped[at] = 'z'.charCodeAt(0);
    writeFileSync(dump, flipped);
    expect((await run(program('pg_restore'), ['-f', '/dev/null', dump])).stderr).toContain(
      'checksum does not match',
    );
    writeFileSync(dump, 'something else');
    expect((await run(program('pg_restore'), ['-f', '/dev/null', dump])).stderr).toContain(
      'does not appear to be a valid archive',
    );
  });

  it('waits for a lock only so long', async () => {
    const holding = run(program('psql'), [
      '-XAtq',
      '-c',
      'begin; lock table t in access exclusive mode; select pg_sleep(3); commit',
    ]);
    let refused: Ran = { code: 0, stdout: '', stderr: '' };
    while (refused.code === 0)
      refused = await run(program('pg_dump'), ['-Fc', '--lock-wait-timeout=100ms', '-f', dump]);
    expect(refused.stderr).toContain('canceling statement due to statement timeout');
    await holding;
  });

  it('df shows the room of a pod volume', async () => {
    const size = { HANDRAIL_VOLUME_KB: '1000000', HANDRAIL_VOLUME_USED_KB: '400000' };
    const { stdout } = await run(
      'sh',
      ['-c', 'mkdir -p "$1"; "$2" -Pk "$1"', 'sh', join(folder, 'data', 'x'), program('df')],
      '',
      size,
    );
    expect(stdout.split('\n')[1]).toMatch(/^\S+ 1000000 4000\d\d 5999\d\d 40% \/data$/);
    expect((await run(program('df'), ['-Pk', folder])).stdout).toMatch(/ \/\n$/);
    expect((await run(program('df'), ['-Pk', join(folder, 'none')])).code).toBe(1);
  });
});
