/** The kinds of object that the stand-in cluster has, and how their addresses are written. */

export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  /** The version that is stored and the others that are also served, the stored one first. */
  readonly versions: readonly string[];
  /** In addresses: `deployments`. */
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly subresources: readonly string[];
  /** `metadata.generation` counts changes of spec. */
  readonly counted: boolean;
}

interface Row {
  readonly kind: string;
  readonly plural?: string;
  readonly short?: string;
  readonly cluster?: true;
  readonly sub?: string;
  readonly counted?: true;
  readonly versions?: readonly string[];
}

function group(name: string, rows: readonly Row[], versions: readonly string[] = ['v1']): Resource[] {
  return rows.map((row) => ({
    group: name,
    versions: row.versions ?? versions,
    plural: row.plural ?? `${row.kind.toLowerCase()}s`,
    singular: row.kind.toLowerCase(),
    kind: row.kind,
    namespaced: row.cluster !== true,
    shortNames: row.short ? row.short.split(' ') : [],
    subresources: row.sub ? row.sub.split(' ') : [],
    counted: row.counted === true,
  }));
}

export const RESOURCES: readonly Resource[] = [
  ...group('', [
    { kind: 'Pod', short: 'po', sub: 'status log exec portforward binding' },
    { kind: 'Service', short: 'svc', sub: 'status' },
    { kind: 'Endpoints', plural: 'endpoints', short: 'ep' },
    { kind: 'ConfigMap', short: 'cm' },
    { kind: 'Secret' },
    { kind: 'ServiceAccount', short: 'sa' },
    { kind: 'Event', short: 'ev' },
    { kind: 'PersistentVolumeClaim', short: 'pvc', sub: 'status' },
    { kind: 'PersistentVolume', short: 'pv', cluster: true, sub: 'status' },
    { kind: 'ResourceQuota', short: 'quota', sub: 'status' },
    { kind: 'Node', short: 'no', cluster: true, sub: 'status' },
    { kind: 'Namespace', short: 'ns', cluster: true, sub: 'status' },
  ]),
  ...group('apps', [
    { kind: 'Deployment', short: 'deploy', sub: 'status scale', counted: true },
    { kind: 'ReplicaSet', short: 'rs', sub: 'status scale', counted: true },
    { kind: 'StatefulSet', short: 'sts', sub: 'status scale', counted: true },
    { kind: 'ControllerRevision' },
  ]),
  ...group('batch', [
    { kind: 'Job', sub: 'status', counted: true },
    { kind: 'CronJob', short: 'cj', sub: 'status' },
  ]),
  ...group('autoscaling', [{ kind: 'HorizontalPodAutoscaler', short: 'hpa', sub: 'status' }], ['v2', 'v1']),
  ...group('policy', [{ kind: 'PodDisruptionBudget', short: 'pdb', sub: 'status', counted: true }]),
  ...group('discovery.k8s.io', [{ kind: 'EndpointSlice' }]),
  ...group('coordination.k8s.io', [{ kind: 'Lease' }]),
  ...group('storage.k8s.io', [
    { kind: 'StorageClass', plural: 'storageclasses', short: 'sc', cluster: true },
    { kind: 'VolumeAttachment', cluster: true, sub: 'status' },
  ]),
  ...group('rbac.authorization.k8s.io', [
    { kind: 'Role' },
    { kind: 'RoleBinding' },
    { kind: 'ClusterRole', cluster: true },
    { kind: 'ClusterRoleBinding', cluster: true },
  ]),
  ...group('apps.openshift.io', [{ kind: 'DeploymentConfig', short: 'dc', sub: 'status', counted: true }]),
  ...group('route.openshift.io', [{ kind: 'Route', sub: 'status' }]),
  ...group('image.openshift.io', [
    { kind: 'ImageStream', short: 'is', sub: 'status', counted: true },
    { kind: 'ImageStreamTag', short: 'istag' },
  ]),
];

const byPlace = new Map(RESOURCES.map((one) => [`${one.group}/${one.plural}`, one]));
const byKind = new Map(RESOURCES.map((one) => [one.kind, one]));

/** Groups that only answer questions: nothing of theirs is stored. */
export const REVIEWS: readonly { group: string; kind: string; plural: string; namespaced: boolean }[] = [
  {
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectAccessReview',
    plural: 'selfsubjectaccessreviews',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SubjectAccessReview',
    plural: 'subjectaccessreviews',
    namespaced: false,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'LocalSubjectAccessReview',
    plural: 'localsubjectaccessreviews',
    namespaced: true,
  },
  {
    group: 'authorization.k8s.io',
    kind: 'SelfSubjectRulesReview',
    plural: 'selfsubjectrulesreviews',
    namespaced: false,
  },
  {
    group: 'authentication.k8s.io',
    kind: 'SelfSubjectReview',
    plural: 'selfsubjectreviews',
    namespaced: false,
  },
];

/** The resource served at group and version under this name. */
export function resourceAt(groupName: string, version: string, plural: string): Resource | undefined {
  const found = byPlace.get(`${groupName}/${plural}`);
  return found?.versions.includes(version) ? found : undefined;
}

/** The resource of a kind; kinds are unique among ours. Throws for a kind that we do not have. */
export function resourceOf(kind: string): Resource {
  const found = byKind.get(kind);
  if (!found) throw new Error(`the stand-in cluster has no kind ${kind}`);
  return found;
}

/** `apps/v1`, `v1`. */
export function apiVersionOf(
  resource: Pick<Resource, 'group' | 'versions'>,
  version = resource.versions[0] ?? 'v1',
): string {
  return resource.group === '' ? version : `${resource.group}/${version}`;
}

/** `deployments.apps`, `pods`: the name in messages. */
export function fullName(resource: Pick<Resource, 'group' | 'plural'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** `Deployment.apps`, `ConfigMap`: the name in messages about an object's content. */
export function kindName(resource: Pick<Resource, 'group' | 'kind'>): string {
  return resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
}
