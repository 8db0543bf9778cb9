/** The stand-in cluster: a server that answers the real Kubernetes client over HTTP, with everything played behind it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { answer, refuse, refuseSocket, upgrade } from './answering.ts';
import { Store } from './api/store.ts';
import { beginWorld } from './beginning.ts';
import { runControllers } from './controllers/run.ts';
import type { PodSide } from './pod-requests.ts';
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
    ...(world.address ? { podIp: world.address } : {}),
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
