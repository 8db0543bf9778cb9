/** Refuses objects that the real API server refuses, as far as the actions and a person at work meet it. */
import { type Fault, invalid } from './refusal.ts';
import type { Resource } from './resources.ts';
import { isRecord, type LabelSelector, sameJson, type Wire } from './wire.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const TEMPLATED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet']);

/** Throws a Refusal (422) that names every fault at once. `before` is absent when the object is created. */
export function mustBeValid(resource: Resource, object: Wire, before?: Wire): void {
  const faults = [...nameFaults(resource, object), ...contentFaults(resource, object, before)];
  if (faults.length > 0) throw invalid(resource, object.metadata.name ?? '', faults);
}

function nameFaults(resource: Resource, object: Wire): Fault[] {
  const { name, generateName } = object.metadata;
  if (!name && !generateName) {
    return [{ field: 'metadata.name', message: 'Required value: name or generateName is required' }];
  }
  const loose = resource.group === 'rbac.authorization.k8s.io' || resource.group === 'image.openshift.io';
  if (!name || loose || (SUBDOMAIN.test(name) && name.length <= 253)) return [];
  return [{ field: 'metadata.name', message: `Invalid value: ${JSON.stringify(name)}: ${NAME_RULE}` }];
}

function contentFaults(resource: Resource, object: Wire, before: Wire | undefined): Fault[] {
  const spec = isRecord(object['spec']) ? object['spec'] : {};
  if (TEMPLATED.has(resource.kind)) return workloadFaults(resource, spec, before);
  if (resource.kind === 'Pod') return podFaults(spec, before);
  return [];
}

function workloadFaults(
  resource: Resource,
  spec: Record<string, unknown>,
  before: Wire | undefined,
): Fault[] {
  const faults: Fault[] = [];
  const old = isRecord(before?.['spec']) ? before['spec'] : undefined;
  const replicas = spec['replicas'];
  if (typeof replicas === 'number' && replicas < 0) {
    faults.push({
      field: 'spec.replicas',
      message: `Invalid value: ${replicas}: must be greater than or equal to 0`,
    });
  }
  const selector = spec['selector'] as LabelSelector | undefined;
  if (!selector) faults.push({ field: 'spec.selector', message: 'Required value' });
  const template = isRecord(spec['template']) ? spec['template'] : {};
  const labels = (isRecord(template['metadata']) ? template['metadata']['labels'] : undefined) as
    | Record<string, string>
    | undefined;
  const wanted = Object.entries(selector?.matchLabels ?? {});
  if (!selector || !wanted.every(([key, value]) => labels?.[key] === value)) {
    const message = `Invalid value: ${goMap(labels)}: \`selector\` does not match template \`labels\``;
    faults.push({ field: 'spec.template.metadata.labels', message });
  }
  const podSpec = isRecord(template['spec']) ? template['spec'] : {};
  faults.push(...containerFaults(podSpec, 'spec.template.spec'));
  if (old && !sameJson(old['selector'], selector)) {
    const message = `Invalid value: v1.LabelSelector{MatchLabels:${goMap(selector?.matchLabels)}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable`;
    if (resource.kind !== 'StatefulSet') faults.push({ field: 'spec.selector', message });
  }
  if (old && resource.kind === 'StatefulSet' && immutableChanged(old, spec)) {
    const message =
      "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden";
    faults.push({ field: 'spec', message });
  }
  return faults;
}

function immutableChanged(old: Record<string, unknown>, spec: Record<string, unknown>): boolean {
  const free = new Set(['replicas', 'template', 'updateStrategy', 'revisionHistoryLimit', 'minReadySeconds']);
  const fixed = (from: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(from).filter(([key]) => !free.has(key)));
  return !sameJson(fixed(old), fixed(spec));
}

function podFaults(spec: Record<string, unknown>, before: Wire | undefined): Fault[] {
  const old = isRecord(before?.['spec']) ? before['spec'] : undefined;
  if (old && !sameJson(withoutImages(old), withoutImages(spec))) {
    const message =
      'Forbidden: pod updates may not change fields other than `spec.containers[*].image`, `spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing tolerations)';
    return [{ field: 'spec', message }];
  }
  return containerFaults(spec, 'spec');
}

function withoutImages(spec: Record<string, unknown>): unknown {
  const containers = (list: unknown) =>
    Array.isArray(list) ? list.map((one) => (isRecord(one) ? { ...one, image: '' } : one)) : list;
  const { tolerations: _tolerations, activeDeadlineSeconds: _seconds, nodeName: _node, ...rest } = spec;
  return {
    ...rest,
    containers: containers(spec['containers']),
    initContainers: containers(spec['initContainers']),
  };
}

function containerFaults(podSpec: Record<string, unknown>, path: string): Fault[] {
  const containers = podSpec['containers'];
  if (!Array.isArray(containers) || containers.length === 0) {
    return [{ field: `${path}.containers`, message: 'Required value' }];
  }
  return containers.flatMap((container: unknown, i) => {
    const one = isRecord(container) ? container : {};
    return ['name', 'image'].flatMap((field) =>
      one[field] ? [] : [{ field: `${path}.containers[${i}].${field}`, message: 'Required value' }],
    );
  });
}

/** As Go prints a map of labels. */
function goMap(labels: Readonly<Record<string, string>> | undefined): string {
  if (!labels) return 'map[string]string(nil)';
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${JSON.stringify(labels[key])}`);
  return `map[string]string{${pairs.join(', ')}}`;
}
