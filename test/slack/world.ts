// Handrail's Slack edge against the local Slack, over the real door with a store in memory; a test answers the calls.

import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../sandbox/slack/server.ts';
import type { Level } from '../../src/catalog/access.ts';
import type { Answer, Asker, Command, Outcome, What } from '../../src/incidents/commands.ts';
import type { Event } from '../../src/incidents/events.ts';
import { handle } from '../../src/incidents/handle.ts';
import type { Effect } from '../../src/incidents/react.ts';
import { reviewReport } from '../../src/perform/report-review.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { connectSlack, type SlackConnection, type SlackSettings } from '../../src/slack/connect.ts';
import type { Door, Listed, Log, Published } from '../../src/slack/door.ts';
import { shortcuts } from '../../src/slack/ids.ts';
import { PureDoor, runbookOf } from '../support/pure-door.ts';
import { catalog, runbookText } from './fixtures.ts';

export const people = [{ name: 'ann' }, { name: 'ben', admin: true }, { name: 'cat' }];

const levels: Record<string, readonly Level[]> = {
  ann: ['observe', 'operate'],
  ben: ['observe', 'operate', 'approve'],
  cat: ['observe'],
};

export interface World {
  readonly slack: LocalSlack;
  readonly connection: SlackConnection;
  readonly core: PureDoor;
  readonly commands: Command[];
  readonly published: { effect: Effect; answer: Published }[];
  readonly warnings: string[];
  readonly bugs: Error[];
  /** Performs every effect so far, in order. */
  drain(): Promise<void>;
  settle(outcome: Outcome): Promise<void>;
  /** Events of a type, oldest first. */
  of<T extends Event['type']>(type: T): Extract<Event, { type: T }>[];
  /** Gives one effect as a given try. */
  publish(effect: Effect, tries: number): Promise<Published>;
  stop(): Promise<void>;
}

