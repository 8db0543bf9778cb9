/** One image that could be used instead, and what is known of it. */
import { z } from 'zod';
import type { Image } from './look.ts';

export const candidate = z.object({
  /** With its tag; what a form takes. */
  name: z.string(),
  tag: z.string(),
  /** By digest, for the deployment. */
  pinned: z.string(),
  /** ISO 8601, UTC. */
  created: z.string().optional(),
  age_seconds: z.int().meta({ format: 'seconds' }).optional(),
  postgres: z.string().optional(),
  patroni: z.string().optional(),
  /** Labels and environment are declared; a tag is only a name. */
  declared_by: z.enum(['labels', 'environment', 'tag']).optional(),
});
export type Candidate = z.output<typeof candidate>;

/** What was found under the names of one repository. */
export interface Searched {
  readonly found: readonly Candidate[];
  /** Tags that are there without a whole image behind them. */
  readonly hollow: readonly string[];
  readonly tags: number;
  readonly lookedAt: number;
  readonly askedWith: string;
}

export function about(image: Image, now: Date): Omit<Candidate, 'name' | 'tag' | 'pinned'> {
  const { postgres, patroni, by } = image.declared;
  return {
    ...(image.created === undefined ? {} : aged(image.created, now)),
    ...(postgres === undefined ? {} : { postgres }),
    ...(patroni === undefined ? {} : { patroni }),
    ...(by === undefined ? {} : { declared_by: by }),
  };
}

/** A time as it was written, in UTC, and how long ago that is; nothing for what is no time. */
export function aged(created: string, now: Date): { created?: string; age_seconds?: number } {
  const at = Date.parse(created);
  if (!Number.isFinite(at)) return {};
  const seconds = Math.floor((now.getTime() - at) / 1000);
  return { created: new Date(at).toISOString(), age_seconds: Math.max(0, seconds) };
}
