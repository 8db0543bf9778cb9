/** From the command to ready: the sandbox as `npm start` starts it, the bot alone, and a bare Bolt app. */
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { removeHome, startServer } from './database.ts';
import { memory, start } from './process.ts';
import type { Bench } from './result.ts';
import { bareStage, botStage, type SlackStage } from './slack-stage.ts';
import { median, metAtMost, spread, written } from './statistics.ts';

const SANDBOX_ROUNDS = 3;
const ROUNDS = 5;
const OWN_ROUNDS = 3;
const NEW_STORE = 3000;
const EXISTING_STORE = 1000;
const MEMORY = 110;
const project = fileURLToPath(new URL('..', import.meta.url));

export const startToReady: Bench = {
  name: 'start',
  title: 'From the command to ready',
  async run(folder) {
    const sandbox = await sandboxStarts(folder);
    const apps = await appStarts(folder);
    const aim = (sample: readonly number[], limit: number) =>
      `under ${limit / 1000} s: ${metAtMost(median(sample), limit)}`;
    const more = apps.memory.bot.map((one, index) => one - (apps.memory.bare[index] ?? Number.NaN));
    return {
      tables: [
        {
          head: ['from spawn to ready', 'ms, min / median / max', 'aim'],
          rows: [
            [
              '`node start.mjs`, first start ever: sandbox, until its address is printed',
              spread(sandbox.first),
              '',
            ],
            ['`node start.mjs`, second start', spread(sandbox.second), ''],
            ['Handrail alone, makes its own database', spread(apps.fresh), aim(apps.fresh, NEW_STORE)],
            [
              'Handrail alone, starts its existing database',
              spread(apps.existing),
              aim(apps.existing, EXISTING_STORE),
            ],
            [
              'Handrail alone, database server running',
              spread(apps.running),
              aim(apps.running, EXISTING_STORE),
            ],
            ['bare Bolt and pg, database server running', spread(apps.bare), ''],
          ],
        },
        {
          head: ['memory at rest, a second after ready', 'MiB, min / median / max', 'aim'],
          rows: [
            [
              'Handrail, without its database',
              spread(apps.memory.bot),
              `at most +${MEMORY} MiB: +${written(median(more))}, ${metAtMost(median(more), MEMORY)}`,
            ],
            ['bare Bolt and pg', spread(apps.memory.bare), ''],
          ],
        },
      ],
      notes: [
        `${SANDBOX_ROUNDS} rounds for the sandbox, ${ROUNDS} for the apps over a running server, ${OWN_ROUNDS} new databases each started twice more. Installed packages, files in the kernel's cache; Socket Mode.`,
        'The first start makes the database (initdb), the stand-in cluster, its databases with their rows, and starts the bot; installing packages, which npm does before it on a machine that has none, is not in it.',
      ],
      data: {
        sandboxFirstMs: median(sandbox.first),
        sandboxSecondMs: median(sandbox.second),
        botNewStoreMs: median(apps.fresh),
        botExistingStoreMs: median(apps.existing),
        botRunningServerMs: median(apps.running),
        bareMs: median(apps.bare),
        memoryMiB: { bot: median(apps.memory.bot), bare: median(apps.memory.bare), more: median(more) },
      },
    };
  },
};

/** In a copy of the project: its own starts must not be in the way, nor find a database. */
async function sandboxStarts(folder: string): Promise<{ first: number[]; second: number[] }> {
  const copy = join(folder, 'project');
  mkdirSync(copy);
  for (const part of [
    'start.mjs',
    'package.json',
    'package-lock.json',
    'launch',
    'src',
    'sandbox',
    'runbooks',
    'slack',
  ])
    cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  const once = async () => {
    const started = await start(['start.mjs', '--port', '0'], {
      cwd: copy,
      env: {},
      line: /The local Slack is at/,
    });
    await started.stop();
    return started.ms;
  };
  const first: number[] = [];
  const second: number[] = [];
  for (let round = 0; round < SANDBOX_ROUNDS; round += 1)
    try {
      first.push(await once());
      second.push(await once());
    } finally {
      await removeHome(join(copy, '.handrail', 'sandbox', 'postgres'));
      rmSync(join(copy, '.handrail'), { recursive: true, force: true });
    }
  return { first, second };
}

async function appStarts(folder: string): Promise<{
  fresh: number[];
  existing: number[];
  running: number[];
  bare: number[];
  memory: { bot: number[]; bare: number[] };
}> {
  const server = await startServer(folder);
  const url = { bot: await server.fresh(), bare: await server.fresh() };
  const fresh: number[] = [];
  const existing: number[] = [];
  const running: number[] = [];
  const bare: number[] = [];
  const rest = { bot: [] as number[], bare: [] as number[] };
  const once = async (into: number[] | undefined, opening: Promise<SlackStage>, resting?: number[]) => {
    const stage = await opening;
    into?.push(stage.app.ms);
    if (resting) {
      await pause(1000);
      resting.push(memory(stage.app.child.pid).now);
    }
    await stage.stop();
  };
  try {
    const home = join(folder, 'bot');
    // The first connection to a database also makes the queue's tables.
    await once(undefined, botStage(home, { mode: 'socket', databaseUrl: url.bot }));
    for (let round = 0; round < ROUNDS; round += 1) {
      await once(bare, bareStage(folder, 'socket', url.bare), rest.bare);
      await once(running, botStage(home, { mode: 'socket', databaseUrl: url.bot }), rest.bot);
    }
    for (let round = 0; round < OWN_ROUNDS; round += 1) {
      const own = join(folder, `own-${round}`);
      try {
        await once(fresh, botStage(own, { mode: 'socket' }));
        await once(existing, botStage(own, { mode: 'socket' }));
        await once(existing, botStage(own, { mode: 'socket' }));
      } finally {
        await removeHome(join(own, 'postgres'));
      }
    }
  } finally {
    await server.stop();
  }
  return {
    fresh: fresh ?? [],
    existing: existing ?? [],
    running: running ?? [],
    bare: bare ?? [],
    memory: rest,
  };
}
