// `npm start -- --autopilot` as a newcomer runs it: what is on standard output, how it ends, and that nothing stays.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planOf } from '../../../sandbox/scenarios/pidp/plan.ts';
import { SCENARIOS } from '../../../sandbox/scenarios/scenarios.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { inProject } from '../../support/terminal-world.ts';
import { played } from './played.ts';
import { descendants, type Process, stillRun } from './processes.ts';
import { expectFacts } from './report-facts.ts';

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  out(): string;
  err(): string;
}

// Windows has no signals to stop it with.
describe.skipIf(process.platform === 'win32')('npm start', { timeout: 240_000 }, () => {
  let home: string;
  let temporary: string;
  const started: Started[] = [];

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'handrail-autopilot-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'handrail-autopilot-tmp-'));
  });
  afterEach(async () => {
    for (const { child, ended } of started.splice(0)) {
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(temporary, { recursive: true, force: true });
  });

  function start(...args: string[]): Started {
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, TMPDIR: temporary, HANDRAIL_HOME: home, TZ: 'America/Vancouver' };
    const child = spawn(process.execPath, [inProject('start.mjs'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const ended = new Promise<Ended>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal })),
    );
    const one = { child, ended, out: () => out, err: () => err };
    started.push(one);
    return one;
  }

  /** Nothing of it is left on the machine: no process, no temporary folder, no server in its home. */
  async function expectNothingLeft(those: readonly Process[]): Promise<void> {
    await waitUntil('all of its processes are gone', () => stillRun(those).length === 0, {
      seconds: 20,
      describe: () =>
        stillRun(those)
          .map(({ command }) => command)
          .join('; '),
    });
    // Node keeps compiled files there when it is told to; nobody told it.
    expect(readdirSync(temporary)).toEqual([]);
    expect(existsSync(join(home, 'sandbox', 'postgres', 'data', 'postmaster.pid'))).toBe(false);
  }

  const playing = (one: Started, words: RegExp) =>
    waitUntil(`it says ${words.source}`, () => words.test(one.err()) || undefined, {
      seconds: 120,
      describe: () => one.err(),
    });

  it('--autopilot prints the report and nothing else, and leaves nothing behind', async () => {
    const one = start('--autopilot', '--seed', '1');
    await playing(one, /utility up/);
    const those = descendants(one.child.pid ?? 0);
    // The launcher's program, its PostgreSQL and the bot at least.
    expect(those.length).toBeGreaterThanOrEqual(3);
    expect(await one.ended).toEqual({ code: 0, signal: null });
    expectFacts(one.out(), planOf(1), 'America/Vancouver', true);
    expect(one.out().startsWith('# INC-1 ')).toBe(true);
    expect(one.err()).toMatch(/^- \/incident close/m);
    await expectNothingLeft(those);
  });

  it('--out FILE takes the report, and standard output stays empty', async () => {
    const file = join(home, 'report.md');
    const one = start('--autopilot', '--seed', '7', '--out', file);
    expect(await one.ended, one.err()).toEqual({ code: 0, signal: null });
    expect(one.out()).toBe('');
    expectFacts(readFileSync(file, 'utf8'), planOf(7), 'America/Vancouver');
  });

  it('ends at once with the reason when the bot ends, and says nothing on standard output', async () => {
    const one = start('--autopilot');
    await playing(one, /\/incident start/);
    const those = descendants(one.child.pid ?? 0);
    const bot = those.find(({ command }) => command.includes('src/main.ts'))?.pid;
    expect(bot).toBeDefined();
    process.kill(bot ?? 0, 'SIGKILL');
    expect(await one.ended).toEqual({ code: 1, signal: null });
    expect(one.out()).toBe('');
    expect(one.err()).toMatch(/The bot has ended by itself \(SIGKILL\)\. Its log: /);
    expect(one.err()).not.toMatch(/^\s+at /m);
    await expectNothingLeft(those);
  });

  it.each([
    ['while it plays', /a note by command/],
    ['while it starts', /Starting the bot/],
  ])('stops everything at SIGINT %s', async (_when, words) => {
    const one = start('--autopilot');
    await playing(one, words);
    const those = descendants(one.child.pid ?? 0);
    one.child.kill('SIGINT');
    expect(await one.ended).toEqual({ code: 1, signal: null });
    expect(one.out()).toBe('');
    expect(one.err()).toMatch(/Stopping/);
    await expectNothingLeft(those);
  });

  it.each(SCENARIOS.map(({ name }) => name))(
    'without --autopilot %s prints the address, and SIGINT ends it well',
    async (name) => {
      const one = start('--port', '0', '--scenario', name);
      const url = await waitUntil('the address', () => /http:\/\/127\.0\.0\.1:\d+/.exec(one.out())?.[0], {
        seconds: 60,
      });
      expect((await fetch(url)).status).toBe(200);
      const those = descendants(one.child.pid ?? 0);
      one.child.kill('SIGINT');
      expect(await one.ended).toEqual({ code: 0, signal: null });
      await expectNothingLeft(those);
    },
  );

  it('a port in use ends with 2 and what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const one = start('--port', String(port));
    expect((await one.ended).code).toBe(2);
    other.close();
    expect(one.err()).toMatch(new RegExp(`${port}.*\\n?.*another port with --port`));
    expect(one.err()).not.toMatch(/^\s+at /m);
    expect(one.out()).toBe('');
    await expectNothingLeft([]);
  });

  it.each([
    [['--seed', 'many'], '--seed many: write a whole number'],
    [['--scenario', 'flood'], '--scenario flood: there is pidp-patroni, postgres-connections'],
    [['--profile', 'long'], '--profile long: there is default'],
    [['--port', '70000'], '--port 70000: write a whole number from 0 to 65535'],
    [['--out', 'x.md'], '--out FILE goes with --autopilot'],
    [['--autopilot', '--out', '/nowhere/report.md'], 'there is no folder /nowhere'],
    [['--autopilot', '--out', tmpdir()], 'that is a folder'],
    [['--autpilot'], 'autpilot'],
  ])('%j ends with 2 and words, and starts nothing', async (args, words) => {
    const one = start(...args);
    expect(await one.ended).toEqual({ code: 2, signal: null });
    expect(one.err()).toContain(words);
    expect(one.err()).toContain('npm start -- --autopilot');
    expect(one.err()).not.toMatch(/^\s+at /m);
    expect(one.out()).toBe('');
  });

  it('names every wrong argument at once', async () => {
    const one = start('--seed=-1', '--port', 'x', '--scenario', 'y');
    expect((await one.ended).code).toBe(2);
    for (const name of ['--seed', '--port', '--scenario'])
      expect(one.err()).toMatch(new RegExp(`^${name} `, 'm'));
  });
});

describe('a night that goes wrong', { timeout: 120_000 }, () => {
  it('ends with the reason when the platform person cannot repair', async () => {
    const night = played({
      seed: 1,
      repair: () => Promise.reject(new Error('the registry refuses the image')),
    });
    await expect(night).rejects.toThrow('the registry refuses the image');
  });

  it('does not take a repair for done that was not made', async () => {
    const night = played({ seed: 1, repair: async () => undefined, patienceMs: 8000 });
    await expect(night).rejects.toThrow(/in vain for "Give prod-patroni-0" to be verified/);
  });
});
