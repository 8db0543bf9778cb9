/** What a command costs in a short and in a long incident: at the door, through Slack, and when nothing is cached. */
import { join } from 'node:path';
import { startServer } from './database.ts';
import { type BenchDoor, doorOver } from './door.ts';
import { atOnce } from './load.ts';
import { lengthen } from './long-incident.ts';
import type { Bench } from './result.ts';
import { botStage, nothingToShow, openIncidents, poolOn, type SlackStage } from './slack-stage.ts';
import { median, metAtMost, ms, quantile, ratio, times, written } from './statistics.ts';

const SHORT = 10;
const LONG = 10_000;
const ROUNDS = 5;
const SLACK_ROUNDS = 3;
const AT_DOOR = 150;
const TYPED = 25;
const RATIO = 1.2;
const COLD = 100;

interface Pair<T> {
  readonly short: T;
  readonly long: T;
}
type Which = keyof Pair<unknown>;
const BOTH: readonly Which[] = ['short', 'long'];

export const commandCost: Bench = {
  name: 'command',
  title: 'Cost of a command at 10 and 10,000 entries',
  async run(folder) {
    const server = await startServer(folder);
    try {
      const door = await atTheDoor(await server.fresh());
      const typed = await throughSlack(folder, await server.fresh());
      const p50 = (sample: readonly number[][]) => sample.map((one) => quantile(one, 0.5));
      const p95 = (sample: readonly number[][]) => median(sample.map((one) => quantile(one, 0.95)));
      const atDoor = ratio(p50(door.took.short), p50(door.took.long));
      const acked = ratio(p50(typed.took.short), p50(typed.took.long));
      const shown = ratio(typed.shown.short, typed.shown.long);
      const cold = median(door.cold.long);
      const quantiles = (sample: readonly number[][]) =>
        `${written(median(p50(sample)))} / ${written(p95(sample))}`;
      const aim = (value: number) => `at most ${RATIO} x: ${metAtMost(value, RATIO)}`;
      return {
        tables: [
          {
            head: ['what', `${SHORT} entries`, `${LONG} entries`, 'ratio', 'aim'],
            rows: [
              [
                'a note at the door, state cached; ms p50 / p95',
                quantiles(door.took.short),
                quantiles(door.took.long),
                times(atDoor),
                aim(atDoor),
              ],
              [
                '`/incident note` one after the other until its acknowledgement; ms p50 / p95',
                quantiles(typed.took.short),
                quantiles(typed.took.long),
                times(acked),
                aim(acked),
              ],
              [
                `until its line stands in the channel, each of ${TYPED}; ms`,
                written(median(typed.shown.short)),
                written(median(typed.shown.long)),
                times(shown),
                'none of its own',
              ],
              [
                'cold start: read and folded from the store',
                ms(median(door.cold.short)),
                ms(cold),
                '',
                `under ${COLD} ms: ${metAtMost(cold, COLD)}`,
              ],
            ],
          },
        ],
        notes: [
          `Medians of ${ROUNDS} rounds at the door and ${SLACK_ROUNDS} through Slack; the short and the long incident take turns.`,
          'Through Slack the local Slack has no rate limits here, so that every line is posted at once and its cost shows; Slack itself takes one line a second and channel.',
        ],
        data: {
          door: { short: median(p50(door.took.short)), long: median(p50(door.took.long)), ratio: atDoor },
          typed: { short: median(p50(typed.took.short)), long: median(p50(typed.took.long)), ratio: acked },
          shownMs: { short: median(typed.shown.short), long: median(typed.shown.long), ratio: shown },
          coldMs: { short: median(door.cold.short), long: cold },
        },
      };
    } finally {
      await server.stop();
    }
  },
};

async function atTheDoor(url: string): Promise<{ took: Pair<number[][]>; cold: Pair<number[]> }> {
  const pool = poolOn(url, 1);
  try {
    const door = doorOver(pool);
    const numbers = { short: await door.declare(), long: await door.declare() };
    await lengthen(pool, numbers.short, SHORT);
    await lengthen(pool, numbers.long, LONG);
    const cold: Pair<number[]> = { short: [], long: [] };
    for (let round = 0; round < ROUNDS; round += 1)
      for (const which of BOTH) cold[which].push(await coldStart(doorOver(pool), numbers[which]));

    const took: Pair<number[][]> = { short: [], long: [] };
    for (const which of BOTH) {
      await door.store.incident(numbers[which], { fresh: true });
      await atOnce(1, 50, () => door.note(numbers[which]));
    }
    for (let round = 0; round < ROUNDS; round += 1)
      for (const which of BOTH) took[which].push(await atOnce(1, AT_DOOR, () => door.note(numbers[which])));
    return { took, cold };
  } finally {
    await pool.end();
  }
}

async function coldStart(door: BenchDoor, incident: number): Promise<number> {
  const began = performance.now();
  await door.store.incident(incident, { fresh: true });
  return performance.now() - began;
}

async function throughSlack(
  folder: string,
  url: string,
): Promise<{ took: Pair<number[][]>; shown: Pair<number[]> }> {
  const pool = poolOn(url);
  const bot: SlackStage = await botStage(join(folder, 'bot-command'), {
    mode: 'socket',
    databaseUrl: url,
    rateLimits: 'off',
  });
  try {
    const [short, long] = await openIncidents(pool, bot, 2);
    if (!short || !long) throw new Error('two incidents are expected');
    await lengthen(pool, short.number, SHORT);
    await lengthen(pool, long.number, LONG);
    const channel = { short: short.channel, long: long.channel };
    const took: Pair<number[][]> = { short: [], long: [] };
    const shown: Pair<number[]> = { short: [], long: [] };
    for (const which of BOTH) {
      await atOnce(1, 10, () => bot.note(channel[which]));
      await nothingToShow(pool);
    }
    for (let round = 0; round < SLACK_ROUNDS; round += 1)
      for (const which of BOTH) {
        const began = performance.now();
        const acknowledged = await atOnce(1, TYPED, () => bot.note(channel[which]), 10_000);
        took[which].push(acknowledged);
        await nothingToShow(pool);
        shown[which].push((performance.now() - began) / TYPED);
      }
    return { took, shown };
  } finally {
    await pool.end();
    await bot.stop();
  }
}
