/** Answers requests that reach into a pod: logs, exec, port-forward. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { badRequest, notFound, Refusal } from './api/refusal.ts';
import type { Address } from './api/request.ts';
import { resourceOf } from './api/resources.ts';
import type { Store } from './api/store.ts';
import type { ContainerSpec, Pod } from './api/wire.ts';
import { type Container, previousRun, runningRun } from './pods/container.ts';
import { execQuestion, serveExec } from './pods/exec.ts';
import { type InsideOptions, startInside } from './pods/inside.ts';
import type { Kubelet } from './pods/kubelet.ts';
import { logQuestion } from './pods/log.ts';
import { servePortForward } from './pods/port-forward.ts';
import type { World } from './world.ts';

export interface PodSide {
  readonly store: Store;
  readonly kubelet: Kubelet;
  readonly inside: InsideOptions;
  readonly world: World;
  readonly webSockets: WebSocketServer;
}

function podAt(store: Store, { namespace = '', name = '' }: Address): Pod {
  const pod = store.get<Pod>('Pod', namespace, name);
  if (!pod) throw notFound(resourceOf('Pod'), name);
  return pod;
}

/** The named container, the pod's default one, or its only one. Throws a Refusal (400). */
function containerOf(pod: Pod, asked: string | null): ContainerSpec {
  const all = pod.spec.containers;
  const names = `[${all.map((one) => one.name).join(' ')}]`;
  if (asked) {
    const found = all.find((one) => one.name === asked);
    if (!found) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return found;
  }
  const first = all[0];
  if (all.length > 1 || !first) {
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: ${names}`,
    );
  }
  return first;
}

/** Throws a Refusal: 404 without the pod, 400 without a log to show. */
export function serveLog(
  { store, kubelet }: PodSide,
  address: Address,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  const pod = podAt(store, address);
  const { name } = containerOf(pod, query.get('container'));
  const place = `container "${name}" in pod "${pod.metadata.name}"`;
  const container = kubelet.container(pod.metadata.namespace ?? '', pod.metadata.name, name);
  const wantsPrevious = query.get('previous') === 'true';
  const run = container && (wantsPrevious ? previousRun(container) : container.run);
  if (!run) {
    if (wantsPrevious) throw badRequest(`previous terminated ${place} not found`);
    throw badRequest(`${place} is waiting to start: ${whyNoLog(container)}`);
  }
  const question = logQuestion(query, store.now());
  response.writeHead(200, { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  response.write(run.log.read(question));
  if (query.get('follow') !== 'true' || run.log.ended) return void response.end();
  const stop = run.log.follow(
    question,
    (line) => void response.write(line),
    () => response.end(),
  );
  response.on('close', stop);
}

function whyNoLog(container: Container | undefined): string {
  const reason = container?.waiting?.reason ?? 'ContainerCreating';
  return reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason;
}

/** Takes over an upgraded connection. Throws a Refusal before it is answered. */
export async function serveSocket(
  side: PodSide,
  address: Address,
  query: URLSearchParams,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const pod = podAt(side.store, address);
  if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  if (address.subresource === 'portforward') {
    const ports = query.getAll('ports').flatMap((part) => part.split(',').map(Number));
    const doorOf = (port: number) => side.world.door?.(pod, port);
    side.webSockets.handleUpgrade(request, socket, head, (client) => servePortForward(client, ports, doorOf));
    return;
  }
  const spec = containerOf(pod, query.get('container'));
  const question = execQuestion(query);
  if (question.command.length === 0)
    throw badRequest('you must specify at least 1 command for the container');
  const container = side.kubelet.container(pod.metadata.namespace ?? '', pod.metadata.name, spec.name);
  if (!container || !runningRun(container)) {
    throw new Refusal(
      500,
      'InternalError',
      `Internal error occurred: unable to upgrade connection: container not found ("${spec.name}")`,
    );
  }
  await side.world.prepare?.(pod, spec);
  side.webSockets.handleUpgrade(request, socket, head, (client) =>
    serveExec(client, question, () => startInside(side.store, side.inside, pod, spec, question.command)),
  );
}
