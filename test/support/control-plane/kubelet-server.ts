// The HTTPS server of a pretend kubelet: what kube-apiserver asks for logs, exec and port-forward.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { forwardAddress, wish } from './annotations.ts';
import { previousRun, runningRun } from './container.ts';
import { type LogQuestion, printed } from './container-log.ts';
import { execQuestion, serveExec } from './exec.ts';
import { startInside } from './pod-process.ts';
import { servePortForward } from './port-forward.ts';
import type { PretendPod } from './pretend-pod.ts';

export interface KubeletServerOptions {
  readonly dir: string;
  readonly tls: ServerOptions;
  /** The WebSocket protocols to agree to, the best first. */
  readonly protocols: readonly string[];
  /** Without, only annotated addresses of pods exist on this machine. */
  readonly realAddresses: boolean;
  readonly find: (namespace: string, pod: string) => PretendPod | undefined;
}

export interface KubeletServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on a free loopback port; only clients with a certificate of the authority are let in. */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  const server = createServer({ ...options.tls, requestCert: true, rejectUnauthorized: true });
  const sockets = new Set<Duplex>();
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024 * 1024,
    handleProtocols: (offered) => options.protocols.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.on('request', (request, response) => {
    const { operation, pod, container, query } = asked(request, options);
    if (operation === 'healthz') return void response.end('ok');
    if (operation !== 'containerLogs') return answer(response, 404, 'not found\n');
    if (pod && hangs(pod, container, 'logs')) return;
    serveLogs(response, pod, container, query);
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { operation, pod, container, query } = asked(request, options);
    const refuse = (code: number, text: string) =>
      socket.end(`HTTP/1.1 ${code} x\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`);
    if (!/websocket/i.test(request.headers.upgrade ?? ''))
      return refuse(400, 'only WebSocket is spoken here');
    if (!pod) return refuse(404, 'pod does not exist');
    if (hangs(pod, container, operation)) return;
    const accept = (use: Parameters<typeof webSockets.handleUpgrade>[3]) =>
      webSockets.handleUpgrade(request, socket, head, use);
    if (operation === 'portForward') {
      const ports = query.getAll('port').flatMap((part) => part.split(',').map(Number));
      const isThere = options.realAddresses || pod.podIp.startsWith('127.');
      const own = isThere ? pod.podIp : '127.0.0.1';
      const host = forwardAddress(pod.pod) ?? own;
      return accept((client) => servePortForward(client, ports, host));
    }
    if (operation !== 'exec') return refuse(404, 'not found');
    const known = pod.container(container);
    const run = known && runningRun(known);
    if (!run) return refuse(500, `container not found ("${container}")`);
    const { id: containerId, environment, running } = run;
    const inside = { dir: options.dir, pod: pod.pod, container, containerId, environment };
    if (running)
      return accept((client) =>
        serveExec(client, execQuestion(query), (program, args) => running.exec(program, args, 'pipe')),
      );
    accept((client) =>
      serveExec(client, execQuestion(query), (program, args) =>
        startInside({ ...inside, environment: { TERM: 'xterm', ...environment } }, program, args, 'pipe'),
      ),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** /operation/namespace/pod[/container]?query */
function asked(request: IncomingMessage, options: KubeletServerOptions) {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const [, operation = '', namespace = '', name = '', container = ''] = url.pathname
    .split('/')
    .map(decodeURIComponent);
  return { operation, pod: options.find(namespace, name), name, container, query: url.searchParams };
}

function hangs(pod: PretendPod, container: string, operation: string): boolean {
  return (wish(pod.pod, container, 'hang') ?? '').split(/[\s,]+/).includes(operation);
}

function answer(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { 'content-type': 'text/plain' }).end(text);
}

function serveLogs(
  response: ServerResponse,
  pod: PretendPod | undefined,
  containerName: string,
  query: URLSearchParams,
): void {
  const container = pod?.container(containerName);
  const place = `container "${containerName}" in pod "${pod?.pod.metadata?.name}"`;
  if (!container) return answer(response, 404, `${place} is not found\n`);
  const wantsPrevious = query.get('previous') === 'true';
  // While it waits for its restart, the last run is both "the" log and the previous one.
  const run = wantsPrevious ? previousRun(container) : container.runs.at(-1);
  if (!run) {
    const why = container.waiting?.reason ?? 'ContainerCreating';
    const text = why === 'ImagePullBackOff' ? 'trying and failing to pull image' : why;
    return answer(
      response,
      400,
      wantsPrevious ? `previous terminated ${place} not found` : `${place} is waiting to start: ${text}`,
    );
  }
  const question = logQuestion(query);
  response.writeHead(200, { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  response.write(run.log.read(question));
  if (query.get('follow') !== 'true' || run.log.ended) return void response.end();
  const onLine = (line: Parameters<typeof printed>[0]) => void response.write(printed(line, question));
  const onEnd = () => void response.end();
  run.log.on('line', onLine).on('end', onEnd);
  response.on('close', () => run.log.off('line', onLine).off('end', onEnd));
}

function logQuestion(query: URLSearchParams): LogQuestion {
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const [tailLines, limitBytes, seconds] = [
    number('tailLines'),
    number('limitBytes'),
    number('sinceSeconds'),
  ];
  const time = query.get('sinceTime');
  const since = seconds === undefined ? time && new Date(time) : new Date(Date.now() - seconds * 1000);
  return {
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since ? { since } : {}),
    timestamps: query.get('timestamps') === 'true',
  };
}
