// The contract: what a snapshot of a namespace reads, and that managedFields tell who changed what after it.
import { loadAllYaml } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { takeSnapshot } from '../../src/actions/kubernetes/snapshot/take.ts';
import { difference } from '../../src/incidents/baseline/diff.ts';
import type { Snapshot } from '../../src/incidents/baseline/snapshot.ts';
import { whatChanged } from '../../src/incidents/baseline/words.ts';
import { PLANTED, SNAPSHOT_WORLD } from '../actions/kubernetes/snapshot/world.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { ask, MERGE } from './asking.ts';
import type { Subject } from './subjects.ts';

const NAMESPACE = 'baseline';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const PLURAL: Readonly<Record<string, string>> = { Endpoints: 'endpoints' };

function pathOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>, name = ''): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}/namespaces/${NAMESPACE}/${PLURAL[kind] ?? `${kind.toLowerCase()}s`}${name && `/${name}`}`;
}

export function snapshots(cluster: () => Subject): void {
  describe('a snapshot', () => {
    const take = (): Promise<Snapshot> =>
      takeSnapshot(
        {
          reach: {
            kubernetes: async () => cluster().config,
            catalog: { systems: [] },
            podAddress: () => undefined,
            secret: () => undefined,
          },
          signal: AbortSignal.timeout(30_000),
          namespace: NAMESPACE,
          now: () => new Date(),
        },
        'a key',
      );
    const edit = async (apiVersion: string, kind: string, name: string, body: object, manager: string) => {
      const path = `${pathOf({ apiVersion, kind }, name)}?fieldManager=${manager}`;
      expect(await ask(cluster().config, 'PATCH', path, body, MERGE)).toMatchObject({ code: 200 });
    };

    it('is of every kind, has no value, and twice is no difference', async () => {
      const { config } = cluster();
      const made = await ask(config, 'POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
      expect(made.code).toBe(201);
      for (const manifest of loadAllYaml(SNAPSHOT_WORLD) as Manifest[]) {
        const body = { ...manifest, metadata: { ...manifest.metadata, namespace: NAMESPACE } };
        const said = await ask(config, 'POST', `${pathOf(manifest)}?fieldManager=kubectl-create`, body);
        expect(said, `${manifest.kind} ${manifest.metadata.name}`).toMatchObject({ code: 201 });
      }
      const [first, second] = [await take(), await take()];
      expect(first.notChecked).toEqual([]);
      expect([...new Set(first.objects.map(({ kind }) => kind))]).toEqual([
        'ConfigMap',
        'Deployment',
        'HorizontalPodAutoscaler',
        'Patroni',
        'PersistentVolumeClaim',
        'RoleBinding',
        'Secret',
        'Service',
        'ServiceAccount',
        'StatefulSet',
      ]);
      expect(difference(first, second).questions).toEqual([]);
      for (const value of Object.values(PLANTED)) expect(JSON.stringify(first)).not.toContain(value);
    });

    it('knows who changed a field after it, and leaves out what a controller wrote', async () => {
      // The cluster remembers whole seconds: who made an object is not to be taken for who changes it.
      const made = Math.floor(Date.now() / 1000);
      await waitUntil('another second has begun', () => Math.floor(Date.now() / 1000) > made || undefined);
      const before = await take();
      await edit('apps/v1', 'Deployment', 'web', { spec: { replicas: 1 } }, 'kubectl-edit');
      await edit('v1', 'Secret', 'login', { stringData: { url: 'another' } }, 'kubectl-patch');
      const rbac = 'rbac.authorization.k8s.io/v1';
      const subjects = [{ kind: 'ServiceAccount', name: 'puller', namespace: NAMESPACE }];
      await edit(rbac, 'RoleBinding', 'team', { subjects }, 'kubectl-edit');
      await edit('v1', 'ConfigMap', 'settings', { data: { LEVEL: 'x' } }, 'argocd-controller');
      const { questions, leftOut } = difference(before, await take());
      expect(questions.map((question) => `${question.by}: ${whatChanged(question)}`)).toEqual([
        'kubectl-edit: Deployment web: replicas was 3, is 1',
        'kubectl-edit: RoleBinding team gained subject ServiceAccount baseline/puller',
        'kubectl-edit: RoleBinding team lost subject User li',
        'kubectl-patch: Secret login: key url has another value',
      ]);
      for (const { at } of questions) expect(at).toBeGreaterThan(before.takenAt - 1000);
      expect(leftOut.map(({ object, why }) => `${object}: ${why}`)).toContain(
        'ConfigMap settings: argocd-controller keeps it',
      );
    });
  });
}
