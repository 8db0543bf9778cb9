/** The catalogue: every system with its workloads, databases, backups, documents and people to ask. */

/** How a contact is told by machine; secrets are names of environment variables. */
export type Escalate =
  /** In the contact's channel, calling a person or a user group (its id); without a channel to that person alone. */
  | { readonly by: 'slack'; readonly mention?: string }
  /** The address itself is the secret. */
  | { readonly by: 'webhook'; readonly urlFrom: string }
  /** `url`: another region's origin, such as https://events.eu.pagerduty.com. */
  | { readonly by: 'pagerduty' | 'opsgenie'; readonly keyFrom: string; readonly url?: string };

export interface Contact {
  readonly name: string;
  readonly what: string;
  readonly channel?: string;
  readonly url?: string;
  readonly phone?: string;
  /** Absent: in its channel, where it has one. */
  readonly escalate?: Escalate;
}

/** A place where copies of a database should be. */
export type BackupPlace =
  | { readonly kind: 'files'; readonly pod: string; readonly container?: string; readonly path: string }
  | { readonly kind: 'cronjob'; readonly name: string; readonly path?: string; readonly pod?: string }
  | {
      readonly kind: 'pgbackrest';
      readonly pod: string;
      readonly container?: string;
      readonly stanza: string;
    }
  | { readonly kind: 'wal-g'; readonly pod: string; readonly container?: string }
  | { readonly kind: 'crunchy'; readonly cluster: string };

/** What a value of a named query is, in PostgreSQL's own words for it. */
export const QUERY_TYPES = ['text', 'bigint', 'boolean', 'timestamptz', 'uuid'] as const;
export type QueryType = (typeof QUERY_TYPES)[number];

/** A question that responders may ask: written here once, never typed in Slack. */
export interface NamedQuery {
  readonly name: string;
  readonly title: string;
  /** One SELECT. The values are columns of a row named `params`: `... from orders, params where id = params.id`. */
  readonly sql: string;
  readonly params: Readonly<Record<string, QueryType>>;
  /** Default: the first of `databases`. */
  readonly database?: string;
  /** At most so many rows are shown. */
  readonly rows: number;
  readonly timeoutSeconds: number;
  /** Columns whose values are never shown. */
  readonly sensitive: readonly string[];
}

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
  readonly queries?: readonly NamedQuery[];
  readonly personalData: boolean;
  /** What people should know first, e.g. that nothing uses it any more. */
  readonly note?: string;
}

/** Where a system answers over HTTP: what `http.check` may ask. */
export interface Address {
  readonly name: string;
  /** http or https. Everybody may read it: no login, no token. */
  readonly url: string;
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
  readonly addresses?: readonly Address[];
  /** Runbooks that fit this system, first first. */
  readonly runbooks: readonly string[];
}

export interface Catalog {
  readonly systems: readonly System[];
  /** Roles of the cluster that nobody is given in an incident; see never-given.ts. */
  readonly neverGive?: readonly string[];
}
