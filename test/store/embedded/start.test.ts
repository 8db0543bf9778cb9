/** The built-in database from its first start to its last stop, with processes killed in between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, processesOf, readPostmaster } from '../../../src/store/embedded/running.ts';
import { startEmbedded } from '../../../src/store/embedded/start.ts';
import { isRoot, killServer, listens, openFolder, query, type User, until, user } from './processes.ts';

// What runs is counted through /proc. Elsewhere the code is the same, and only its looking for processes is simpler.
const linux = process.platform === 'linux';

describe.skipIf(!linux)(
  `built-in database${linux ? '' : ' [skipped: counts processes through /proc]'}`,
  () => {
    let place: ReturnType<typeof openFolder>;
    let home: string;
    let data: string;
    let users: User[];

    const start = () => startEmbedded({ home });
    const another = (): User => {
      const made = user([home]);
      users.push(made);
      return made;
    };
    const main = (): number => {
      const postmaster = readPostmaster(data);
      if (postmaster === undefined) throw new Error('no server has written its pid');
      return postmaster.pid;
    };

    beforeEach(() => {
      place = openFolder();
      home = join(place.folder, 'postgres');
      data = join(home, 'data');
      users = [];
    });

    afterEach(async () => {
      for (const one of users) await one.kill();
      const left = readdirSync(place.folder).includes('postgres') ? readPostmaster(data) : undefined;
      if (left !== undefined) await killServer(data, left.pid);
      place.remove();
    });

    it('is made, answers, and keeps what was written over a stop', async () => {
      const first = await start();
      expect(first).toMatchObject({ adopted: false, joined: false });
      expect(first.version).toMatch(/^18\./);
      await query(first.url, 'create table t as select 41 as a');
      await first.stop();
      const second = await start();
      expect(second).toMatchObject({ adopted: false, joined: false });
      expect(await query(second.url, 'select a from t')).toEqual([{ a: 41 }]);
      await second.stop();
    });

    it('writes safely, keeps to loopback, and wants the password', async () => {
      const embedded = await start();
      const [settings] = await query(
        embedded.url,
        `select current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses,
              current_setting('unix_socket_directories') as sockets, current_setting('max_connections') as connections,
              current_setting('shared_buffers') as buffers`,
      );
      expect(settings).toEqual({
        fsync: 'on',
        addresses: '127.0.0.1',
        sockets: '',
        connections: '60',
        buffers: '64MB',
      });
      const port = Number(new URL(embedded.url).port);
      const others = Object.values(networkInterfaces()).flatMap((list) =>
        (list ?? []).filter((one) => !one.internal),
      );
      expect(await listens('127.0.0.1', port)).toBe(true);
      for (const { address } of others) expect(await listens(address, port), address).toBe(false);
      const wrong = new URL(embedded.url);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
      expect(statSync(join(home, 'password')).mode & 0o777).toBe(0o600);
      expect(statSync(data).mode & 0o777).toBe(0o700);
      expect(statSync(home).mode & 0o007).toBe(0);
      await embedded.stop();
    });

    it('shows neither the password nor our environment to the server', async () => {
      const one = another();
      const { url } = await one.said;
      const { password } = new URL(url);
      const seen = ['cmdline', 'environ']
        .map((name) => readFileSync(`/proc/${main()}/${name}`, 'utf8'))
        .join('\0');
      expect(seen).not.toContain(password);
      expect(seen).not.toContain('xoxb-not-for-the-database');
      expect(readFileSync(`/proc/${one.pid}/environ`, 'utf8')).toContain('xoxb-not-for-the-database');
      await one.leave();
    });

    it('leaves no process, no open port and no working file after the stop', async () => {
      const embedded = await start();
      const pid = main();
      expect(processesOf(data).length).toBeGreaterThan(3);
      await embedded.stop();
      await embedded.stop();
      expect(isAlive(pid)).toBe(false);
      expect(processesOf(data)).toEqual([]);
      expect(await listens('127.0.0.1', Number(new URL(embedded.url).port))).toBe(false);
      expect(readdirSync(data)).not.toContain('postmaster.pid');
      expect(readdirSync(home).filter((name) => /^(creating|copying)-/.test(name))).toEqual([]);
    });

    it('is one server for processes that start at once, and the last one stops it', async () => {
      const three = [another(), another(), another()];
      const said = await Promise.all(three.map((one) => one.said));
      expect(new Set(said.map(({ url }) => url)).size).toBe(1);
      expect(said.filter(({ joined }) => joined)).toHaveLength(2);
      expect(said.filter(({ adopted }) => adopted)).toEqual([]);
      const pid = main();
      const starter = said.findIndex(({ joined }) => !joined);
      const order = [starter, ...[0, 1, 2].filter((index) => index !== starter)];
      for (const [position, index] of order.entries()) {
        expect(isAlive(pid), `before number ${position} leaves`).toBe(true);
        await three[index]?.leave();
      }
      expect(isAlive(pid)).toBe(false);
    });

    it('counts two uses within one process', async () => {
      const first = await start();
      const second = await start();
      expect(second).toMatchObject({ joined: true, url: first.url });
      await first.stop();
      expect(await query(second.url, 'select 1 as a')).toEqual([{ a: 1 }]);
      await second.stop();
      expect(processesOf(data)).toEqual([]);
    });

    it('goes on when its starter is killed, and the next start takes it over', async () => {
      const one = another();
      const { url } = await one.said;
      const pid = main();
      await query(url, 'create table t as select 7 as a');
      await one.kill();
      expect(isAlive(pid)).toBe(true);
      const next = await start();
      expect(next).toMatchObject({ adopted: true, joined: false, url });
      expect(main()).toBe(pid);
      expect(await query(next.url, 'select a from t')).toEqual([{ a: 7 }]);
      await next.stop();
      expect(isAlive(pid)).toBe(false);
    });

    it('does not wait for a user that was killed before it stops', async () => {
      const killed = another();
      await killed.said;
      const joined = another();
      expect(await joined.said).toMatchObject({ joined: true });
      await killed.kill();
      const pid = main();
      await joined.leave();
      expect(isAlive(pid)).toBe(false);
    });

    it('survives a Ctrl-C in the terminal of its starter', async () => {
      const one = another();
      const { url } = await one.said;
      const pid = main();
      process.kill(-one.pid, 'SIGINT');
      if (one.child.exitCode === null && one.child.signalCode === null) await once(one.child, 'exit');
      expect(isAlive(pid)).toBe(true);
      expect(await query(url, 'select 1 as a')).toEqual([{ a: 1 }]);
    });

    it('recovers what was committed when everything was killed', async () => {
      const one = another();
      const { url } = await one.said;
      await query(url, 'create table t as select generate_series(1, 1000) as a');
      await killServer(data, main());
      await one.kill();
      expect(readdirSync(data)).toContain('postmaster.pid');
      const next = await start();
      expect(next).toMatchObject({ adopted: false, joined: false });
      expect(await query(next.url, 'select count(*)::int as n from t')).toEqual([{ n: 1000 }]);
      await next.stop();
    });

    it('comes back at the same address when only its main process was killed', async () => {
      const one = another();
      const { url } = await one.said;
      await query(url, 'create table t as select 7 as a');
      process.kill(main(), 'SIGKILL');
      const next = await start();
      expect(next.url).toBe(url);
      expect(await query(url, 'select a from t')).toEqual([{ a: 7 }]);
      await next.stop();
      expect(await query(url, 'select a from t')).toEqual([{ a: 7 }]);
      await one.leave();
      expect(processesOf(data)).toEqual([]);
    });

    it('comes back when its main process dies while the next start asks it', async () => {
      const one = another();
      const { url } = await one.said;
      await query(url, 'create table t as select 7 as a');
      const pid = main();
      process.kill(pid, 'SIGSTOP');
      const next = start();
      // The kernel takes the connection for the stopped server: then the start waits for an answer.
      const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, '0');
      await until('the next start asks', () =>
        readFileSync('/proc/net/tcp', 'utf8').includes(` 0100007F:${port} 01 `),
      );
      process.kill(pid, 'SIGKILL');
      const again = await next;
      expect(again.url).toBe(url);
      expect(await query(url, 'select a from t')).toEqual([{ a: 7 }]);
      await again.stop();
      await one.leave();
    });

    it('is not fooled by a pid that belongs to something else now', async () => {
      const first = await start();
      await query(first.url, 'create table t as select 7 as a');
      const file = join(data, 'postmaster.pid');
      const text = readFileSync(file, 'utf8');
      await killServer(data, main());
      await first.stop();
      const { uid, gid } = statSync(data);
      const sleeper = spawn('sleep', ['600'], isRoot ? { uid, gid, stdio: 'ignore' } : { stdio: 'ignore' });
      try {
        writeFileSync(file, text.replace(/^\d+/, String(sleeper.pid)));
        const next = await start();
        expect(next.adopted).toBe(false);
        expect(await query(next.url, 'select a from t')).toEqual([{ a: 7 }]);
        await next.stop();
        expect(isAlive(sleeper.pid ?? 0)).toBe(true);
      } finally {
        sleeper.kill('SIGKILL');
      }
    });

    it.runIf(process.platform === 'linux')(
      'is not held up by a dead main process that nobody has buried yet',
      async () => {
        const first = await start();
        await query(first.url, 'create table t as select 7 as a');
        const file = join(data, 'postmaster.pid');
        const text = readFileSync(file, 'utf8');
        await killServer(data, main());
        await first.stop();
        const { uid, gid } = statSync(data);
        // Its parent becomes a program that waits for no child.
        const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 600'], {
          ...(isRoot ? { uid, gid } : {}),
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        try {
          const [said] = (await once(parent.stdout, 'data')) as [Buffer];
          const dead = Number(said.toString());
          await until('it is dead and not buried', () =>
            readFileSync(`/proc/${dead}/stat`, 'utf8').includes(') Z '),
          );
          writeFileSync(file, text.replace(/^\d+/, String(dead)));
          const next = await start();
          expect(next.adopted).toBe(false);
          expect(await query(next.url, 'select a from t')).toEqual([{ a: 7 }]);
          await next.stop();
        } finally {
          parent.kill('SIGKILL');
        }
      },
    );

    it('begins again when its making was killed half-way', async () => {
      const one = another();
      await until('initdb works', () => {
        try {
          return readdirSync(home).some((name) => name.startsWith('creating-'));
        } catch {
          return false;
        }
      });
      await one.kill();
      const next = await start();
      expect(await query(next.url, 'select 1 as a')).toEqual([{ a: 1 }]);
      expect(readdirSync(home).filter((name) => name.startsWith('creating-'))).toEqual([]);
      await next.stop();
    });

    it('leaves nothing of an earlier making whose initdb began only after its starter was killed', async () => {
      const making = start();
      const working = join(home, `creating-${process.pid}`);
      await until('initdb works', () => existsSync(working));
      mkdirSync(join(home, 'creating-1', 'data'), { recursive: true });
      await (await making).stop();
      expect(readdirSync(home).filter((name) => name.startsWith('creating-'))).toEqual([]);
    });

    it('keeps only the end of a long log', async () => {
      await (await start()).stop();
      writeFileSync(join(home, 'postgres.log'), 'x'.repeat(3_000_000));
      await (await start()).stop();
      expect(statSync(join(home, 'postgres.log')).size).toBeLessThan(300_000);
    });
  },
);
