/** Fills in what the real API server fills in when an object is written, as far as somebody reads it. */
import type { Resource } from './resources.ts';
import { isRecord, type PodSpec, type Wire } from './wire.ts';

type Fields = Record<string, unknown>;

/** Changes `object` in place. */
export function setDefaults(resource: Resource, object: Wire): void {
  const spec = object['spec'];
  switch (resource.kind) {
    case 'Pod':
      podDefaults(spec as PodSpec);
      object['status'] ??= { phase: 'Pending', qosClass: 'BestEffort' };
      return;
    case 'Deployment':
      workloadDefaults(spec);
      if (isRecord(spec)) {
        spec['strategy'] ??= { type: 'RollingUpdate' };
        rollingDefaults(spec['strategy'] as Fields);
        spec['revisionHistoryLimit'] ??= 10;
        spec['progressDeadlineSeconds'] ??= 600;
      }
      object['status'] ??= {};
      return;
    case 'ReplicaSet':
      workloadDefaults(spec);
      object['status'] ??= { replicas: 0 };
      return;
    case 'StatefulSet':
      workloadDefaults(spec);
      if (isRecord(spec)) {
        spec['podManagementPolicy'] ??= 'OrderedReady';
        spec['updateStrategy'] ??= { type: 'RollingUpdate' };
        const strategy = spec['updateStrategy'] as Fields;
        if (strategy['type'] === 'RollingUpdate') strategy['rollingUpdate'] ??= { partition: 0 };
        spec['revisionHistoryLimit'] ??= 10;
      }
      object['status'] ??= { replicas: 0 };
      return;
    case 'Service':
      if (isRecord(spec)) {
        spec['type'] ??= 'ClusterIP';
        spec['sessionAffinity'] ??= 'None';
        for (const port of (spec['ports'] as Fields[] | undefined) ?? []) {
          port['protocol'] ??= 'TCP';
          port['targetPort'] ??= port['port'];
        }
      }
      object['status'] ??= { loadBalancer: {} };
      return;
    case 'Secret':
      secretData(object);
      return;
    case 'Namespace':
      object['spec'] ??= { finalizers: ['kubernetes'] };
      object['status'] ??= { phase: 'Active' };
      return;
    case 'Job':
      if (isRecord(spec)) {
        spec['parallelism'] ??= 1;
        spec['completions'] ??= 1;
        spec['backoffLimit'] ??= 6;
      }
      object['status'] ??= {};
      return;
    case 'CronJob':
      if (isRecord(spec)) spec['suspend'] ??= false;
      object['status'] ??= {};
      return;
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      subjectDefaults(object);
      return;
    case 'PersistentVolumeClaim':
      object['status'] ??= { phase: 'Pending' };
      return;
  }
}

function workloadDefaults(spec: unknown): void {
  if (!isRecord(spec)) return;
  spec['replicas'] ??= 1;
  const template = spec['template'];
  if (isRecord(template) && isRecord(template['spec'])) podDefaults(template['spec'] as unknown as PodSpec);
}

function rollingDefaults(strategy: Fields): void {
  strategy['type'] ??= 'RollingUpdate';
  if (strategy['type'] !== 'RollingUpdate') return;
  const rolling = (strategy['rollingUpdate'] ??= {}) as Fields;
  rolling['maxUnavailable'] ??= '25%';
  rolling['maxSurge'] ??= '25%';
}

function podDefaults(spec: PodSpec | undefined): void {
  if (!isRecord(spec)) return;
  spec['restartPolicy'] ??= 'Always';
  spec['terminationGracePeriodSeconds'] ??= 30;
  spec['dnsPolicy'] ??= 'ClusterFirst';
  spec['securityContext'] ??= {};
  spec['schedulerName'] ??= 'default-scheduler';
  for (const container of spec.containers ?? []) {
    container['resources'] ??= {};
    container['terminationMessagePath'] ??= '/dev/termination-log';
    container['terminationMessagePolicy'] ??= 'File';
    container['imagePullPolicy'] ??=
      /:[^/]+$/.test(container.image ?? '') && !container.image.endsWith(':latest')
        ? 'IfNotPresent'
        : 'Always';
    for (const port of container.ports ?? []) port.protocol ??= 'TCP';
    for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe']) probeDefaults(container[probe]);
  }
}

function probeDefaults(probe: unknown): void {
  if (!isRecord(probe)) return;
  probe['timeoutSeconds'] ??= 1;
  probe['periodSeconds'] ??= 10;
  probe['successThreshold'] ??= 1;
  probe['failureThreshold'] ??= 3;
}

function secretData(object: Wire): void {
  object['type'] ??= 'Opaque';
  const texts = object['stringData'];
  if (!isRecord(texts)) return;
  const encoded = Object.entries(texts).map(([key, text]) => [
    key,
    Buffer.from(String(text)).toString('base64'),
  ]);
  object['data'] = { ...(object['data'] as Fields | undefined), ...Object.fromEntries(encoded) };
  delete object['stringData'];
}

function subjectDefaults(object: Wire): void {
  for (const subject of (object['subjects'] as Fields[] | undefined) ?? []) {
    if (subject['kind'] !== 'ServiceAccount') subject['apiGroup'] ??= 'rbac.authorization.k8s.io';
  }
}
