/** From the host in a setting to the Service in front of the database, over aliases and namespaces. */
import type { V1Service } from '@kubernetes/client-node';
import type { Behind } from './behind-service.ts';
import { behind } from './behind-service.ts';
import type { Cluster } from './client.ts';
import type { HostMeans } from './service-name.ts';
import { meaningsOf } from './service-name.ts';
import { note } from './status-error.ts';
import type { Surroundings } from './surroundings.ts';
import { surroundingsElsewhere } from './surroundings.ts';

/** Answers for hosts; each namespace is read once. */
export interface HostServices {
  of(host: string, unknowns: string[]): Promise<Behind | undefined>;
}

export function hostServices(cluster: Cluster, home: Surroundings): HostServices {
  const elsewhere = new Map<string, Surroundings | undefined>();
  const around = async (namespace: string, unknowns: string[]): Promise<Surroundings | undefined> => {
    if (namespace === home.namespace) return home;
    if (!elsewhere.has(namespace) || !elsewhere.get(namespace)) {
      elsewhere.set(namespace, await surroundingsElsewhere(cluster, namespace, unknowns));
    }
    return elsewhere.get(namespace);
  };

  const follow = async (
    host: string,
    from: string,
    unknowns: string[],
    hops: number,
  ): Promise<Behind | undefined> => {
    if (hops > 5) {
      note(unknowns, `${host}: Services point to each other in a circle`);
      return undefined;
    }
    const meanings = homeFirst(meaningsOf(host, from), home.namespace);
    for (const meaning of meanings) {
      switch (meaning.kind) {
        case 'own pod':
          note(unknowns, `${host} is the pod itself: a proxy beside the application decides where it goes`);
          return undefined;
        case 'address': {
          const service = home.services.find(
            (s) => s.spec?.clusterIPs?.includes(host) || s.spec?.clusterIP === host,
          );
          if (service) return await behind(cluster, service, home);
          note(unknowns, `${host} is an address of no Service in ${home.namespace}`);
          return undefined;
        }
        case 'outside':
          note(unknowns, `${host} is outside the cluster, or a name that no Service of ${from} has`);
          return undefined;
        case 'service': {
          const there = await around(meaning.namespace, unknowns);
          const service = there?.services.find((s) => s.metadata?.name === meaning.name);
          if (!there || !service || !fits(meaning, service)) continue;
          const alias = service.spec?.type === 'ExternalName' ? service.spec.externalName : undefined;
          if (alias) return await follow(alias, meaning.namespace, unknowns, hops + 1);
          return await behind(cluster, service, there);
        }
      }
    }
    const last = meanings.find((m) => m.kind === 'service');
    if (last) note(unknowns, `there is no Service ${last.name} in namespace ${last.namespace}`);
    return undefined;
  };
  return { of: (host, unknowns) => follow(host, home.namespace, unknowns, 0) };
}

/** Only a headless Service gives its pods names of their own. */
function fits(meaning: HostMeans & { kind: 'service' }, service: V1Service): boolean {
  return meaning.pod === undefined || service.spec?.clusterIP === 'None';
}

/** Of two readings the one in our own namespace is tried first: it needs no other right. */
function homeFirst(meanings: readonly HostMeans[], home: string): HostMeans[] {
  const at = (m: HostMeans): number => (m.kind !== 'service' ? 2 : m.namespace === home ? 0 : 1);
  return [...meanings].sort((a, b) => at(a) - at(b));
}
