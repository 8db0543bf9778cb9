/** A real pgBackRest repository of a real PostgreSQL, asked from inside a pod; and what its answers mean. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtPgBackRest, told } from '../../../src/actions/backup/pgbackrest.ts';
import { type Stage, startStage } from '../../support/pod-stage.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres-server.ts';
import { programOf } from '../../support/real-programs.ts';
import { describeWith } from '../../support/requirements.ts';

describeWith(['controlPlane', 'postgres', 'pgbackrest'], 'a real pgBackRest', () => {
  let stage: Stage;
  let server: PostgresServer;
  let folder: string;

  /** As the system user that the server runs as, which owns its data. */
  const asServer = async (...args: string[]): Promise<void> => {
    const command = [programOf('pgbackrest', 'pgbackrest'), `--config=${join(folder, 'config')}`, ...args];
    const [program = '', ...rest] =
      process.getuid?.() === 0 ? ['runuser', '-u', server.user, '--', ...command] : command;
    await promisify(execFile)(program, rest);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-pgbackrest-'));
    chmodSync(folder, 0o755);
    for (const name of ['repo', 'lock', 'log', 'spool']) {
      mkdirSync(join(folder, name));
      chmodSync(join(folder, name), 0o777);
    }
    const push = `${programOf('pgbackrest', 'pgbackrest')} --config=${join(folder, 'config')} --stanza=main archive-push %p`;
    [stage, server] = await Promise.all([
      startStage(),
      startPostgres({ settings: ['archive_mode=on', `archive_command=${push}`, 'wal_level=replica'] }),
    ]);
    writeFileSync(
      join(folder, 'config'),
      [
        '[global]',
        `repo1-path=${join(folder, 'repo')}`,
        `lock-path=${join(folder, 'lock')}`,
        `log-path=${join(folder, 'log')}`,
        `spool-path=${join(folder, 'spool')}`,
        'start-fast=y',
        'compress-type=none',
        '[main]',
        `pg1-path=${join(server.volume, 'data')}`,
        `pg1-socket-path=${server.socket}`,
        `pg1-port=${server.port}`,
        'pg1-user=postgres',
        '',
      ].join('\n'),
    );
    const env = [{ name: 'PGBACKREST_CONFIG', value: join(folder, 'config') }];
    await stage.addPod('repo-0', { containers: [{ name: 'repo', image: 'x', env }] });
  });
  afterAll(async () => {
    await Promise.all([stage?.stop(), server?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const look = (stanza = 'main') => lookAtPgBackRest(stage.call({}), { pod: 'repo-0', stanza });

  it('has no stanza, and says so, though its exit code is 0', async () => {
    const seen = await look();
    expect(seen.found).toBeUndefined();
    expect(seen.searched).toContain('missing stanza path');
    expect(seen.unknowns).toEqual([]);
  });

  it('has a stanza without a backup, then a full one, then an incremental one', async () => {
    await asServer('--stanza=main', 'stanza-create');
    expect(await look()).toMatchObject({
      searched: expect.stringContaining('no valid backups'),
      unknowns: [],
    });
    const before = Date.now();
    await asServer('--stanza=main', '--type=full', 'backup');
    const full = await look();
    expect(full.searched).toMatch(/1 whole, newest full \d{8}-\d{6}F$/);
    expect(full.unknowns).toEqual([]);
    expect(full.found?.path).toMatch(/^main:\d{8}-\d{6}F$/);
    expect(full.found?.at.getTime()).toBeGreaterThan(before - 2000);
    await server.run('postgres', 'create table t as select generate_series(1, 1000) as a');
    await asServer('--stanza=main', '--type=incr', 'backup');
    const both = await look();
    expect(both.searched).toMatch(/2 whole, newest incr \d{8}-\d{6}F_\d{8}-\d{6}I$/);
  });

  it('is not in every container, and not in a pod that is gone', async () => {
    const none = mkdtempSync(join(tmpdir(), 'handrail-no-programs-'));
    symlinkSync('/bin/sh', join(none, 'sh'));
    await stage.addPod('plain-0', {
      containers: [{ name: 'plain', image: 'x', env: [{ name: 'PATH', value: none }] }],
    });
    const plain = await lookAtPgBackRest(stage.call({}), { pod: 'plain-0', stanza: 'main' });
    expect(plain.unknowns).toEqual([expect.stringContaining('pgbackrest is not in this container')]);
    const gone = await lookAtPgBackRest(stage.call({}), { pod: 'gone-0', stanza: 'main' });
    expect(gone.unknowns).toEqual([expect.stringContaining('Not found')]);
    expect([plain.found, gone.found]).toEqual([undefined, undefined]);
    rmSync(none, { recursive: true });
  });
});

describe('what pgBackRest answers', () => {
  const one = (label: string, more: object = {}) => ({
    label,
    type: 'full',
    error: false,
    timestamp: { start: 1, stop: 1_700_000_000 },
    archive: { start: '000000010000000000000002', stop: '000000010000000000000002' },
    ...more,
  });
  const info = (backup: object[], more: object = {}) =>
    JSON.stringify([
      {
        name: 'main',
        status: { code: 0, message: 'ok', lock: { backup: { held: false } } },
        archive: [{ max: '000000010000000000000009', min: '000000010000000000000001' }],
        backup,
        ...more,
      },
    ]);
  const read = (text: string) => told(text, 'main', 'pgBackRest stanza main in pod p');

  it('leaves out a backup with errors, and one whose chain is broken', () => {
    const seen = read(
      info([
        one('A'),
        one('B', { error: true, timestamp: { stop: 1_700_000_100 } }),
        one('C', { type: 'incr', reference: ['A', 'B'], timestamp: { stop: 1_700_000_200 } }),
        one('D', { type: 'incr', reference: ['gone'], timestamp: { stop: 1_700_000_300 } }),
      ]),
    );
    expect(seen.found?.path).toBe('main:A');
    expect(seen.searched).toContain('1 whole, 3 broken');
  });

  it('says when the WAL that a backup needs is not there', () => {
    const seen = read(info([one('A', { archive: { stop: '00000001000000000000000A' } })]));
    expect(seen.found?.path).toBe('main:A');
    expect(seen.unknowns.join()).toContain('not in the archive');
  });

  it.each(['', '[]', '{}', '<html>', '[{"name":"main"}]'])('in "%s" is no backup', (text) => {
    expect(read(text).found).toBeUndefined();
  });

  it('is read though its numbers are too large for JavaScript', () => {
    const text = info([one('A')]).replace('"name"', '"db":[{"system-id":7710286167691848572}],"name"');
    expect(read(text).found?.path).toBe('main:A');
  });
});
