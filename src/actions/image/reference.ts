/** Names of container images: registry, repository, tag and digest, as container runtimes read them. */

export interface ImageReference {
  /** Where its API is: host, with the port where one is written. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`; when it is there the tag decides nothing. */
  readonly digest?: string;
}

const HOST = /^(?:localhost|[a-z0-9.-]+\.[a-z0-9-]+|[a-z0-9.-]+(?=:\d)|\[[0-9a-f:]+\])(?::\d{1,5})?$/i;
const REPOSITORY = /^[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Docker Hub's API is not at the host that its images are named by. */
const HUB = 'registry-1.docker.io';
const HUB_NAMES = new Set(['docker.io', 'index.docker.io', HUB]);

/**
 * Reads `[registry/]repository[:tag][@digest]`. A first part with a dot, a port or the name localhost is the registry;
 * without one it is Docker Hub, whose own images are in `library/`; without tag and digest the tag is `latest` (the
 * rules of the Distribution project's reference grammar).
 * @returns undefined for what no runtime would accept
 */
export function parseReference(text: string): ImageReference | undefined {
  const [name = '', digest, ...rest] = text.trim().split('@');
  if (rest.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return undefined;
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const path = hasTag ? name.slice(0, colon) : name;
  const tag = hasTag ? name.slice(colon + 1) : undefined;
  if (tag !== undefined && !TAG.test(tag)) return undefined;
  const slash = path.indexOf('/');
  const first = slash < 0 ? '' : path.slice(0, slash);
  const named = HOST.test(first);
  const host = named ? first.toLowerCase() : 'docker.io';
  const inside = named ? path.slice(slash + 1) : path;
  if (inside.length > 255 || !REPOSITORY.test(inside)) return undefined;
  const hub = HUB_NAMES.has(host);
  const wanted = tag ?? (digest === undefined ? 'latest' : undefined);
  return {
    registry: hub ? HUB : host,
    repository: hub && !inside.includes('/') ? `library/${inside}` : inside,
    ...(wanted === undefined ? {} : { tag: wanted }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The name as a runtime takes it; `tag` and `digest` of `reference` unless others are given. */
export function written(
  reference: ImageReference,
  at: { tag?: string; digest?: string } = reference,
): string {
  const host = reference.registry === HUB ? 'docker.io' : reference.registry;
  const tag = at.tag === undefined ? '' : `:${at.tag}`;
  const digest = at.digest === undefined ? '' : `@${at.digest}`;
  return `${host}/${reference.repository}${tag}${digest}`;
}

/** A runtime speaks plain HTTP to registries on its own machine only (Docker's rule for 127.0.0.0/8 and localhost). */
export function originOf(registry: string): string {
  const host = registry.replace(/:\d+$/, '');
  const here = host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
  return `${here ? 'http' : 'https'}://${registry}`;
}
