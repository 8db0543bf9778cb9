/** The post-incident report of a very long incident: time, memory, and what others feel while it is made. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startServer } from './database.ts';
import { everySo } from './load.ts';
import { lengthen } from './long-incident.ts';
import { memory, run } from './process.ts';
import type { Bench } from './result.ts';
import { botStage, openIncidents, poolOn } from './slack-stage.ts';
import { median, metAtMost, ms, quantile, spread, times, written } from './statistics.ts';

const PROCESSES = 3;
const ROUNDS = 3;
const LONG = 10_000;
const SHORT = 1000;
const PER_SECOND = 100;
const RENDER_AIM = 1.3;
const P99_AIM = 50;
const MEMORY_AIM = 250;

interface Rendered {
  readonly ms: number;
  readonly before: number;
  readonly peak: number;
  readonly bytes: number;
}

export const reports: Bench = {
  name: 'report',
  title: 'The report of 10,000 entries',
  async run(folder) {
    const short: Rendered[] = [];
    const long: Rendered[] = [];
    const bare: Rendered[] = [];
    for (let n = 0; n < PROCESSES; n += 1) {
      short.push(await rendered(folder, 'report', SHORT));
      bare.push(await rendered(folder, 'bare', LONG));
      long.push(await rendered(folder, 'report', LONG));
    }
    const took = (all: readonly Rendered[]) => all.map((one) => one.ms);
    const more = (all: readonly Rendered[]) => median(all.map((one) => one.peak - one.before));
    const beside = median(took(long)) / median(took(bare));
    const perEntry = { short: median(took(short)) / SHORT, long: median(took(long)) / LONG };
    const linear = perEntry.long / perEntry.short;
    const felt = await whileItIsMade(folder);
    return {
      tables: [
        {
          head: [
            'rendering, first call of a fresh process',
            'min / median / max ms',
            'us per entry',
            'memory above before, MiB',
            'aim',
          ],
          rows: [
            [
              `report of ${SHORT} entries`,
              spread(took(short)),
              written(perEntry.short * 1000),
              written(more(short)),
              '',
            ],
            [
              `report of ${LONG} entries`,
              spread(took(long)),
              written(perEntry.long * 1000),
              written(more(long)),
              `linear (${times(linear)} of the time per entry of ${SHORT}: ${metAtMost(linear, RENDER_AIM)}); memory at most +${MEMORY_AIM} MiB: ${metAtMost(more(long), MEMORY_AIM)}`,
            ],
            [
              `the same ${LONG} rows, bare serialiser`,
              spread(took(bare)),
              written((median(took(bare)) * 1000) / LONG),
              written(more(bare)),
              `the report at most ${RENDER_AIM} x of it: ${times(beside)}, ${metAtMost(beside, RENDER_AIM)}`,
            ],
          ],
        },
        {
          head: [
            `acknowledgement of notes elsewhere, ${PER_SECOND} a second, ms`,
            'p50',
            'p99',
            'max',
            'aim',
          ],
          rows: [
            [
              'nothing else to do',
              written(felt.calm.p50),
              written(felt.calm.p99),
              written(felt.calm.max),
              '',
            ],
            [
              `while \`/incident report file\` makes a report of ${LONG} entries`,
              written(felt.busy.p50),
              written(felt.busy.p99),
              written(felt.busy.max),
              `p99 under ${P99_AIM} ms: ${metAtMost(felt.busy.p99, P99_AIM)}`,
            ],
          ],
        },
      ],
      notes: [
        `Rendering: ${PROCESSES} processes each, the first call in each, as the bot would meet it. Events are in memory already.`,
        `From \`/incident report file\` to the file in the channel: ${spread(felt.untilFile)} s (min / median / max of ${ROUNDS}). Memory of the bot before the first one ${ms(felt.memory.now).replace(' ms', '')} MiB, at its most ${ms(felt.memory.peak).replace(' ms', '')} MiB.`,
        'Open loop: a stall of the bot does not slow the typing down. The p99 is of the calls sent between the command and the file, median of the rounds; the upload to the local Slack in the process that makes the load is in it.',
        'No dump runs beside it here.',
      ],
      data: {
        renderMs: {
          short: median(took(short)),
          long: median(took(long)),
          bare: median(took(bare)),
          ratio: beside,
          linear,
        },
        memoryMiB: { short: more(short), long: more(long), bare: more(bare), bot: felt.memory },
        bytes: long[0]?.bytes,
        ackMs: { calm: felt.calm, busy: felt.busy },
        untilFileSeconds: median(felt.untilFile),
      },
    };
  },
};

async function rendered(folder: string, kind: string, size: number): Promise<Rendered> {
  const program = fileURLToPath(new URL('render.ts', import.meta.url));
  const { printed } = await run([program, kind, String(size)], { cwd: folder });
  return JSON.parse(printed) as Rendered;
}

interface Felt {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

function feltOf(rounds: readonly (readonly number[])[]): Felt {
  const of = (q: number) => median(rounds.map((sample) => quantile(sample, q)));
  return { p50: of(0.5), p99: of(0.99), max: of(1) };
}

async function whileItIsMade(folder: string): Promise<{
  calm: Felt;
  busy: Felt;
  untilFile: number[];
  memory: { now: number; peak: number };
}> {
  const server = await startServer(folder);
  const url = await server.fresh();
  const pool = poolOn(url);
  const bot = await botStage(join(folder, 'bot-report'), { mode: 'socket', databaseUrl: url });
  try {
    const [small, long] = await openIncidents(pool, bot, 2);
    if (!small || !long) throw new Error('two incidents are expected');
    await lengthen(pool, long.number, LONG);
    const note = () => bot.note(small.channel);
    // The first notes are slower, and the long incident has to be read once.
    await everySo(PER_SECOND, pause(1000), note);
    await bot.note(long.channel);
    await pause(1500);
    const now = memory(bot.app.child.pid).now;

    const calm: number[][] = [];
    const busy: number[][] = [];
    const untilFile: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      calm.push((await everySo(PER_SECOND, pause(1500), note)).map((one) => one.ms));
      const files = () => [...bot.slack.state.files.values()].filter(({ complete }) => complete).length;
      const before = files();
      let from = Number.NaN;
      const made = (async () => {
        await pause(200);
        from = performance.now();
        await bot.ana.slash(long.channel, '/incident', 'report file');
        await bot.slack.until(() => files() > before, 60_000);
        untilFile.push((performance.now() - from) / 1000);
      })();
      const timed = await everySo(PER_SECOND, made, note);
      busy.push(timed.filter(({ sent }) => sent >= from).map((one) => one.ms));
    }
    return {
      calm: feltOf(calm),
      busy: feltOf(busy),
      untilFile,
      memory: { now, peak: memory(bot.app.child.pid).peak },
    };
  } finally {
    await pool.end();
    await bot.stop();
    await server.stop();
  }
}
