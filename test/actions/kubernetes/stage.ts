/** One control plane for a test file, and objects in it read and changed as an administrator would. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1ObjectMeta } from '@kubernetes/client-node';
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll } from 'vitest';
import type { Action } from '../../../src/actions/action.ts';
import { actionNamed } from '../../../src/actions/index.ts';
import {
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../support/control-plane/control-plane.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import type { Caller } from './call.ts';
import { apply } from './call.ts';
import { startCutProxy } from './cut-proxy.ts';

export function named(name: string): Action {
  const found = actionNamed(name);
  if (!found) throw new Error(`no action ${name}`);
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
// oxlint-disable-next-line typescript/no-explicit-any
export type Anything = KubernetesObject & { metadata: V1ObjectMeta } & Record<string, any>;

const API: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1beta1',
  VolumeAttachment: 'storage.k8s.io/v1',
};

export interface Stage {
  readonly plane: ControlPlane;
  readonly admin: Caller;
  make(yaml: string): Promise<void>;
  /** Undefined when it is not there. */
  find(kind: string, name: string): Promise<Anything | undefined>;
  read(kind: string, name: string): Promise<Anything>;
  /** A merge patch. */
  edit(kind: string, name: string, body: object): Promise<void>;
  /** Waits until it is gone. */
  remove(kind: string, name: string): Promise<void>;
  /** Somebody with exactly these rights in the namespace, and none in the cluster. */
  person(
    name: string,
    rules: readonly (readonly [group: string, resource: string, verbs: string])[],
  ): Promise<Caller>;
  /** Through a proxy that keeps requests or answers back from the moment that the action asks whether it is its turn. */
  cutOff<T>(
    lost: 'requests' | 'answers',
    work: (through: Caller, cut: () => Promise<boolean>, held: () => boolean, drop: () => void) => Promise<T>,
  ): Promise<T>;
}

/**
 * Plays `round` until it says that the request came as far as it should. A controller may write the object between our
 * read and our write: then what was kept back is a refusal (409), and the round is played once more.
 */
export async function untilItArrives(round: () => Promise<boolean>): Promise<void> {
  for (let count = 1; count <= 5; count += 1) if (await round()) return;
  throw new Error('five times somebody else wrote the object in between');
}

/** Whether the request got where it should within 20 s. */
export function arrives(condition: () => Promise<boolean>): Promise<boolean> {
  return waitUntil('the request is where it can get', condition, { seconds: 20 }).then(
    () => true,
    () => false,
  );
}

/** To be called inside `describe`. */
export function useStage(options: ControlPlaneOptions = {}): Stage {
  let plane: ControlPlane | undefined;
  let api: KubernetesObjectApi;
  beforeAll(async () => {
    plane = await startControlPlane(options);
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfig);
    api = KubernetesObjectApi.makeApiClient(config);
  });
  afterAll(async () => {
    await plane?.stop();
  });
  const started = () => {
    if (!plane) throw new Error('the control plane is not there yet');
    return plane;
  };
  const at = (kind: string, name: string) => ({
    apiVersion: API[kind] ?? 'v1',
    kind,
    metadata: { name, namespace: 'default' },
  });
  const find: Stage['find'] = async (kind, name) => {
    try {
      return (await api.read(at(kind, name))) as Anything;
    } catch (error) {
      if ((error as { code?: number }).code === 404) return undefined;
      throw error;
    }
  };
  return {
    get plane() {
      return started();
    },
    get admin() {
      return { kubeconfig: started().kubeconfig, namespace: 'default' };
    },
    make: (yaml) => apply(started().kubeconfig, yaml),
    find,
    async read(kind, name) {
      const found = await find(kind, name);
      if (!found) throw new Error(`there is no ${kind} ${name}`);
      return found;
    },
    async edit(kind, name, body) {
      await api.patch(
        {
          ...at(kind, name),
          ...body,
          metadata: Object.assign({}, at(kind, name).metadata, (body as Partial<Anything>).metadata),
        },
        undefined,
        undefined,
        undefined,
        undefined,
        PatchStrategy.MergePatch,
      );
    },
    async remove(kind, name) {
      await api.delete(at(kind, name), undefined, undefined, 0).catch((error: { code?: number }) => {
        if (error.code !== 404) throw error;
      });
      await waitUntil(`${kind} ${name} is gone`, async () => (await find(kind, name)) === undefined);
    },
    async person(name, rules) {
      const rule = ([group, resource, verbs]: readonly [string, string, string]) =>
        `{ apiGroups: ["${group}"], resources: ["${resource}"], verbs: [${verbs}] }`;
      await apply(
        started().kubeconfig,
        `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${name}, namespace: default }
rules: [${rules.map(rule).join(', ')}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: ${name}, namespace: default }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: ${name} }]`,
      );
      const kubeconfig = await started().kubeconfigFor(name);
      const config = new KubeConfig();
      config.loadFromFile(kubeconfig);
      const own = KubernetesObjectApi.makeApiClient(config);
      const [, resource = '', verbs = ''] = rules[0] ?? [];
      await waitUntil(`the API server knows the rights of ${name}`, async () => {
        const review = {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          metadata: {},
          spec: {
            resourceAttributes: {
              namespace: 'default',
              group: rules[0]?.[0],
              resource,
              verb: verbs.split(',')[0],
            },
          },
        };
        return ((await own.create(review)) as Anything)['status']?.allowed;
      });
      return { kubeconfig, namespace: 'default' };
    },
    async cutOff(lost, work) {
      const { url, dir, kubeconfig } = started();
      const proxy = await startCutProxy(new URL(url));
      try {
        const file = join(dir, `through-proxy-${proxy.port}.yaml`);
        const text = await readFile(kubeconfig, 'utf8');
        await writeFile(file, text.replaceAll(url, `https://127.0.0.1:${proxy.port}`), { mode: 0o600 });
        const through = { kubeconfig: file, namespace: 'default', operation: 'op-lost' };
        const cut = async () => {
          proxy.keepBack(lost);
          return true;
        };
        return await work(
          through,
          cut,
          () => proxy.holds,
          () => proxy.drop(),
        );
      } finally {
        await proxy.stop();
      }
    },
  };
}
