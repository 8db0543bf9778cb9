// Handrail's Slack edge against the local Slack, over the real door with a store in memory; a test answers the calls.

import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../sandbox/slack/server.ts';
import type { Level } from '../../src/catalog/access.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Answer, Asker, Command, Outcome, What } from '../../src/incidents/commands.ts';
import type { Event } from '../../src/incidents/events.ts';
import { handle } from '../../src/incidents/handle.ts';
import type { Effect } from '../../src/incidents/react.ts';
import { connectSlack, type SlackConnection, type SlackSettings } from '../../src/slack/connect.ts';
import type { Door, Listed, Log, Published } from '../../src/slack/door.ts';
import { shortcuts } from '../../src/slack/ids.ts';
import { PureDoor, runbookOf } from '../support/pure-door.ts';

export const catalog: Catalog = {
  systems: [
    {
      id: 'web-api',
      title: 'Web API',
      namespace: 'prod',
      workloads: ['web-api'],
      databases: [],
      docs: [{ title: 'Architecture', url: 'https://git.example.org/architecture' }],
      picture: 'https://git.example.org/picture.svg',
      dependencies: ['Shared cluster'],
      contacts: [{ name: 'Platform', what: 'nodes', channel: 'platform-help' }],
      runbooks: ['resize'],
    },
  ],
};

const text = (level: string) => `
apiVersion: runbook/v1
id: resize
title: Resize a thing
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
params:
  name: { type: string, label: Which?, required: true }
steps:
  - id: now
    kind: check
    title: How large is \${{ params.name }}?
    uses: t.size
    with: { name: "\${{ params.name }}" }
    timeout: 5s
    capture: { keep: [size] }
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large (\${{ out.size }}).
        next: stop
      - else: ok
        says: It is \${{ out.size }}.
  - id: grow
    kind: act
    title: Resize \${{ params.name }} to 3
    uses: t.resize
    with: { name: "\${{ params.name }}", size: 3 }
    timeout: 5s
    confirm: { level: ${level}${level === 'two-person' ? ', from: ["group:dba"]' : level === 'type' ? ', phrase: disk' : ''} }
    locks: ["\${{ incident.namespace }}/thing/\${{ params.name }}"]
    verify: { uses: t.size, with: { name: "\${{ params.name }}" }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves:
      temporary: \${{ params.name }} has size \${{ steps.grow.plan.after }} instead of \${{ steps.grow.plan.before }}
      until: incident-close
      probe: { uses: t.size, with: { name: "\${{ params.name }}" }, gone: out.size == steps.grow.plan.before }
`;

