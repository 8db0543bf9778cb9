/** One way to ask a PostgreSQL server questions: over the network or with psql in its pod, always in a read-only transaction. */
import type { z } from 'zod';

/** How Handrail got in, in the words that people read. */
export const WAYS = ['kept session', 'service', 'pod address', 'port-forward', 'psql in the pod'] as const;
export type Way = (typeof WAYS)[number];

export interface Question<S extends z.ZodType> {
  /** A constant that selects one JSON value; `$1` in it is `argument`, a JSON text: cast it with `$1::json`. */
  readonly sql: string;
  readonly argument?: unknown;
  readonly schema: S;
  /** ms that PostgreSQL may work on it; it then ends it itself. Default 5 s. */
  readonly limitMs?: number;
}

export interface Session {
  readonly way: Way;
  /** Throws SqlFailed; with `lost` when the session can no longer be used. */
  ask<S extends z.ZodType>(question: Question<S>): Promise<z.output<S>>;
  /** Closes it, or gives a kept one back. */
  end(): void;
  /** Tells when the connection is gone, at once when it is gone already. */
  onLost?(told: () => void): void;
}

/** What went wrong, apart from the words: what to try next and what to tell depends on it. */
export type SqlProblem =
  /** SQLSTATE 53300: every slot is taken, or only those that are kept for superusers are free. */
  | 'no slot'
  /** 53300 too, of one role or one database only. */
  | 'own limit'
  | 'not ready'
  | 'login'
  | 'right'
  | 'tls'
  | 'silent'
  | 'unreachable'
  | 'other';

/** A login or a question that PostgreSQL refused, or did not answer. */
export class SqlFailed extends Error {
  readonly problem: SqlProblem;
  /** SQLSTATE where it is known. */
  readonly code: string | undefined;
  /** The session is of no more use. */
  readonly lost: boolean;

  constructor(
    says: string,
    options: { problem: SqlProblem; code?: string; lost?: boolean; cause?: unknown },
  ) {
    super(says, { cause: options.cause });
    this.name = 'SqlFailed';
    this.problem = options.problem;
    this.code = options.code;
    this.lost = options.lost ?? false;
  }
}

export const DEFAULT_LIMIT_MS = 5000;
