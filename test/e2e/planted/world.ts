// A stand-in cluster in which every place that evidence is read from holds secrets and personal data.
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandInCluster } from '../../../sandbox/cluster/server.ts';
import type { Past, World } from '../../../sandbox/cluster/world.ts';
import { NAMESPACE } from '../manifests.ts';
import { type Plant, plantsFor, SPOKEN } from './plants.ts';

/** By place: what is planted there. */
export const PLANTED = {
  'the log of a pod': [...plantsFor('a'), SPOKEN],
  'the log of a crash': plantsFor('b'),
  // Shown in one line, so only the first ones are seen at all.
  'the words of a kubelet': plantsFor('c').slice(0, 2),
  'the environment of a container': plantsFor('d').slice(0, 1),
  "Patroni's answer": plantsFor('e').slice(0, 5),
  'an error of psql': plantsFor('f').slice(0, 10),
  'a probe that fails': plantsFor('g').slice(0, 3),
} as const satisfies Record<string, readonly Plant[]>;

/** Read, and never told: a trace tells hosts, ports and names of databases. */
export const NEVER_TOLD: readonly string[] = ['the environment of a container'];

type Place = keyof typeof PLANTED;
const linesOf = (place: Place): string[] => PLANTED[place].flatMap(({ line }) => line.split('\n'));

export interface PlantedWorld {
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export async function openPlantedWorld(): Promise<PlantedWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-planted-'));
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  writeFileSync(join(programs, 'said'), linesOf('an error of psql').join(' '));
  for (const name of ['psql', 'pg_dump']) {
    writeFileSync(join(programs, name), `#!/bin/sh\ncat '${join(programs, 'said')}' >&2\nexit 2\n`);
    chmodSync(join(programs, name), 0o755);
  }
  const state = linesOf("Patroni's answer").join(' ');
  const patroni = createServer((request, response) => {
    const own = { state, role: 'replica', timeline: 1, xlog: { received_location: 1, replayed_location: 1 } };
    const members = [
      { name: 'prod-patroni-0', role: 'replica', state, host: '127.0.0.1', timeline: 1, lag: 0 },
    ];
    response.end(JSON.stringify(request.url === '/cluster' ? { members } : own));
  });
  patroni.listen(0, '127.0.0.1');
  await once(patroni, 'listening');
  const { port } = patroni.address() as AddressInfo;

  const world: World = {
    begin(past) {
      past.at(new Date(Date.now() - 7_200_000), () => {
        for (const manifest of manifests()) past.apply(manifest);
      });
    },
    behaviour(pod) {
      if (pod.metadata.labels?.['app'] === 'reports')
        return { is: 'no image', message: linesOf('the words of a kubelet').join(' ') };
      if (pod.metadata.name === 'prod-patroni-1')
        return { is: 'ending', exitCode: 1, log: [...linesOf('the log of a crash'), 'FATAL: it ends here'] };
      if (pod.metadata.labels?.['app'] === 'web-api')
        return {
          is: 'running',
          ready: false,
          log: linesOf('the log of a pod'),
          probe: linesOf('a probe that fails').join(' '),
        };
      return { is: 'running', ready: true, log: ['started'] };
    },
    door: (pod, asked) =>
      asked === 8008 && pod.metadata.name === 'prod-patroni-0' ? { host: '127.0.0.1', port } : undefined,
    programs: () => [programs],
  };
  const cluster = await startStandInCluster({ world, namespace: NAMESPACE, stepMs: 5 });
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    kubeconfig,
    async close() {
      await cluster.close();
      patroni.closeAllConnections();
      await new Promise((closed) => patroni.close(closed));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Manifest = Parameters<Past['apply']>[0];

function manifests(): Manifest[] {
  const namespace = NAMESPACE;
  const login = { name: 'WORDS_TO_ENTER', valueFrom: { secretKeyRef: { name: 'web-login', key: 'words' } } };
  const database = PLANTED['the environment of a container'][0];
  const address = {
    name: 'DATABASE_URL',
    value: `postgresql://web:${database?.needle}@prod-patroni:5432/app`,
  };
  const deployment = (app: string, env: readonly unknown[]): Manifest => ({
    kind: 'Deployment',
    metadata: { name: app, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { containers: [{ name: 'main', image: `registry.example.org/${app}:1`, env }] },
      },
    },
  });
  const labels = { app: 'prod-patroni' };
  return [
    { kind: 'Namespace', metadata: { name: namespace } },
    { kind: 'Secret', metadata: { name: 'web-login', namespace }, stringData: { words: SPOKEN.value } },
    deployment('web-api', [login, address]),
    deployment('reports', []),
    {
      kind: 'Service',
      metadata: { name: 'prod-patroni', namespace },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    },
    {
      kind: 'StatefulSet',
      metadata: { name: 'prod-patroni', namespace },
      spec: {
        replicas: 2,
        serviceName: 'prod-patroni',
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: 'postgresql',
                image: 'registry.example.org/patroni:1',
                ports: [{ containerPort: 8008, name: 'patroni' }, { containerPort: 5432 }],
              },
            ],
          },
        },
      },
    },
  ];
}
