// The two clusters that the contract is held against: the stand-in, and a real API server with a pretend kubelet.

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { startStandInCluster } from '../../sandbox/cluster/server.ts';
import { addDeploymentConfigs, addRoutes } from '../actions/kubernetes/deployment-configs.ts';
import { startControlPlane } from '../support/control-plane/control-plane.ts';

export interface Subject {
  readonly config: KubeConfig;
  configFor(user: string, groups?: readonly string[]): Promise<KubeConfig>;
  /** A port that a pod's port-forward reaches: it greets and ends. */
  readonly greeter: number;
  /** True for an API server older than 1.21. */
  readonly old: boolean;
  stop(): Promise<void>;
}

/** Annotations that make a pod of either cluster behave. */
export const behaves = {
  crashing: (lines: readonly string[], exitCode: number) => ({
    'handrail.test/run': `${lines.map((line) => `echo "${line}"`).join('; ')}; exit ${exitCode}`,
    'stand-in.handrail.dev/exit-code': String(exitCode),
    'stand-in.handrail.dev/log': lines.join('\n'),
  }),
  talking: (lines: readonly string[]) => ({
    'handrail.test/run': `${lines.map((line) => `echo "${line}"`).join('; ')}; sleep 1000`,
    'stand-in.handrail.dev/log': lines.join('\n'),
  }),
  unready: { 'handrail.test/ready': 'false', 'stand-in.handrail.dev/ready': 'false' },
  withoutImage: (image: string) => ({
    'handrail.test/image-error': 'ImagePullBackOff',
    'handrail.test/image-error-for': image,
    'stand-in.handrail.dev/no-image': image,
  }),
};

async function greeter(): Promise<Server> {
  const server = createServer((socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function fromText(text: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromString(text);
  return config;
}

export async function standIn(): Promise<Subject> {
  const server = await greeter();
  const { port } = server.address() as AddressInfo;
  const cluster = await startStandInCluster({
    world: {
      begin: () => {},
      door: (_pod, asked) => (asked === port ? { host: '127.0.0.1', port } : undefined),
    },
  });
  return {
    config: fromText(cluster.kubeconfig),
    configFor: async (user, groups) => fromText(cluster.kubeconfigFor(user, groups)),
    greeter: port,
    old: false,
    async stop() {
      server.close();
      await cluster.close();
    },
  };
}

export async function real(): Promise<Subject> {
  const server = await greeter();
  const plane = await startControlPlane({ controllers: true, scheduler: true });
  await plane.addKubelet({ name: 'node-1' });
  await addDeploymentConfigs(plane.kubeconfig);
  await addRoutes(plane.kubeconfig);
  const load = (file: string) => {
    const config = new KubeConfig();
    config.loadFromFile(file);
    return config;
  };
  return {
    config: load(plane.kubeconfig),
    configFor: async (user, groups) => load(await plane.kubeconfigFor(user, groups)),
    greeter: (server.address() as AddressInfo).port,
    old: true,
    async stop() {
      server.close();
      await plane.stop();
    },
  };
}
