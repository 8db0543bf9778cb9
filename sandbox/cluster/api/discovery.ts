/** What the server says about itself: version, groups, resources, health. */
import { noSuchResource } from './refusal.ts';
import { RESOURCES, REVIEWS, type Resource } from './resources.ts';

/** The release whose behaviour is played. */
export const VERSION = 'v1.31.0';
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The answer for an address that is no resource: text, or an object. Undefined when it is not served. */
export function discover(path: string): unknown {
  const parts = path.split('/').filter((part) => part !== '');
  const [first, second, third, ...rest] = parts;
  if (rest.length > 0) return undefined;
  if (first === undefined)
    return { paths: ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/readyz', '/version'] };
  if (['healthz', 'livez', 'readyz'].includes(first)) return 'ok';
  if (first === 'version') return about();
  if (first === 'api') {
    if (second === undefined)
      return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
    return second === 'v1' && third === undefined ? resourceList('', 'v1') : undefined;
  }
  if (first !== 'apis') return undefined;
  if (second === undefined) return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupOf) };
  if (third === undefined) {
    if (!groups().includes(second)) throw noSuchResource();
    return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(second) };
  }
  return versionsOf(second).includes(third) ? resourceList(second, third) : undefined;
}

function about(): Record<string, string> {
  const [major = '1', minor = '31'] = VERSION.slice(1).split('.');
  return {
    major,
    minor,
    gitVersion: `${VERSION}+handrail-stand-in`,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2024-08-13T07:28:49Z',
    goVersion: '',
    compiler: '',
    platform: 'stand-in',
  };
}

function groups(): string[] {
  return [...new Set([...RESOURCES, ...REVIEWS].map((one) => one.group))].filter((name) => name !== '');
}

function versionsOf(group: string): string[] {
  const own = RESOURCES.filter((one) => one.group === group).flatMap((one) => one.versions);
  return [...new Set(REVIEWS.some((one) => one.group === group) ? [...own, 'v1'] : own)];
}

/** True for a group and version that is served. */
export function isServed(group: string, version: string): boolean {
  return group === '' ? version === 'v1' : versionsOf(group).includes(version);
}

function groupOf(name: string): Record<string, unknown> {
  const versions = versionsOf(name).map((one) => ({ groupVersion: `${name}/${one}`, version: one }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(group: string, version: string): Record<string, unknown> {
  const stored = RESOURCES.filter((one) => one.group === group && one.versions.includes(version));
  const reviews = REVIEWS.filter((one) => one.group === group);
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: [
      ...stored.flatMap((one) => [entry(one), ...one.subresources.map((sub) => subEntry(one, sub))]),
      ...reviews.map(({ plural, kind, namespaced }) => ({
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs: ['create'],
      })),
    ],
  };
}

function entry(resource: Resource): Record<string, unknown> {
  const { plural, singular, namespaced, kind, shortNames } = resource;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs: VERBS,
    ...(shortNames.length > 0 ? { shortNames } : {}),
  };
}

function subEntry(resource: Resource, sub: string): Record<string, unknown> {
  const scale = sub === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : {};
  const verbs = ['exec', 'portforward'].includes(sub)
    ? ['create', 'get']
    : sub === 'log'
      ? ['get']
      : ['get', 'patch', 'update'];
  return {
    name: `${resource.plural}/${sub}`,
    singularName: '',
    namespaced: resource.namespaced,
    kind: resource.kind,
    verbs,
    ...scale,
  };
}
