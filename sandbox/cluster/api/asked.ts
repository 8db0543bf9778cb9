/** One request for a resource, read, and its answer. */
import type { Identity } from './access.ts';
import { notFound } from './refusal.ts';
import type { Address } from './request.ts';
import type { Resource } from './resources.ts';
import type { Store } from './store.ts';
import type { Wire } from './wire.ts';

export interface Asked {
  readonly method: string;
  readonly address: Address;
  readonly resource: Resource;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly userAgent: string;
  readonly body: string;
  readonly who: Identity;
}

export interface Answer {
  readonly code: number;
  readonly body: unknown;
}

/** Throws a Refusal (404). */
export function mustExist(
  store: Store,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): Wire {
  const found = store.get(resource, namespace, name);
  if (!found) throw notFound(resource, name);
  return found;
}
