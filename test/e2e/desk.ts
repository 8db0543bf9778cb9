// Everything between people and the cluster for one test: a local Slack, a database, the bot as its own process.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Hands, handsOf, type Seen, wordsOf } from '../../sandbox/responder/hands.ts';
import { type LocalSlack, startLocalSlack } from '../../sandbox/slack/server.ts';
import type { Event, EventOf, EventType } from '../../src/incidents/events.ts';
import { shortcuts } from '../../src/slack/ids.ts';
import { Store } from '../../src/store/store.ts';
import { type BotProcess, startBotProcess } from '../support/bot-process.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { freshDatabase } from '../support/database.ts';
import { expectRung } from '../support/rung.ts';
import { configuration, PEOPLE } from './configuration.ts';

/** How long a person looks at a channel before giving up: a test may share its machine with others. */
const PATIENCE_MS = 45_000;

export interface Desk {
  readonly slack: LocalSlack;
  readonly bot: BotProcess;
  readonly hands: Readonly<Record<(typeof PEOPLE)[number], Hands>>;
  /** What is on record, read from the bot's database by a connection of the test's own. */
  readonly store: Store;
  /** Events of a type, oldest first. */
  events<T extends EventType>(incident: number, type: T): Promise<EventOf<T>[]>;
  /** Waits for the n-th event of a type. */
  event<T extends EventType>(incident: number, type: T, n?: number): Promise<EventOf<T>>;
  /** Resolves when Slack has delivered everything and the bot has shown everything that is on record. */
  settled(): Promise<void>;
  /** Fails when the bot's bells did not go the way of this test's vitest project. */
  bellsWent(): Promise<unknown>;
  /** How many rows each table has that an answered request may leave something in. */
  rows(): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export async function startDesk(wish: {
  kubeconfig: string;
  mode: 'socket' | 'http';
  /** Text of handrail.yaml; without it that of the end-to-end tests. */
  configuration?: (slack: LocalSlack) => string;
  /** Beside what every bot has: the passwords that the configuration names. */
  environment?: Readonly<Record<string, string>>;
  /** ms that a person looks at a channel, and a test at the record. */
  patienceMs?: number;
}): Promise<Desk> {
  const { patienceMs = PATIENCE_MS } = wish;
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const bugs: Error[] = [];
    const slack = await startLocalSlack({
      people: PEOPLE.map((name) => ({ name })),
      channels: ['incidents'],
      shortcuts: [
        { type: 'message', callbackId: shortcuts.keepMessage, name: 'Put on the timeline' },
        { type: 'message', callbackId: shortcuts.declare, name: 'Declare an incident' },
      ],
      onBug: (error) => bugs.push(error),
      ...(wish.mode === 'http' ? { delivery: { http: 'http://127.0.0.1:9/not-yet' } } : {}),
    });
    closers.push(() => slack.close());
    // Empty: the bot makes its own tables.
    const database = await freshDatabase();
    closers.push(() => database.drop());
    const bot = await startBotProcess({
      slack,
      mode: wish.mode,
      configuration: (wish.configuration ?? configuration)(slack),
      databaseUrl: database.url,
      kubeconfig: wish.kubeconfig,
      ...(wish.environment ? { environment: wish.environment } : {}),
    });
    closers.push(async () => {
      const code = await bot.stop();
      if (code !== 0) throw new Error(`the bot ended with ${code}:\n${bot.log()}`);
      if (bugs.length > 0) throw new AggregateError(bugs, 'the local Slack met a bug');
    });
    const pool = new pg.Pool({ connectionString: database.url, max: 2 });
    pool.on('error', () => undefined);
    closers.push(() => pool.end());
    const store = new Store(pool, () => undefined);
    const events = async <T extends EventType>(incident: number, type: T) =>
      (await store.events(incident)).filter((event): event is EventOf<T> & Event => event.type === type);
    const [ana, ben, cleo, dave] = PEOPLE.map((name) => handsOf(slack, name, patienceMs)) as [
      Hands,
      Hands,
      Hands,
      Hands,
    ];
    return {
      slack,
      bot,
      hands: { ana, ben, cleo, dave },
      store,
      events,
      async event(incident, type, n = 0) {
        return waitUntil(`${type} ${n + 1} is on record`, async () => (await events(incident, type))[n], {
          seconds: patienceMs / 1000,
        });
      },
      async settled() {
        await slack.settled();
        await waitUntil('everything is shown', async () => {
          const { rows } = await pool.query(
            "select from effects where done_at is null union all select from attempts where state in ('queued', 'calling')",
          );
          return rows.length === 0;
        });
      },
      bellsWent: () => expectRung(database.url, bot.redisUrl),
      async rows() {
        const tables = ['commands', 'incident_events', 'attempts', 'effects', 'lookups'];
        const counted = await Promise.all(
          tables.map((table) => pool.query(`select count(*)::int as n from ${table}`)),
        );
        return Object.fromEntries(tables.map((table, index) => [table, counted[index]?.rows[0]?.n ?? 0]));
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everything in a channel as somebody reads it, threads below their message. */
function transcript(desk: Desk, channel: string): string {
  const { actor } = desk.hands.ana;
  const names = new Map(desk.slack.people.map((person) => [person.id, person.name]));
  const said = (message: Seen, indent: string) => {
    const files = (message.files ?? []).map((file) => ` [file ${file.name ?? file.id}]`).join('');
    const buttons = (message.blocks ?? [])
      .flatMap((block) => block.elements ?? [])
      .flatMap((one) =>
        one.type === 'button' && typeof one.text === 'object' ? [`[${one.text.text}]`] : [],
      );
    const who = names.get(message.user ?? '') ?? 'Handrail';
    return [`${who}: ${wordsOf(message)}${files}`, ...(buttons.length > 0 ? [buttons.join(' ')] : [])]
      .join('\n')
      .split('\n')
      .map((line) => `${indent}${line}`)
      .join('\n');
  };
  const history = actor.history(channel) as unknown as Seen[];
  return history
    .flatMap((message) => [
      said(message, ''),
      ...(actor.thread(channel, message.ts) as unknown as Seen[])
        .slice(1)
        .map((reply) => said(reply, '    | ')),
    ])
    .join('\n----\n');
}

/** What happened, for a person to judge after a failure: the record, attempts and the bot's log, when asked for. */
export async function writeAftermath(desk: Desk, channel: string, folder: string | undefined): Promise<void> {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'channel.txt'), channel === '' ? '' : transcript(desk, channel));
  writeFileSync(join(folder, 'bot.log'), desk.bot.log());
  const events = await desk.store.events(1).catch(() => []);
  writeFileSync(join(folder, 'events.txt'), events.map((event) => JSON.stringify(event)).join('\n'));
  const { rows } = await desk.store.pool.query('select * from attempts order by 1');
  writeFileSync(join(folder, 'attempts.txt'), rows.map((row) => JSON.stringify(row)).join('\n'));
}

/** The content of the newest file in a channel whose name fits. */
export async function fileIn(
  desk: Desk,
  channel: string,
  name: RegExp,
  after = '0',
): Promise<{ name: string; text: string }> {
  const { actor } = desk.hands.ana;
  return desk.slack.until(() => {
    const history = actor.history(channel) as unknown as Seen[];
    const found = history
      .filter((message) => message.ts > after)
      .flatMap((message) => message.files ?? [])
      .findLast((file) => name.test(file.name ?? ''));
    const file = found && desk.slack.state.files.get(found.id);
    return file?.complete && file.content
      ? { name: file.name, text: file.content.toString('utf8') }
      : undefined;
  }, PATIENCE_MS);
}