export const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk', uid: 'u1' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: ['An autoscaler may put it back <!channel>'],
  unknowns: ['How long it takes'],
  undo: { name: 'disk', size: 1 },
};

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
  given: { mode?: 'socket' | 'http'; level?: string; slack?: Partial<LocalSlackOptions>; door?: Partial<Door>; draining?: boolean } = {},
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
  const core = new PureDoor();
  core.now = Date.now();
  const commands: Command[] = [];
  const published: World['published'] = [];
  const warnings: string[] = [];
  const runbook = runbookOf(text(level));
  const listed: Listed[] = [
    { id: 'resize', title: runbook.title, summary: runbook.summary, runbook, hash: 'abcdef1234' },
    { id: 'broken', title: 'broken', summary: '', hash: '', broken: 'broken.yaml:3:1 has no steps' },
  ];
  const send = async (command: Command): Promise<Answer> => {
    commands.push(command);
    return handle(core, core.knows, command);
  };
  const nameOf = new Map(slack.people.map((person) => [`slack:${person.id}`, person.name]));
  const asker = (id: string, name: string): Asker => {
    const known = nameOf.get(id) ?? name;
    return { person: { id, name: known }, levels: levels[known] ?? [], groups: known === 'ben' ? ['group:dba'] : [] };
  };
  const door: Door = {
    send,
    asker: async ({ id, name }) => asker(id, name),
    look: async (number, view) => {
      const state = await core.incident(number);
      return state && view(state);
    },
    incidentOfChannel: async (channel) => core.events.find((event) => event.type === 'channel_opened' && event.body.channel === channel)?.incident,
    openIncidents: async () => {
      const rows = new Map(core.writes.flatMap((write) => write.lookups.put.filter(({ kind }) => kind === 'incident').map(({ key, value }) => [key, value])));
      return [...rows].map(([key, row]) => ({ number: Number(key), row: row as never })).filter(({ row }) => (row as { status: string }).status !== 'closed');
    },
    catalog,
    config: { zone: 'UTC', incidentsChannel: 'incidents', namespace: 'default', invite: { users: [], usergroups: [] } },
    runbooks: () => listed,
    options: async () => [],
    events: async (number) => core.events.filter((event) => event.incident === number),
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
    mode === 'socket' ? { mode, appToken: slack.appToken, ...common } : { mode, signingSecret: slack.signingSecret, port: 0, ...common };
  const connection = await connectSlack({ settings, door, log });
  if (connection.port) slack.setEventsUrl(`http://127.0.0.1:${connection.port}/slack/events`);

  let drawn = 0;
  const effectsSoFar = () => core.writes.flatMap((write) => write.effects.map((effect) => ({ effect, incident: write.answer.ok ? write.answer.incident : 0 })));
  async function publish(effect: Effect, tries: number, incident = 1, id = `${incident}.${JSON.stringify(effect)}`): Promise<Published> {
    const state = await core.incident(incident);
    if (!state) throw new Error('no incident');
    const event = 'version' in effect ? core.events.find((one) => one.incident === incident && one.version === effect.version) : undefined;
    return connection.publish(effect, {
      incident: state,
      ...(event ? { event } : {}),
      underWay: [],
      effectId: id,
      tries,
      ...(effect.kind === 'report' ? { report: { fileName: `inc-${incident}.md`, markdown: '# Report\n' } } : {}),
      approvers: async () => ({ users: [slack.people.find((one) => one.name === 'ben')?.id ?? ''], usergroups: [] }),
      record: (what: What, commandId: string) =>
        send({ id: commandId, incident, by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] }, now: core.now, what }),
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
  const timer = draining ? setInterval(() => void drain().catch((error: unknown) => bugs.push(error as Error)), 20) : undefined;
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

/** Waits for a condition; fails after ten seconds. */
export async function until<T>(condition: () => T | Promise<T>, what = String(condition)): Promise<NonNullable<T>> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Declares INC-1 through the modal; resolves when its card is there. */
export async function declare(world: World, who = 'ann'): Promise<string> {
  const person = world.slack.as(who);
  await person.slash('random', '/incident', 'start web-api times out');
  await person.fill(undefined, { severity: 'SEV2', system: 'web-api', noticed: 'Metabase shows <no> data & more' });
  const outcome = await person.submitView();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  const channel = await until(() => world.of('channel_opened')[0]?.body.channel, 'the channel is open');
  await until(() => world.of('message_posted').some((event) => event.body.what === 'card'), 'the card is there');
  await until(() => world.published.some(({ effect }) => effect.kind === 'card'), 'the card is drawn');
  return channel;
}

/** Starts the runbook through its modal and answers its check, up to the plan. */
export async function upToPlan(world: World, channel: string, who = 'ann'): Promise<void> {
  const person = world.slack.as(who);
  await person.slash(channel, '/incident', 'run resize');
  await person.fill(undefined, { 'param:resize:name': 'disk' });
  const outcome = await person.submitView();
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  await until(() => world.core.attempts.some((one) => one.purpose === 'check'), 'the check is asked for');
  await world.settle({ purpose: 'check', result: { ok: true, out: { size: 1 }, kept: { size: 1 }, rawHash: 'aa' } });
  await until(() => world.core.attempts.some((one) => one.purpose === 'plan'), 'the plan is asked for');
  await world.settle({ purpose: 'plan', result: { ok: true, plan } });
}

type Message = { ts: string; text: string; blocks?: { type: string; elements?: { action_id?: string; value?: string }[] }[]; thread_ts?: string };

/** The newest message of the channel that shows a button. */
export async function messageWith(world: World, channel: string, action: string, who = 'ann'): Promise<Message> {
  return until(() => {
    const messages = world.slack.as(who).history(channel) as unknown as Message[];
    return messages.findLast((one) => JSON.stringify(one.blocks ?? []).includes(`"${action}"`));
  }, `a message with the button ${action}`);
}
