/** The stand-in cluster: a server that answers the real Kubernetes client over HTTP, with everything played behind it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Identity } from './api/access.ts';
import { discover, isServed } from './api/discovery.ts';
import { addressOf, bodyText, isOn, readBody } from './api/request.ts';
import { badRequest, forbiddenPath, noSuchResource, Refusal } from './api/refusal.ts';
import { resourceAt, REVIEWS } from './api/resources.ts';
import { review } from './api/reviews.ts';
import { mustBeAllowed } from './api/access.ts';
import { Store } from './api/store.ts';
import { act, mayAsk } from './api/verbs.ts';
import { watch } from './api/watching.ts';
import { beginWorld } from './beginning.ts';
import { runControllers } from './controllers/run.ts';
import { type PodSide, serveLog, serveSocket } from './pod-requests.ts';
import { annotatedBehaviour } from './pods/behaviour.ts';
import { clearInside, type InsideOptions } from './pods/inside.ts';
import { Kubelet } from './pods/kubelet.ts';
import { kubeconfigText, Users } from './user.ts';
import type { World } from './world.ts';

export interface StandInOptions {
  /** Default: an empty cluster with one node, whose pods do what their annotations ask. */
  readonly world?: World;
  /** The time of everything that is written. Default: the machine's. */
  readonly clock?: () => Date;
  /** Default: a free one. */
  readonly port?: number;
  /** The namespace that kubeconfigs name. */
  readonly namespace?: string;
  /** Delay before the second restart of a crashing container, in ms. Default 10 s, as in reality. */
  readonly backOffMs?: number;
  readonly stepMs?: number;
}

export interface StandInCluster {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** The text of the administrator's kubeconfig (group system:masters). */
  readonly kubeconfig: string;
  /** A kubeconfig for anybody else, who has no rights until RBAC gives some. */
  kubeconfigFor(user: string, groups?: readonly string[]): string;
  readonly store: Store;
  readonly kubelet: Kubelet;
  /** Lets the cluster follow at once what the world has changed beside the API. */
  react(): void;
  /** The folder with what the pods have written. */
  readonly folder: string;
  close(): Promise<void>;
}

const PROTOCOLS = [
  'v5.channel.k8s.io',
  'v4.channel.k8s.io',
  'v4.base64.channel.k8s.io',
  'portforward.k8s.io',
];

/** Starts it on loopback with the world's objects in place. Throws when the port is taken. */
export async function startStandInCluster(options: StandInOptions = {}): Promise<StandInCluster> {
  const world: World = options.world ?? { begin: () => {} };
  const store = new Store(options.clock ?? (() => new Date()));
  const folder = mkdtempSync(join(tmpdir(), 'handrail-pods-'));
  const inside: InsideOptions = {
    folder,
    programs: world.programs ?? (() => []),
    folders: world.folders ?? (() => []),
    environment: world.environment ?? (() => ({})),
  };
  const kubelet = new Kubelet(store, {
    behaviour: world.behaviour ?? annotatedBehaviour,
    gone: (pod) => clearInside(inside, pod),
    ...(options.backOffMs === undefined ? {} : { backOffMs: options.backOffMs }),
    ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }),
  });
  beginWorld(store, kubelet, world);

  const users = new Users();
  const closing = new AbortController();
  let planned: NodeJS.Immediate | undefined;
  const react = () => {
    planned = undefined;
    world.changed?.();
    runControllers(store, kubelet);
  };
  store.listen(() => {
    if (!closing.signal.aborted) planned ??= setImmediate(react);
  });

  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024 * 1024,
    handleProtocols: (offered) => PROTOCOLS.find((one) => offered.has(one)) ?? false,
  });
  const side: PodSide = { store, kubelet, inside, world, webSockets };
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    answer(side, users, closing.signal, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => {});
    upgrade(side, users, request, socket, head).catch((error: unknown) => refuseSocket(socket, error));
  });
  server.keepAliveTimeout = 60_000;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const kubeconfigFor = (user: string, groups: readonly string[] = []) =>
    kubeconfigText(url, user, users.tokenFor(user, groups), options.namespace ?? 'default');

  return {
    url,
    kubeconfig: kubeconfigFor('admin', ['system:masters']),
    kubeconfigFor,
    store,
    kubelet,
    react: () => {
      if (planned) clearImmediate(planned);
      react();
    },
    folder,
    async close() {
      if (closing.signal.aborted) return;
      closing.abort();
      if (planned) clearImmediate(planned);
      kubelet.stop();
      for (const client of webSockets.clients) client.terminate();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await world.close?.();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

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

async function answer(
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
  send(response, code, said);
}

async function upgrade(
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

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const refusal = asRefusal(error);
  send(response, refusal.code, refusal.body);
}

function refuseSocket(socket: Duplex, error: unknown): void {
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