export async function startWorld(
  given: {
    mode?: 'socket' | 'http';
    level?: string;
    /** Text of a further runbook. */
    runbook?: string;
    /** What the core knows for runbooks inside others. */
    runbooks?: Record<string, Runbook>;
    listed?: readonly Listed[];
    slack?: Partial<LocalSlackOptions>;
    door?: Partial<Door>;
    draining?: boolean;
  } = {},
): Promise<World> {
  const { mode = 'socket', level = 'click', draining = true } = given;
  const bugs: Error[] = [];
  const slack = await startLocalSlack({
    people,
    channels: ['incidents', 'random'],
    shortcuts: [
      { type: 'message', callbackId: shortcuts.keepMessage, name: 'Put on the timeline' },
      { type: 'message', callbackId: shortcuts.declare, name: 'Declare an incident' },
    ],
    rateLimits: 'off',
    retryScheduleMs: [0, 100, 200],
    onBug: (error) => bugs.push(error),
    ...(mode === 'http' ? { delivery: { http: 'http://127.0.0.1:1/slack/events' } } : {}),
    ...given.slack,
  });
  const core = new PureDoor({ runbooks: given.runbooks ?? {} });
  core.now = Date.now();
  const commands: Command[] = [];
  const published: World['published'] = [];
  const warnings: string[] = [];
  const runbook = runbookOf(runbookText(level));
  const other = given.runbook ? runbookOf(given.runbook) : undefined;
  const listed: Listed[] = [
    { id: 'resize', title: runbook.title, summary: runbook.summary, runbook, hash: 'abcdef1234' },
    ...(other
      ? [{ id: other.id, title: other.title, summary: other.summary, runbook: other, hash: 'ffff' }]
      : []),
    ...(given.listed ?? []),
    { id: 'broken', title: 'broken', summary: '', hash: '', broken: 'broken.yaml:3:1 has no steps' },
  ];
  const send = async (command: Command): Promise<Answer> => {
    commands.push(command);
    return handle(core, core.knows, command);
  };
  const nameOf = new Map(slack.people.map((person) => [`slack:${person.id}`, person.name]));
  const asker = (id: string, name: string): Asker => {
    const known = nameOf.get(id) ?? name;
    return {
      person: { id, name: known },
      levels: levels[known] ?? [],
      groups: known === 'ben' ? ['group:dba'] : [],
    };
  };
  const door: Door = {
    send,
    asker: async ({ id, name }) => asker(id, name),
    look: async (number, view) => {
      const state = await core.incident(number);
      return state && view(state);
    },
    zoneOf: async (number) => (await core.incident(number))?.declared.zone,
    awaySince: () => undefined,
    incidentOfChannel: async (channel) =>
      core.events.find((event) => event.type === 'channel_opened' && event.body.channel === channel)
        ?.incident,
    openIncidents: async () => {
      const rows = new Map(
        core.writes.flatMap((write) =>
          write.lookups.put.filter(({ kind }) => kind === 'incident').map(({ key, value }) => [key, value]),
        ),
      );
      return [...rows]
        .map(([key, row]) => ({ number: Number(key), row: row as never }))
        .filter(({ row }) => (row as { status: string }).status !== 'closed');
    },
    catalog,
    config: {
      zone: 'UTC',
      incidentsChannel: 'incidents',
      namespace: 'default',
      invite: { users: [], usergroups: [] },
    },
    runbooks: () => listed,
    options: async () => [],
    events: async (number) => core.events.filter((event) => event.incident === number),
    review: async (number) =>
      reviewReport({
        events: core.events.filter((event) => event.incident === number),
        options: { profile: 'default', people: 'names', head: { version: core.events.length, hash: 'aa' } },
        now: core.now,
        others: [],
      }),
    now: () => core.now,
    newId: () => crypto.randomUUID(),
    ...given.door,
  };
  const say = (details: object, message: string): void => {
    const { error } = details as { error?: unknown };
    warnings.push(`${message} ${error instanceof Error ? error.stack : ''}${JSON.stringify(details)}`);
  };
  const log: Log = { debug: () => {}, info: () => {}, warn: say, error: say };
  const common = { botToken: slack.botToken, apiUrl: slack.apiUrl };
  const settings: SlackSettings =
    mode === 'socket'
      ? { mode, appToken: slack.appToken, ...common }
      : { mode, signingSecret: slack.signingSecret, port: 0, ...common };
  const connection = await connectSlack({ settings, door, log });
  if (connection.port) slack.setEventsUrl(`http://127.0.0.1:${connection.port}/slack/events`);

  let drawn = 0;
  const effectsSoFar = () =>
    core.writes.flatMap((write) =>
      write.effects.map((effect) => ({ effect, incident: write.answer.ok ? write.answer.incident : 0 })),
    );
  async function publish(
    effect: Effect,
    tries: number,
    incident = 1,
    id = `${incident}.${JSON.stringify(effect)}`,
  ): Promise<Published> {
    const state = await core.incident(incident);
    if (!state) throw new Error('no incident');
    const event =
      'version' in effect
        ? core.events.find((one) => one.incident === incident && one.version === effect.version)
        : undefined;
    return connection.publish(effect, {
      incident: state,
      ...(event ? { event } : {}),
      underWay: [],
      effectId: id,
      tries,
      ...(effect.kind === 'report'
        ? { report: { fileName: `inc-${incident}.md`, markdown: '# Report\n' } }
        : {}),
      approvers: async () => ({
        users: [slack.people.find((one) => one.name === 'ben')?.id ?? ''],
        usergroups: [],
      }),
      record: (what: What, commandId: string) =>
        send({
          id: commandId,
          incident,
          by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] },
          now: core.now,
          what,
        }),
      now: core.now,
    });
  }
  let turn: Promise<void> = Promise.resolve();
  async function drain(): Promise<void> {
    turn = turn.then(async () => {
      for (let all = effectsSoFar(); drawn < all.length; all = effectsSoFar()) {
        const next = all[drawn];
        if (!next) break;
        const answer = await publish(next.effect, 1, next.incident, `e${drawn}`);
        published.push({ effect: next.effect, answer });
        drawn++;
      }
    });
    return turn;
  }
  const timer = draining
    ? setInterval(() => void drain().catch((error: unknown) => bugs.push(error as Error)), 20)
    : undefined;
  return {
    slack,
    connection,
    core,
    commands,
    published,
    warnings,
    bugs,
    drain,
    async settle(outcome) {
      await core.settle(outcome);
      await drain();
    },
    of: (type) => core.events.filter((event) => event.type === type) as never,
    publish: (effect, tries) => publish(effect, tries),
    async stop() {
      clearInterval(timer);
      await turn.catch(() => undefined);
      await connection.close();
      await slack.close();
    },
  };
}
