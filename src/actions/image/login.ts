/** Logins to registries from a service account's pull secrets, matched as the kubelet matches them. */
import { z } from 'zod';
import type { ImageReference } from './reference.ts';

export interface Login {
  /** The Secret that holds it, for people. */
  readonly secret: string;
  readonly username: string;
  readonly password: string;
}

const entry = z.object({
  username: z.string().optional(),
  password: z.string().optional(),
  auth: z.string().optional(),
});
const config = z.record(z.string(), entry.catch({}));

/** What a Secret of one of the two types holds: `{ auths: { host: … } }`, or (the older `.dockercfg`) the hosts alone. */
export function readPullSecret(name: string, data: Readonly<Record<string, string>>): Entry[] {
  const text = data['.dockerconfigjson'] ?? data['.dockercfg'];
  if (text === undefined) return [];
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return [];
  }
  const hosts =
    '.dockerconfigjson' in data
      ? z.object({ auths: config }).safeParse(raw).data?.auths
      : config.safeParse(raw).data;
  return Object.entries(hosts ?? {}).flatMap(([where, one]) => {
    const login = loginOf(name, one);
    return login ? [{ where, login }] : [];
  });
}

/** A login and where it is for: a host, perhaps with port and path, perhaps with `*` in a part of the host. */
export interface Entry {
  readonly where: string;
  readonly login: Login;
}

function loginOf(secret: string, one: z.output<typeof entry>): Login | undefined {
  if (one.username !== undefined && one.password !== undefined) {
    return { secret, username: one.username, password: one.password };
  }
  const text = Buffer.from(one.auth ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 1 ? undefined : { secret, username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The logins for an image, the most exact first. As in the kubelet: the port must be the same, each part of the host
 * between dots the same or matched by `*`, and the path the beginning of the repository.
 */
export function loginsFor(reference: ImageReference, entries: readonly Entry[]): Login[] {
  return entries
    .map((one) => ({ ...one, at: placeOf(one.where) }))
    .filter(({ at }) => hostFits(at.host, reference.registry) && pathFits(at.path, reference.repository))
    .sort((a, b) => b.at.path.length - a.at.path.length || b.at.host.length - a.at.host.length)
    .map(({ login }) => login);
}

/** Docker writes its Hub as a URL with a version as path: that is no part of a repository's name. */
function placeOf(where: string): { host: string; path: string } {
  const bare = where.replace(/^https?:\/\//, '').replace(/\/+$/, '');
  const [host = '', ...rest] = bare.split('/');
  const hub = host === 'docker.io' || host === 'index.docker.io';
  const path = rest.join('/').replace(/^v[12](?:\/|$)/, '');
  return { host: hub ? 'registry-1.docker.io' : host.toLowerCase(), path };
}

function hostFits(pattern: string, host: string): boolean {
  const [name = '', port = ''] = pattern.split(':');
  const [wanted = '', wantedPort = ''] = host.split(':');
  if (port !== wantedPort) return false;
  const parts = name.split('.');
  const against = wanted.split('.');
  return parts.length === against.length && parts.every((part, i) => partFits(part, against[i] ?? ''));
}

function partFits(pattern: string, part: string): boolean {
  if (!pattern.includes('*')) return pattern === part;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (part.length < first.length + last.length) return false;
  if (!part.startsWith(first) || !part.endsWith(last)) return false;
  let at = first.length;
  for (const middle of rest) {
    const found = part.indexOf(middle, at);
    if (found < 0 || found + middle.length > part.length - last.length) return false;
    at = found + middle.length;
  }
  return true;
}

function pathFits(path: string, repository: string): boolean {
  return path === '' || repository === path || repository.startsWith(`${path}/`);
}
