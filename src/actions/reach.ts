/** How actions reach the world; built once by whoever starts the process. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { Catalog } from '../catalog/catalog.ts';
import type { KeptSessions } from './postgres/kept-sessions.ts';

export interface Reach {
  /** The cluster's configuration, loaded on first use: the client alone costs 250 ms to import (facts/performance.md). */
  readonly kubernetes: () => Promise<KubeConfig>;
  readonly catalog: Catalog;
  /**
   * Where a pod's HTTP port is reached from here. Tried first; undefined: through the API server's port-forward.
   * For a bot inside the cluster this is the pod's own address.
   */
  readonly podAddress: (pod: {
    namespace: string;
    name: string;
    ip: string;
    port: number;
  }) => { host: string; port: number } | undefined;
  /** Secrets by the name that handrail.yaml gives (an environment variable), e.g. a database password. */
  readonly secret: (name: string) => string | undefined;
  /** Text of a manifest of the runbooks' folder, by its path below `manifests/`; undefined when it is not there. */
  readonly manifest?: (path: string) => Promise<string | undefined>;
  /** Sessions with databases of the catalogue, open since before anything went wrong; a terminal keeps none. */
  readonly sessions?: Pick<KeptSessions, 'take'>;
}
