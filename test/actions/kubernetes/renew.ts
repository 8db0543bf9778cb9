/** Puts back what the examples of a changing action use up: what it deletes is there again, what it makes is gone. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { allKinds } from './example-manifests.ts';
import { renewMember } from './rights-world.ts';

interface Needs {
  readonly there?: () => string;
  readonly gone?: () => string;
  /** Changed by a merge patch, so that the next change has something to change. */
  readonly touched?: () => string;
}

const metadata = (name: string) => `metadata: { name: ${name}, namespace: default }`;

const bare = (kind: string, name: string) => `
apiVersion: apps/v1
kind: ${kind}
${metadata(name)}
spec:
  replicas: 0
  ${kind === 'StatefulSet' ? `serviceName: ${name}` : ''}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: main, image: main }] }`;

/** Bound to a node that nobody has registered, so that nothing runs and a deletion by force is at once. */
const lone = `
apiVersion: v1
kind: Pod
${metadata('lone')}
spec: { nodeName: node-gone, containers: [{ name: main, image: main }] }`;

const given = `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: given, namespace: default, annotations: { handrail.dev/expires: "2026-01-01T00:00:00Z" } }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: little }
subjects: [{ apiGroup: rbac.authorization.k8s.io, kind: User, name: jane }]`;

let turn = 0;
const touched = (kind: string, name: string) => `
apiVersion: apps/v1
kind: ${kind}
${metadata(name)}
spec: { ${kind === 'StatefulSet' ? 'updateStrategy: { type: RollingUpdate }, ' : ''}template: { metadata: { annotations: { turn: "${++turn}" } } } }`;

const NEEDS: Readonly<Record<string, Needs>> = {
  'k8s.delete-pod': { there: () => lone },
  'k8s.delete-workload': { there: () => `${bare('Deployment', 'old')}\n---${bare('StatefulSet', 'older')}` },
  'k8s.revoke-access': { there: () => given },
  'k8s.role-binding': { there: () => given },
  'k8s.apply, gone': { gone: () => allKinds('applied') },
  'k8s.apply, there': { there: () => allKinds('applied') },
  'k8s.grant-access': {},
  'k8s.debug-copy': {},
  'k8s.set-member-image': {},
  // Another action may have left it at OnDelete, which neither of these changes.
  'k8s.restart': { touched: () => touched('StatefulSet', 'db') },
  'k8s.rollout-undo': {
    touched: () => `${touched('Deployment', 'web')}\n---${touched('StatefulSet', 'db')}`,
  },
};

/** An action that asks for other things when its object is there than when it is not is called for each. */
export function turnsOf(action: string): readonly string[] {
  return action === 'k8s.apply' ? ['k8s.apply, gone', 'k8s.apply, there'] : [action];
}

/** Before an action is called once more. `action`: one of its turns. */
export async function renew(kubeconfig: string, action: string): Promise<void> {
  await renewMember(kubeconfig);
  const needs = NEEDS[action];
  if (!needs) return;
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = KubernetesObjectApi.makeApiClient(config);
  const each = async (yaml: string, work: (object: KubernetesObject) => Promise<unknown>) => {
    for (const object of parseAllDocuments(yaml).map((one) => one.toJS() as KubernetesObject | null)) {
      if (!object) continue;
      object.metadata = Object.assign({}, object.metadata, { namespace: 'default' });
      await work(object);
    }
  };
  const remove = (object: KubernetesObject) => api.delete(object, undefined, undefined, 0).catch(ignore(404));
  const make = (object: KubernetesObject) => api.create(object).catch(ignore(409));
  if (needs.gone) await each(needs.gone(), remove);
  if (needs.there) await each(needs.there(), make);
  if (needs.touched) {
    await each(needs.touched(), (object) =>
      api.patch(object, undefined, undefined, undefined, undefined, PatchStrategy.MergePatch),
    );
  }
  if (action === 'k8s.grant-access' || action === 'k8s.debug-copy') {
    const kind = action === 'k8s.debug-copy' ? 'Pod' : 'RoleBinding';
    const apiVersion = kind === 'Pod' ? 'v1' : 'rbac.authorization.k8s.io/v1';
    const made = await api.list(
      apiVersion,
      kind,
      'default',
      undefined,
      undefined,
      undefined,
      undefined,
      'handrail.dev/incident',
    );
    for (const object of made.items) await remove({ apiVersion, kind, metadata: object.metadata ?? {} });
  }
  if (action === 'k8s.set-member-image') {
    const set = await api.read({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'many', namespace: 'default' },
    });
    await each(memberOf('many', set.metadata?.uid ?? ''), make);
  }
}

/** A member that no node runs: a deletion removes it at once. */
const memberOf = (set: string, uid: string) => `
apiVersion: v1
kind: Pod
metadata:
  name: ${set}-0
  namespace: default
  labels: { app: ${set} }
  ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: ${set}, uid: ${uid}, controller: true }]
spec: { containers: [{ name: main, image: "registry.example.org/many:1" }] }`;

function ignore(code: number): (error: unknown) => void {
  return (error) => {
    if ((error as { code?: number }).code !== code) throw error;
  };
}
