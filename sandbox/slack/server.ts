// Starts the local Slack: a stand-in for Slack's server on this machine, with its Web API, Socket Mode or HTTP delivery, and a page.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CannotDo, type Command, type Shortcut, type Stage } from './acting/stage.ts';
import { type Actor, createActor } from './actor.ts';
import { serveApi } from './api/answer.ts';
import { createLimiter, type RateLimits } from './api/limits.ts';
import { createCourier } from './delivery/courier.ts';
import { envelope, eventsOf } from './delivery/events.ts';
import { VERIFICATION_TOKEN } from './delivery/payloads.ts';
import { createRequests } from './delivery/requests.ts';
import { createSockets } from './delivery/sockets.ts';
import { createFaults, type Faults } from './faults.ts';
import { serveFilesAndReplies } from './hosted.ts';
import { BodyTooLarge } from './http-body.ts';
import { isLoopback } from './loopback.ts';
import { assetAt } from './page-server/assets.ts';
import { servePage } from './page-server/routes.ts';
import { allScopes } from './scopes.ts';
import type { CanvasPolicy } from './state/canvases.ts';
import { createChannel, findChannel } from './state/channels.ts';
import { addBot, addPerson, findUser, type Person, type User } from './state/people.ts';
import { seeing } from './state/seeing.ts';
import { createWorkspace, type Team, type Workspace } from './state/workspace.ts';
import { createWireLog, type WireLog } from './wire-log.ts';

export type { Outcome } from './acting/stage.ts';
export { CannotDo } from './acting/stage.ts';
export type { Actor } from './actor.ts';
export type { Faults } from './faults.ts';
export type { Person, User } from './state/people.ts';

export interface LocalSlackOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  team?: Partial<Team>;
  people: readonly Person[];
  botName?: string;
  /** What the bot's token may do; default: everything this server checks. */
  grantedScopes?: readonly string[];
  /** Members by name or id. */
  userGroups?: readonly { handle: string; name?: string; users: readonly string[] }[];
  /** Public channels that exist at the start, everyone (not the bot) in them; `#general` always does. */
  channels?: readonly string[];
  /** Milliseconds since 1970. */
  clock?: () => number;
  delivery?: 'socket' | { http: string; signingSecret?: string };
  plan?: 'free' | 'pro';
  /** Default: a channel may have one. */
  canvases?: CanvasPolicy;
  /** Default: `/incident`, with mentions escaped. */
  commands?: readonly Command[];
  shortcuts?: readonly Shortcut[];
  /** Types of events the app subscribes to; default all. */
  events?: readonly string[];
  rateLimits?: RateLimits;
  /** How long Slack waits for an acknowledgement: 3,000 ms. */
  ackTimeoutMs?: number;
  triggerLifeMs?: number;
  /** Pauses before the retries of an event: at once, a minute, five minutes. */
  retryScheduleMs?: readonly number[];
  /** Told of an answer that Slack documents nowhere, and of a failure of this server; default: standard error. */
  onBug?: (error: Error) => void;
}

export interface LocalSlack {
  url: string;
  /** For WebClient's `slackApiUrl`. */
  apiUrl: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  botUserId: string;
  teamId: string;
  people: readonly User[];
  faults: Faults;
  /** For reading in tests. */
  state: Workspace;
  log: WireLog;
  /** Bots' open Socket Mode connections. */
  readonly connections: number;
  /** @throws CannotDo when there is nobody of that name. */
  as(userIdOrName: string): Actor;
  /** The id of a channel by name. @throws CannotDo */
  channel(name: string): string;
  /** Looks again at every change until there is something to see. @throws after `ms` (ten seconds). */
  until<T>(look: () => T, ms?: number): Promise<NonNullable<T>>;
  /** Resolves when every event so far was acknowledged or given up. */
  settled(): Promise<void>;
  /** HTTP delivery: where the bot listens (a bot on a free port starts after this server). */
  setEventsUrl(url: string): void;
  /** HTTP delivery: Slack's check of the address; true when the challenge came back. */
  verifyEventsUrl(): Promise<boolean>;
  close(): Promise<void>;
}

function fillWorkspace(ws: Workspace, options: LocalSlackOptions): User[] {
  const people = options.people.map((person) => addPerson(ws, person));
  addBot(ws);
  for (const group of options.userGroups ?? []) {
    const users = group.users.map((each) => {
      const user = findUser(ws, each);
      if (user === undefined) throw new CannotDo(`user group ${group.handle} names ${each}, who is nobody`);
      return user.id;
    });
    const id = ws.ids.next('S');
    ws.userGroups.set(id, { id, handle: group.handle, name: group.name ?? group.handle, users });
  }
  const creator = people[0]?.id ?? ws.app.botUserId;
  const names = [...new Set(['general', ...(options.channels ?? [])])];
  for (const name of names)
    createChannel(ws, {
      name,
      kind: 'public',
      creator,
      members: people.map((each) => each.id),
      general: name === 'general',
    });
  return people;
}

