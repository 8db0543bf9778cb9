/** Answers one request to the stand-in cluster: who asks, for what, and may they. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Identity, mustBeAllowed } from './api/access.ts';
import { discover, isServed } from './api/discovery.ts';
import { badRequest, forbiddenPath, noSuchResource, Refusal } from './api/refusal.ts';
import { addressOf, bodyText, isOn, readBody } from './api/request.ts';
import { REVIEWS, type Resource, resourceAt } from './api/resources.ts';
import { review } from './api/reviews.ts';
import type { Store } from './api/store.ts';
import { tableOf, wantsTable } from './api/tables.ts';
import { act, mayAsk } from './api/verbs.ts';
import { watch } from './api/watching.ts';
import type { Wire } from './api/wire.ts';
import { type PodSide, serveLog, serveSocket } from './pod-requests.ts';
import type { Users } from './user.ts';

interface Asking {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly who: Identity;
}

function asking(users: Users, request: IncomingMessage): Asking {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const prefix = /^\/as\/([^/]+)(\/.*)?$/.exec(url.pathname);
  const who = users.identify(request.headers.authorization, prefix?.[1]);
  return { path: prefix ? (prefix[2] ?? '/') : url.pathname, query: url.searchParams, who };
}

/** Throws a Refusal, or what went wrong in us. */
export async function answer(
  side: PodSide,
  users: Users,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { path, query, who } = asking(users, request);
  const { store } = side;
  const method = request.method ?? 'GET';
  const address = addressOf(path);
  if (!address) {
    if (who.user === 'system:anonymous' && !/^\/(version|healthz|livez|readyz)/.test(path))
      throw forbiddenPath(who.user, 'get', path);
    const found = discover(path);
    if (found === undefined)
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    return typeof found === 'string' ? void response.end(found) : send(response, 200, found);
  }
  const { group, version, plural, namespace } = address;
  const asked = REVIEWS.find((one) => one.group === group && one.plural === plural);
  if (asked && method === 'POST') {
    mustBeAllowed(store, who, {
      verb: 'create',
      group,
      resource: plural,
      ...(namespace ? { namespace } : {}),
    });
    const body = readBody(await bodyText(request), request.headers['content-type'] ?? '');
    return send(response, 201, review(store, who, asked.kind, body));
  }
  const resource = resourceAt(group, version, plural);
  if (!resource) {
    mustBeAllowed(store, who, {
      verb: 'get',
      group,
      resource: plural,
      ...(namespace ? { namespace } : {}),
      ...(address.name ? { name: address.name } : {}),
    });
    if (isServed(group, version)) throw noSuchResource();
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  }
  const watches = method === 'GET' && address.subresource === undefined && isOn(query, 'watch');
  mayAsk(store, { method, address, resource, who }, watches);
  if (resource.kind === 'Pod' && address.subresource === 'log')
    return serveLog(side, address, query, response);
  if (['exec', 'portforward'].includes(address.subresource ?? '') && resource.kind === 'Pod') {
    if (!store.get(resource, namespace, address.name ?? ''))
      act(store, {
        method: 'GET',
        address: { ...address, subresource: 'status' },
        resource,
        query,
        contentType: '',
        userAgent: '',
        body: '',
        who,
      });
    throw badRequest('Upgrade request required');
  }
  if (watches)
    return watch(store, { resource, version, namespace, name: address.name, query }, response, closing);
  const body = method === 'GET' ? '' : await bodyText(request);
  const { code, body: said } = act(store, {
    method,
    address,
    resource,
    query,
    contentType: request.headers['content-type'] ?? 'application/json',
    userAgent: request.headers['user-agent'] ?? '',
    body,
    who,
  });
  const table = method === 'GET' && address.subresource === undefined && wantsTable(request.headers.accept);
  send(response, code, table ? asTable(said, resource, store) : said);
}

function asTable(said: unknown, resource: Resource, store: Store): unknown {
  const { items, metadata } = said as { items?: Wire[]; metadata: { resourceVersion?: string } };
  const version = metadata.resourceVersion ?? String(store.newest);
  return tableOf(resource, items ?? [said as Wire], version, store.now());
}

/** Throws a Refusal before the connection is taken over. */
export async function upgrade(
  side: PodSide,
  users: Users,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { path, query, who } = asking(users, request);
  const address = addressOf(path);
  const resource = address && resourceAt(address.group, address.version, address.plural);
  if (!address || resource?.kind !== 'Pod' || !['exec', 'portforward'].includes(address.subresource ?? ''))
    throw noSuchResource();
  // As newer servers do; either right is enough here (facts: trap 4).
  try {
    mayAsk(side.store, { method: 'POST', address, resource, who }, false);
  } catch {
    mayAsk(side.store, { method: 'GET', address, resource, who }, false);
  }
  if (!/websocket/i.test(request.headers.upgrade ?? '')) throw badRequest('Upgrade request required');
  await serveSocket(side, address, query, request, socket, head);
}

function send(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

export function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const refusal = asRefusal(error);
  send(response, refusal.code, refusal.body);
}

export function refuseSocket(socket: Duplex, error: unknown): void {
  const refusal = asRefusal(error);
  const text = JSON.stringify(refusal.body);
  const head = `HTTP/1.1 ${refusal.code} ${refusal.body.reason ?? 'Error'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n`;
  socket.end(head + text);
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal(500, 'InternalError', `Internal error occurred: ${message}`);
}
