// The page's own routes: session, load, history, acts, files and live changes.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { history } from '../acting/messages.ts';
import { CannotDo, type Stage, seen } from '../acting/stage.ts';
import type { Actor } from '../actor.ts';
import { bytesOf, fieldsOf } from '../http-body.ts';
import { isOwnOrigin } from '../loopback.ts';
import {
  asWhom,
  historyQuery,
  type PageAct,
  type PageEvent,
  type PageHistory,
  type PageMessage,
  type PageOutcome,
  type PageSession,
  type PageSnapshot,
  pageAct,
} from '../page-protocol.ts';
import { forgetEphemerals } from '../state/ephemerals.ts';
import { typeOf } from '../state/files.ts';
import { stackOf } from '../state/views.ts';
import { pageChannel, pageEvents, pageUser, pageView, visible } from './shapes.ts';

export interface Page {
  stage: Stage;
  /** @throws CannotDo for somebody unknown, or the bot. */
  actor: (id: string) => Actor;
  connected: () => boolean;
  /** Registers a listener for the bot's coming and going; returns its end. */
  onConnected: (listener: (connected: boolean) => void) => () => void;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}

function session({ stage, connected }: Page): PageSession {
  const { ws } = stage;
  return {
    team: { id: ws.team.id, name: ws.team.name },
    app: ws.app,
    people: [...ws.users.values()].map(pageUser),
    userGroups: [...ws.userGroups.values()],
    commands: stage.commands.map(({ command, description, usageHint }) => ({
      command,
      ...(description === undefined ? {} : { description }),
      ...(usageHint === undefined ? {} : { usageHint }),
    })),
    shortcuts: [...stage.shortcuts],
    connected: connected(),
  };
}

function snapshot({ stage: { ws } }: Page, { user }: Actor): PageSnapshot {
  forgetEphemerals(ws, user.id);
  const home = ws.views.get(ws.homes.get(user.id) ?? '');
  return {
    me: pageUser(user),
    channels: [...ws.channels.values()]
      .filter((each) => visible(each, user.id))
      .map((each) => pageChannel(each, user.id)),
    views: stackOf(ws, user.id).map(pageView),
    home: home === undefined ? null : pageView(home),
  };
}

function pageHistory({ stage }: Page, { user }: Actor, query: z.output<typeof historyQuery>): PageHistory {
  const { channel: where, thread_ts, before, limit } = query;
  const channel = seen(stage, user, where);
  const all = history(stage, user, where, thread_ts).filter(
    (each) => before === undefined || String(each.ts) < before,
  );
  const messages = all.slice(-limit).map((each) => ({ ...each, channel: channel.id }) as PageMessage);
  return { messages, hasMore: all.length > limit };
}

async function perform(actor: Actor, act: PageAct): Promise<PageOutcome> {
  const done = (made?: string): PageOutcome => ({ ok: true, ...(made === undefined ? {} : { made }) });
  switch (act.do) {
    case 'slash':
      return actor.slash(act.channel, act.command, act.text);
    case 'click':
      return actor.click(act.channel, act.ts, act.target);
    case 'select':
      return actor.select(act.channel, act.ts, act.target, act.value);
    case 'messageShortcut':
      return actor.messageShortcut(act.callbackId, act.channel, act.ts);
    case 'globalShortcut':
      return actor.globalShortcut(act.callbackId);
    case 'fill':
      return actor.fill(act.view, act.values);
    case 'clickInView':
      return actor.clickInView(act.view, act.target);
    case 'submitView':
      return actor.submitView(act.view);
    case 'closeView':
      return actor.closeView(act.view, { all: act.all ?? false });
    case 'openHome':
      actor.openHome();
      return done();
    case 'say':
      return done(
        actor.say(act.channel, act.text, act.thread_ts === undefined ? {} : { thread_ts: act.thread_ts }),
      );
    case 'edit':
      actor.edit(act.channel, act.ts, act.text);
      return done();
    case 'delete':
      actor.delete(act.channel, act.ts);
      return done();
    case 'react':
      actor.react(act.channel, act.ts, act.emoji);
      return done();
    case 'unreact':
      actor.unreact(act.channel, act.ts, act.emoji);
      return done();
    case 'pin':
      actor.pin(act.channel, act.ts);
      return done();
    case 'unpin':
      actor.unpin(act.channel, act.ts);
      return done();
    case 'join':
      actor.join(act.channel);
      return done();
    case 'leave':
      actor.leave(act.channel);
      return done();
    case 'invite':
      actor.invite(act.channel, act.who);
      return done();
    case 'createChannel':
      return done(actor.createChannel(act.name, { isPrivate: act.isPrivate ?? false }));
    case 'direct':
      return done(actor.direct(act.who));
  }
}

