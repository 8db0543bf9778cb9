/** Everything in a snapshot that is no workload: settings, bindings, addresses, limits, accounts, claims. */
import type {
  V1ConfigMap,
  V1HorizontalPodAutoscaler,
  V1PersistentVolumeClaim,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import { isCertificate, isGivenPullSecret } from '../../../incidents/baseline/left-out.ts';
import { SCALES, type SnapshotObject, THERE } from '../../../incidents/baseline/snapshot.ts';
import type { KubeObject } from '../objects.ts';
import { labelsText } from '../selector.ts';
import { Draft } from './draft.ts';

type Live<T> = T & KubeObject;

/** Names of the entries are kept; of each value a keyed hash. */
export function configMapIn(object: Live<V1ConfigMap>, key: string): SnapshotObject {
  const draft = new Draft('ConfigMap', object, key);
  for (const [name, value] of Object.entries(object.data ?? {}))
    if (!isCertificate(value)) draft.hidden(`key ${name}`, value, ['data', name]);
  for (const [name, value] of Object.entries(object.binaryData ?? {}))
    draft.hidden(`key ${name}`, value, ['binaryData', name]);
  return draft.done();
}

export function secretIn(object: Live<V1Secret>, key: string): SnapshotObject {
  const draft = new Draft('Secret', object, key);
  for (const [name, value] of Object.entries(object.data ?? {})) {
    const certificate = isCertificate(Buffer.from(value, 'base64').toString('latin1'));
    if (!certificate) draft.hidden(`key ${name}`, value, ['data', name]);
  }
  return draft.done();
}

export function roleBindingIn(object: Live<V1RoleBinding>, key: string): SnapshotObject {
  const draft = new Draft('RoleBinding', object, key);
  draft.open('role', `${object.roleRef.kind} ${object.roleRef.name}`, ['roleRef']);
  for (const { kind, name, namespace } of object.subjects ?? []) {
    const where = namespace === undefined || kind !== 'ServiceAccount' ? '' : `${namespace}/`;
    draft.open(`subject ${kind} ${where}${name}`, THERE, ['subjects']);
  }
  return draft.done();
}

export function serviceIn(object: Live<V1Service>, key: string): SnapshotObject {
  const selector = Object.entries(object.spec?.selector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Draft('Service', object, key)
    .open('selector', selector.length === 0 ? 'none' : labelsText(Object.fromEntries(selector)), [
      'spec',
      'selector',
    ])
    .open('external name', object.spec?.externalName, ['spec', 'externalName'])
    .done();
}

export function autoscalerIn(object: Live<V1HorizontalPodAutoscaler>, key: string): SnapshotObject {
  const { scaleTargetRef: target, minReplicas = 1, maxReplicas } = object.spec ?? {};
  return new Draft('HorizontalPodAutoscaler', object, key)
    .open(SCALES, target && `${target.kind} ${target.name}`, ['spec', 'scaleTargetRef'])
    .open('least replicas', minReplicas, ['spec', 'minReplicas'])
    .open('most replicas', maxReplicas, ['spec', 'maxReplicas'])
    .done();
}

export function serviceAccountIn(object: Live<V1ServiceAccount>, key: string): SnapshotObject {
  const draft = new Draft('ServiceAccount', object, key);
  for (const { name } of object.imagePullSecrets ?? [])
    if (name !== undefined && !isGivenPullSecret(name))
      draft.open(`pull secret ${name}`, THERE, ['imagePullSecrets', { named: name }]);
  return draft.done();
}

export function claimIn(object: Live<V1PersistentVolumeClaim>, key: string): SnapshotObject {
  const { resources, storageClassName, accessModes } = object.spec ?? {};
  return new Draft('PersistentVolumeClaim', object, key)
    .open('size asked for', resources?.requests?.['storage'], ['spec', 'resources', 'requests', 'storage'])
    .open('storage class', storageClassName, ['spec', 'storageClassName'])
    .open('access modes', accessModes?.join(', '), ['spec', 'accessModes'])
    .done();
}
