/** How actions reach the world; built once by whoever starts the process. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { Catalog } from '../catalog/catalog.ts';
import type { RecordedAct } from '../incidents/baseline/diff.ts';
import type { Snapshot } from '../incidents/baseline/snapshot.ts';
import type { KeptSessions } from './postgres/kept-sessions.ts';

/** Messages to people outside the incident's own channel. */
export interface Messages {
  /**
   * Posts once, never again by itself. `channel`: a name or id, or the id of a person; `mention`: the id of a person or
   * a user group that is called; `key` marks the message for `find`. `never`: it is proved that nothing was posted.
   */
  post(message: {
    readonly channel: string;
    readonly text: string;
    readonly key: string;
    readonly mention?: string;
  }): Promise<{ readonly ok: true } | { readonly ok: false; readonly says: string; readonly never: boolean }>;
  /** Whether a message of this key is among the newest of that channel; undefined when that cannot be seen. */
  find(channel: string, key: string): Promise<boolean | undefined>;
}

/** What a namespace was like when an incident was declared, or why that is not known. */
export type StoredBaseline =
  | {
      readonly found: true;
      readonly snapshot: Snapshot;
      /** Of the hashes in it: what is compared with it is hashed with the same. */
      readonly key: string;
      /** What the incident itself changed since. */
      readonly acts: readonly RecordedAct[];
    }
  | { readonly found: false; readonly says: string };

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
  /** Absent where no Slack is connected, as at a terminal. */
  readonly slack?: Messages;
  /** Sessions with databases of the catalogue, open since before anything went wrong; a terminal keeps none. */
  readonly sessions?: Pick<KeptSessions, 'take'>;
  /** What is stored of an incident's namespace; absent where nothing is stored, as when a runbook is played. */
  readonly baseline?: (incident: number, namespace: string) => Promise<StoredBaseline>;
}
