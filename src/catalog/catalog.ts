/** The catalogue: every system with its workloads, databases, backups, documents and people to ask. */

export interface Contact {
  readonly name: string;
  readonly what: string;
  readonly channel?: string;
  readonly url?: string;
  readonly phone?: string;
}

/** A place where copies of a database should be. */
export type BackupPlace =
  | { readonly kind: 'files'; readonly pod: string; readonly container?: string; readonly path: string }
  | { readonly kind: 'cronjob'; readonly name: string; readonly path?: string; readonly pod?: string };

export interface Database {
  readonly name: string;
  /** The Service or StatefulSet in front of it. */
  readonly service?: string;
  readonly statefulset?: string;
  readonly kind: 'patroni' | 'postgres';
  /** Role to read with, inside the pod by local socket or over the network. */
  readonly user?: string;
  /** Name of the environment variable that holds the password. */
  readonly passwordFrom?: string;
  readonly databases: readonly string[];
  readonly backups: readonly BackupPlace[];
  readonly personalData: boolean;
  /** What people should know first, e.g. that nothing uses it any more. */
  readonly note?: string;
}

export interface System {
  readonly id: string;
  readonly title: string;
  readonly namespace: string;
  readonly project?: string;
  readonly environment?: string;
  readonly workloads: readonly string[];
  readonly databases: readonly Database[];
  readonly picture?: string;
  readonly docs: readonly { readonly title: string; readonly url: string }[];
  /** Ids of systems, and names of what is outside the catalogue (a CDN, a provider). */
  readonly dependencies: readonly string[];
  readonly contacts: readonly Contact[];
  /** Runbooks that fit this system, first first. */
  readonly runbooks: readonly string[];
}

export interface Catalog {
  readonly systems: readonly System[];
}