function live(page: Page, { user }: Actor, request: IncomingMessage, response: ServerResponse): void {
  const { ws } = page.stage;
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const push = (event: PageEvent) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.write(': hello\n\n');
  push({ type: 'connected', connected: page.connected() });
  const listener = (change: Parameters<typeof pageEvents>[2]) => {
    for (const event of pageEvents(ws, user.id, change)) push(event);
  };
  ws.listeners.add(listener);
  const end = page.onConnected((connected) => push({ type: 'connected', connected }));
  const beat = setInterval(() => response.write(': beat\n\n'), 15_000);
  beat.unref();
  request.on('close', () => {
    clearInterval(beat);
    ws.listeners.delete(listener);
    end();
  });
}

function sendFile({ stage: { ws } }: Page, { user }: Actor, id: string, response: ServerResponse): void {
  const file = ws.files.get(id);
  const seenBy = file?.channels.some((each) => {
    const channel = ws.channels.get(each);
    return channel !== undefined && visible(channel, user.id);
  });
  if (file?.content === undefined || seenBy !== true)
    return send(response, 404, { error: 'there is no such file' });
  const name = encodeURIComponent(file.name);
  response.writeHead(200, {
    // Never as HTML: what the bot uploads must not run in the page.
    'content-type': typeOf(file.name)[1].startsWith('text/')
      ? 'text/plain; charset=utf-8'
      : typeOf(file.name)[1],
    'content-disposition': `inline; filename*=UTF-8''${name}`,
    'x-content-type-options': 'nosniff',
  });
  response.end(file.content);
}

/** Serves `/page/api/...` and `/page/live`; false when the path is neither. A foreign origin gets 403, a wrong body 400, what a person cannot do 409. */
export async function servePage(
  page: Page,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  if (path !== '/page/live' && !path.startsWith('/page/api/')) return false;
  if (
    !isOwnOrigin(request.headers.origin, request.headers.host) ||
    request.headers['sec-fetch-site'] === 'cross-site'
  ) {
    send(response, 403, { error: 'only this page may ask' });
    return true;
  }
  const isPost = request.method === 'POST';
  if (isPost && !(request.headers['content-type'] ?? '').startsWith('application/json')) {
    send(response, 415, { error: 'send JSON' });
    return true;
  }
  const fields = await fieldsOf(request, isPost ? await bytesOf(request, 1024 * 1024) : Buffer.alloc(0));
  const who = (): Actor => page.actor(asWhom.parse(fields).as);
  try {
    const file = /^\/page\/api\/files\/([A-Z0-9]+)$/.exec(path)?.[1];
    if (file !== undefined) sendFile(page, who(), file, response);
    else if (path === '/page/live') live(page, who(), request, response);
    else if (path === '/page/api/session') send(response, 200, session(page));
    else if (path === '/page/api/load' && isPost) send(response, 200, snapshot(page, who()));
    else if (path === '/page/api/history')
      send(response, 200, pageHistory(page, who(), historyQuery.parse(fields)));
    else if (path === '/page/api/act' && isPost) {
      const { as, act } = pageAct.parse(fields);
      send(response, 200, await perform(page.actor(as), act));
    } else send(response, 404, { error: `there is no ${path}` });
  } catch (error) {
    if (error instanceof z.ZodError) send(response, 400, { error: z.prettifyError(error) });
    else if (error instanceof CannotDo) send(response, 409, { error: error.message });
    else throw error;
  }
  return true;
}
