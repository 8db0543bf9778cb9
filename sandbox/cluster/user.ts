/** Accounts of the stand-in cluster: who has which token, and kubeconfigs for them. */
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import type { Identity } from './api/access.ts';
import { unauthorized } from './api/refusal.ts';

export class Users {
  private readonly tokens = new Map<string, Identity>();

  tokenFor(user: string, groups: readonly string[]): string {
    const token = randomBytes(16).toString('hex');
    this.tokens.set(token, { user, groups: [...groups, 'system:authenticated'] });
    return token;
  }

  /** Throws a Refusal (401) for a token that nobody has. Without one: system:anonymous. */
  identify(authorization: string | undefined, tokenInPath: string | undefined): Identity {
    const token = tokenInPath ?? /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { user: 'system:anonymous', groups: ['system:unauthenticated'] };
    const found = this.tokens.get(token);
    if (!found) throw unauthorized();
    return found;
  }
}

/**
 * The token is in the address too: kubectl sends no credentials over plain HTTP. The server listens on loopback only,
 * and nothing but a played cluster is behind it.
 */
export function kubeconfigText(url: string, user: string, token: string, namespace: string): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'stand-in',
    clusters: [
      { name: 'stand-in', cluster: { server: `${url}/as/${token}`, 'insecure-skip-tls-verify': true } },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'stand-in', context: { cluster: 'stand-in', user, namespace } }],
  });
}
