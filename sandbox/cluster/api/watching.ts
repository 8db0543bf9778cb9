/** Answers lists (in pages) and watches (changes as they come, bookmarks, 410 for what is forgotten). */
import type { ServerResponse } from 'node:http';
import { badRequest, expired, Refusal } from './refusal.ts';
import { isOn } from './request.ts';
import { apiVersionOf, type Resource } from './resources.ts';
import { fieldMatcher, labelMatcher, type Matcher } from './selectors.ts';
import type { Change, Store } from './store.ts';
import type { Wire } from './wire.ts';

const BOOKMARK_MS = 30_000;

export interface Wanted {
  readonly resource: Resource;
  readonly version: string;
  readonly namespace?: string | undefined;
  /** Set when one object is watched by its address. */
  readonly name?: string | undefined;
  readonly query: URLSearchParams;
}

/** Throws a Refusal (400) for a selector that cannot be read. */
export function matcherOf({ resource, query, namespace, name }: Wanted): Matcher {
  const labels = labelMatcher(query.get('labelSelector') ?? '');
  const fields = fieldMatcher(query.get('fieldSelector') ?? '', resource);
  return (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    labels(object) &&
    fields(object);
}

/** An object as the asked version of its API shows it. */
export function shown(object: Wire, resource: Resource, version: string): Wire {
  const apiVersion = apiVersionOf(resource, version);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

export function listOf(store: Store, wanted: Wanted): unknown {
  const { resource, version, query } = wanted;
  const since = readVersion(query.get('resourceVersion'));
  const matches = matcherOf(wanted);
  const all = store.list(resource, wanted.namespace).filter(matches);
  const limit = Number(query.get('limit') ?? 0);
  const token = query.get('continue');
  const at = token ? readToken(token, store) : { from: 0, version: Math.max(store.newest, since ?? 0) };
  const page = limit > 0 ? all.slice(at.from, at.from + limit) : all.slice(at.from);
  const left = all.length - at.from - page.length;
  const more = { from: at.from + page.length, version: at.version };
  const selected = query.get('labelSelector') || query.get('fieldSelector');
  return {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource, version),
    metadata: {
      resourceVersion: String(at.version),
      ...(left > 0 ? { continue: Buffer.from(JSON.stringify(more)).toString('base64url') } : {}),
      ...(left > 0 && !selected ? { remainingItemCount: left } : {}),
    },
    // A list names the kind once: its items do not.
    items: page.map(({ kind: _kind, apiVersion: _version, ...item }) => item),
  };
}

function readToken(token: string, store: Store): { from: number; version: number } {
  let read: { from?: unknown; version?: unknown };
  try {
    read = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as typeof read;
  } catch (error) {
    throw badRequest(`invalid continue token: continue key is not valid: ${(error as Error).message}`);
  }
  if (typeof read.from !== 'number' || typeof read.version !== 'number') {
    throw badRequest('invalid continue token: continue key is not valid');
  }
  if (read.version < store.oldest) {
    const why =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';
    throw new Refusal(410, 'Expired', why);
  }
  return { from: read.from, version: read.version };
}

function readVersion(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const why = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
    throw new Refusal(500, undefined, `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${why}`);
  }
  return Number(text);
}

/** Streams changes until the client goes, the asked time is over, or `closing` says that the server stops. */
export function watch(store: Store, wanted: Wanted, response: ServerResponse, closing: AbortSignal): void {
  const { resource, version, query } = wanted;
  const matches = matcherOf(wanted);
  const since = readVersion(query.get('resourceVersion'));
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
  response.flushHeaders();
  const send = (type: string, object: unknown) =>
    void response.write(`${JSON.stringify({ type, object })}\n`);
  if (since !== undefined && since !== 0 && since < store.oldest) {
    send('ERROR', expired(since, store.oldest).body);
    response.end();
    return;
  }
  const pass = (change: Change) => {
    if (change.resource !== resource) return;
    const type = asSeen(change, matches);
    if (type) send(type, shown(change.object, resource, version));
  };
  if (since === undefined || since === 0) {
    for (const object of store.list(resource, wanted.namespace).filter(matches)) {
      send('ADDED', shown(object, resource, version));
    }
  } else for (const change of store.since(since)) pass(change);

  const stopListening = store.listen(pass);
  const bookmark = () =>
    send('BOOKMARK', {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource, version),
      metadata: { resourceVersion: String(store.newest), creationTimestamp: null },
    });
  const wantsBookmarks = isOn(query, 'allowWatchBookmarks');
  const timers = [
    ...(wantsBookmarks ? [setInterval(bookmark, BOOKMARK_MS)] : []),
    setTimeout(
      () => {
        if (wantsBookmarks) bookmark();
        response.end();
      },
      Number(query.get('timeoutSeconds') ?? 3600) * 1000,
    ),
  ];
  const end = () => response.end();
  closing.addEventListener('abort', end, { once: true });
  response.on('error', () => {});
  response.on('close', () => {
    stopListening();
    closing.removeEventListener('abort', end);
    for (const timer of timers) clearTimeout(timer);
  });
}

/** An object that begins or ceases to match is added or deleted for who watches with a selector. */
function asSeen(change: Change, matches: Matcher): Change['type'] | undefined {
  const now = matches(change.object);
  const before = change.before !== undefined && matches(change.before);
  if (change.type === 'DELETED') return before || now ? 'DELETED' : undefined;
  if (now) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
