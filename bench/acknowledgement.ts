/** How soon `/incident note` is acknowledged, on disk before the answer, beside a bare Bolt app with one INSERT. */
import { join } from 'node:path';
import { startServer } from './database.ts';
import { atOnce } from './load.ts';
import { processorTime } from './process.ts';
import type { Bench, Result } from './result.ts';
import { bareStage, botStage, type Mode, openIncidents, poolOn } from './slack-stage.ts';
import { median, metAtMost, quantile, ratio, times, written } from './statistics.ts';

const ROUNDS = 5;
const WARM_UP = 150;
const AIM = 1.2;

interface Shape {
  readonly name: string;
  readonly parallel: number;
  readonly count: number;
  /** In how many incidents' channels it is typed. */
  readonly channels: 1 | 10;
}

const SHAPES: readonly Shape[] = [
  { name: '1 at a time', parallel: 1, count: 120, channels: 1 },
  { name: '10 at once, ten incidents', parallel: 10, count: 300, channels: 10 },
  { name: '50 at once, ten incidents', parallel: 50, count: 600, channels: 10 },
  { name: '10 at once, one incident', parallel: 10, count: 200, channels: 1 },
  { name: '50 at once, one incident', parallel: 50, count: 300, channels: 1 },
];

interface Both {
  readonly bare: number[][];
  readonly bot: number[][];
  readonly cpu: { readonly bare: number[]; readonly bot: number[] };
}

const QUANTILES = [0.5, 0.95, 0.99] as const;

export const acknowledgement: Bench = {
  name: 'acknowledgement',
  title: 'Acknowledgement of `/incident note`',
  async run(folder) {
    const server = await startServer(folder);
    try {
      const results: Result[] = [];
      for (const mode of ['socket', 'http'] as const)
        results.push(await measured(mode, folder, await server.fresh(), await server.fresh()));
      return {
        tables: results.flatMap(({ tables }) => tables),
        notes: [
          `Each figure is the median over ${ROUNDS} rounds; in a round the two apps take turns (and take turns at being first), and the ratio is the median of the rounds' ratios.`,
          'Both apps answer through a local Slack in the process that makes the load, so the time of that Slack and of two busy cores is in both columns: it makes a ratio smaller than that of the apps alone. Closed loop. The p99 of 120 calls is nearly their maximum.',
          'The processor time is that of the app alone, without PostgreSQL, and what it does after the acknowledgement (the line in the channel, bells) while the load goes on is in it; it is the figure that a busy machine changes least.',
          'Every note that was acknowledged is afterwards counted in the database; the bench fails when one is missing.',
        ],
        data: Object.assign({}, ...results.map(({ data }) => data)) as Record<string, unknown>,
      };
    } finally {
      await server.stop();
    }
  },
};

async function measured(mode: Mode, folder: string, bareUrl: string, botUrl: string): Promise<Result> {
  const bare = await bareStage(folder, mode, bareUrl);
  const bot = await botStage(join(folder, `bot-${mode}`), { mode, databaseUrl: botUrl });
  const pool = poolOn(botUrl);
  try {
    const opened = (await openIncidents(pool, bot, 10)).map(({ channel }) => channel);
    const notes = bare.slack.channel('notes');
    let sent = 0;
    const once = (shape: Shape, round: number, app: 'bare' | 'bot'): Promise<number[]> =>
      atOnce(shape.parallel, shape.count, (index) => {
        if (app === 'bare') return bare.note(notes);
        sent += 1;
        const place = shape.channels === 1 ? round : index;
        return bot.note(opened[place % opened.length] ?? '');
      });
    const warm: Shape = { name: '', parallel: 10, count: WARM_UP, channels: 10 };
    await once(warm, 0, 'bare');
    await once(warm, 0, 'bot');

    const took = new Map<string, Both>();
    for (const shape of SHAPES) took.set(shape.name, { bare: [], bot: [], cpu: { bare: [], bot: [] } });
    for (let round = 0; round < ROUNDS; round += 1)
      for (const shape of SHAPES) {
        const order = round % 2 === 0 ? (['bare', 'bot'] as const) : (['bot', 'bare'] as const);
        for (const app of order) {
          const { pid } = (app === 'bare' ? bare : bot).app.child;
          const before = processorTime(pid);
          const sample = await once(shape, round, app);
          took.get(shape.name)?.[app].push(sample);
          took.get(shape.name)?.cpu[app].push((processorTime(pid) - before) / sample.length);
        }
      }

    const stored = await pool.query<{ n: number }>(
      `select count(*)::int as n from incident_events where type = 'note_added'`,
    );
    if (stored.rows[0]?.n !== sent)
      throw new Error(`${sent} notes were acknowledged and ${stored.rows[0]?.n} are stored`);

    const data: Record<string, unknown> = {};
    const rows = SHAPES.map((shape) => {
      const both = took.get(shape.name) ?? { bare: [], bot: [], cpu: { bare: [], bot: [] } };
      const of = (app: 'bare' | 'bot', q: number) => both[app].map((sample) => quantile(sample, q));
      const line = (app: 'bare' | 'bot') => QUANTILES.map((q) => written(median(of(app, q)))).join(' / ');
      const found = ratio(of('bare', 0.5), of('bot', 0.5));
      data[`${mode}: ${shape.name}`] = {
        bare: QUANTILES.map((q) => median(of('bare', q))),
        handrail: QUANTILES.map((q) => median(of('bot', q))),
        ratio: found,
        processorMs: { bare: median(both.cpu.bare), handrail: median(both.cpu.bot) },
      };
      const aim = `at most ${AIM} x: ${metAtMost(found, AIM)}`;
      const cpu = `${written(median(both.cpu.bare))} / ${written(median(both.cpu.bot))}`;
      return [shape.name, line('bare'), line('bot'), times(found), cpu, aim];
    });
    const way = mode === 'socket' ? 'Socket Mode' : 'HTTP mode';
    const head = [
      `${way}, ms p50 / p95 / p99`,
      'bare Bolt, one INSERT',
      'Handrail',
      'ratio of p50',
      'processor ms per note, bare / Handrail',
      'aim',
    ];
    return { tables: [{ head, rows }], notes: [], data };
  } finally {
    await pool.end();
    await bare.stop();
    await bot.stop();
  }
}
