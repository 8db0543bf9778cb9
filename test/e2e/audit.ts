// What somebody asked a real API server for, and whether it was allowed: from the server's own audit log.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlPlane } from '../support/control-plane/control-plane.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';

export interface Asked {
  /** `get apps/deployments`, `create /pods/exec`: verb, group, resource. */
  readonly what: string;
  readonly name: string;
  readonly allowed: boolean;
  /** Of the answer: what is allowed may still be refused (403) for what it would give to others. */
  readonly code?: number;
}

interface Line {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly auditID: string;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly responseStatus?: { readonly code?: number };
}

const fileOf = (plane: ControlPlane): string => join(plane.dir, 'log', 'audit.jsonl');

/** How long the log is now, in bytes: where to read on from. The plane must have been started with `audit`. */
export function auditLength(plane: ControlPlane): number {
  return readFileSync(fileOf(plane)).length;
}

/**
 * Every request of this user since then, in order. A request is in the log before it is worked on and once more with the
 * decision, which for a long answer may come after the client has it: that is waited for.
 */
export function askedBy(plane: ControlPlane, user: string, since = 0): Promise<Asked[]> {
  return waitUntil('the audit log has every decision', () => {
    const seen = read(plane, user, since);
    return seen.includes('undecided') ? undefined : (seen as Asked[]);
  });
}

function read(plane: ControlPlane, user: string, since: number): (Asked | 'undecided')[] {
  const seen = new Map<string, Asked | 'undecided'>();
  // The last line may be half written.
  const lines = readFileSync(fileOf(plane)).subarray(since).toString('utf8').split('\n').slice(0, -1);
  for (const line of lines) {
    if (!line.includes(user)) continue;
    const event = JSON.parse(line) as Line;
    if (event.user.username !== user || !event.objectRef) continue;
    const decision = event.annotations?.['authorization.k8s.io/decision'];
    const { apiGroup = '', resource, subresource, name = '' } = event.objectRef;
    const what = `${event.verb} ${apiGroup}/${resource}${subresource ? `/${subresource}` : ''}`;
    const code = event.responseStatus?.code;
    const allowed = decision === 'allow';
    if (decision !== undefined) seen.set(event.auditID, { what, name, allowed, ...(code ? { code } : {}) });
    else if (!seen.has(event.auditID)) seen.set(event.auditID, 'undecided');
  }
  return [...seen.values()];
}