/** Starts it on loopback. @throws when the port is taken. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const clock = options.clock ?? Date.now;
  const ws = createWorkspace({
    team: { id: 'T0LOCAL001', name: 'Sandbox', domain: 'sandbox', ...options.team },
    botName: options.botName ?? 'Handrail',
    plan: options.plan ?? 'pro',
    canvases: options.canvases ?? 'one a channel',
    clock,
    triggerLifeMs: options.triggerLifeMs ?? 3000,
  });
  const people = fillWorkspace(ws, options);
  const log = createWireLog();
  const tokens = { bot: `xoxb-local-${ws.ids.secret()}`, app: `xapp-local-${ws.ids.secret()}` };
  const http = typeof options.delivery === 'object' ? options.delivery : undefined;
  const signingSecret = http?.signingSecret ?? ws.ids.secret(16);
  let eventsUrl = http?.http ?? '';

  const sockets = createSockets(ws.app.id);
  const requests = createRequests(() => eventsUrl, signingSecret, clock);
  const carrier = http === undefined ? sockets : requests;
  const faults = createFaults((reason = 'refresh_requested') => carrier.disconnect(reason));
  const courier = createCourier(carrier, faults, log, {
    ackTimeoutMs: options.ackTimeoutMs ?? 3000,
    retryScheduleMs: options.retryScheduleMs ?? [0, 60_000, 300_000],
    reorderWindowMs: 30,
    clock,
  });
  const granted: ReadonlySet<string> = new Set(options.grantedScopes ?? allScopes);
  ws.listeners.add((change) => {
    for (const { event, scope } of eventsOf(ws, change)) {
      if (scope !== undefined && !granted.has(scope)) continue;
      if (options.events !== undefined && !options.events.includes(String(event.type))) continue;
      courier.tell(envelope(ws, event, VERIFICATION_TOKEN));
    }
  });

  const stage: Stage = {
    ws,
    courier,
    commands: granted.has('commands')
      ? (options.commands ?? [{ command: '/incident', shouldEscape: true }])
      : [],
    shortcuts: options.shortcuts ?? [],
  };
  const as = (who: string): Actor => {
    const user = findUser(ws, who);
    if (user === undefined || user.bot) throw new CannotDo(`there is nobody called ${who}`);
    return createActor(stage, user);
  };
  const onBug = options.onBug ?? ((error: Error) => console.error('local Slack:', error));
  const api = {
    ws,
    faults,
    log,
    limiter: createLimiter(options.rateLimits ?? 'posting', () => performance.now()),
    tokens,
    granted,
    socketUrl: () => `${ws.url.replace('http', 'ws')}${sockets.ticket()}`,
    onBug,
  };
  const page = {
    stage,
    actor: as,
    connected: () => http !== undefined || sockets.connections > 0,
    onConnected: sockets.onConnected,
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLoopback(request.headers.host)) {
      response.writeHead(403).end('this machine only');
      return;
    }
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const forPage = path === '/' || path.startsWith('/page/') || path.startsWith('/archives/');
    if (faults.isDown && !forPage) {
      request.socket.destroy();
      return;
    }
    if (path.startsWith('/api/')) return serveApi(api, path.slice('/api/'.length), request, response);
    const mayRead = granted.has('files:read') && !faults.isSignedOutOfFiles;
    if (await serveFilesAndReplies(ws, mayRead ? tokens.bot : undefined, path, request, response)) return;
    if (await servePage(page, path, request, response)) return;
    const asset = request.method === 'GET' ? await assetAt(path) : undefined;
    if (asset === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
      return;
    }
    response.writeHead(200, {
      'content-type': asset.type,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    response.end(asset.body);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => {
      const tooLarge = error instanceof BodyTooLarge;
      // A caller that went away in mid-request is no failure of this server.
      if (!tooLarge && !request.destroyed) onBug(error);
      if (!response.headersSent) response.writeHead(tooLarge ? 413 : 500);
      response.end();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const isLink = (request.url ?? '').startsWith('/link/');
    if (isLink && !faults.isDown && isLoopback(request.headers.host)) sockets.upgrade(request, socket, head);
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  ws.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: ws.url,
    apiUrl: `${ws.url}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    botUserId: ws.app.botUserId,
    teamId: ws.team.id,
    people,
    faults,
    state: ws,
    log,
    get connections() {
      return sockets.connections;
    },
    as,
    channel(name) {
      const channel = findChannel(ws, name);
      if (channel === undefined) throw new CannotDo(`there is no channel ${name}`);
      return channel.id;
    },
    until: (look, ms = 10_000) => seeing(ws, look, ms),
    settled: () => courier.settled(),
    setEventsUrl: (url) => {
      eventsUrl = url;
    },
    verifyEventsUrl: () => requests.verify(),
    async close() {
      courier.stop();
      await sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
