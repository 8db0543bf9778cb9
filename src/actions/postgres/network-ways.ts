/** The ways to a server over the network, as the role that handrail.yaml names: by its Service, its pod, a forwarded port. */
import type { Call } from '../action.ts';
import { forwardedPort } from '../kubernetes/port-forward.ts';
import type { FoundServer } from './find-server.ts';
import { openNetwork } from './network-session.ts';
import type { Session } from './session.ts';
import type { NamedServer } from './which-server.ts';

const NETWORK_LIMIT_MS = 4000;

/** Where questions about the whole server are asked. */
export function mainDatabase({ entry }: NamedServer): string {
  return entry?.databases[0] ?? 'postgres';
}

export interface PossibleWay {
  readonly words: string;
  open(): Promise<Session>;
}

/** Over the network with the configured role: none without a password, because every server would refuse. */
export function networkWays(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  server: NamedServer,
  found: FoundServer,
  database = mainDatabase(server),
): PossibleWay[] {
  const { entry } = server;
  const password = entry?.passwordFrom === undefined ? undefined : call.reach.secret(entry.passwordFrom);
  if (!entry?.user || password === undefined) return [];
  const login = {
    user: entry.user,
    password,
    database,
    limitMs: NETWORK_LIMIT_MS,
    signal: call.signal,
  };
  const { pod, outside, inside } = found;
  const ways: PossibleWay[] = [];
  const as = `as ${entry.user}`;
  const direct = outside ?? (isInside(found) ? inside : undefined);
  if (direct) {
    ways.push({
      words: `${direct.host} ${as}`,
      open: () => openNetwork({ ...login, ...direct, way: 'service' }),
    });
  }
  if (!pod) return ways;
  const { name, ip, port } = pod;
  const address = call.reach.podAddress({ namespace: call.namespace, name, ip, port });
  if (address) {
    ways.push({
      words: `pod ${name} ${as}`,
      open: () => openNetwork({ ...login, ...address, way: 'pod address' }),
    });
  } else {
    const stream = () => {
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(NETWORK_LIMIT_MS)]);
      return forwardedPort({ reach: call.reach, signal }, { namespace: call.namespace, pod: name, port });
    };
    ways.push({
      words: `a forwarded port of pod ${name} ${as}`,
      open: () => openNetwork({ ...login, host: name, port, way: 'port-forward', stream }),
    });
  }
  return ways;
}

/** Set by the client when it took its configuration from the pod that it runs in: only there do Services have names. */
function isInside({ cluster }: FoundServer): boolean {
  return cluster.config.getCurrentCluster()?.name === 'inCluster';
}
