/** The objects of the stand-in cluster: versions, ownership of fields, and the changes that watchers follow. */
import { randomUUID } from 'node:crypto';
import { fieldsAfter, type Writer } from './managed-fields.ts';
import { alreadyExists, modified, notFound } from './refusal.ts';
import { apiVersionOf, type Resource, resourceOf } from './resources.ts';
import { type Manifest, sameJson, type Wire, wireTime } from './wire.ts';

export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly resource: Resource;
  readonly object: Wire;
  readonly before: Wire | undefined;
}

export interface By extends Writer {
  readonly dryRun?: boolean;
  /** The document of a server-side apply. */
  readonly applied?: unknown;
}

/** How many changes a watch may lie behind before it gets 410. */
const REMEMBERED = 5000;

/** What is deleted, but taken away by a kubelet or a controller. */
const ENDED_BY_OTHERS = new Set(['Pod', 'Namespace']);

export class Store {
  /** The time of every write; replaced while a world's past is made. */
  now: () => Date;
  private version = 1000;
  private readonly objects = new Map<Resource, Map<string, Wire>>();
  private readonly changes: Change[] = [];
  private readonly listeners = new Set<(change: Change) => void>();

  constructor(now: () => Date) {
    this.now = now;
  }

  /** The resourceVersion of the newest write. */
  get newest(): number {
    return this.version;
  }

  /** The oldest resourceVersion from which a watch can still start. */
  get oldest(): number {
    return (this.changes[0]?.version ?? this.version + 1) - 1;
  }

  /** Forgets all changes up to now, as a compaction does: older watches get 410. */
  compact(): void {
    this.changes.length = 0;
  }

  get<T extends Wire = Wire>(
    kind: string | Resource,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    const resource = typeof kind === 'string' ? resourceOf(kind) : kind;
    return this.objects.get(resource)?.get(keyOf(resource.namespaced ? namespace : undefined, name)) as
      | T
      | undefined;
  }

  /** By namespace and name. Without `namespace`: of all namespaces. */
  list<T extends Wire = Wire>(kind: string | Resource, namespace?: string): T[] {
    const resource = typeof kind === 'string' ? resourceOf(kind) : kind;
    const all = [...(this.objects.get(resource)?.values() ?? [])] as T[];
    const here = namespace === undefined ? all : all.filter((one) => one.metadata.namespace === namespace);
    return here.sort((a, b) => order(a).localeCompare(order(b)));
  }

  /** Adds an object; a list's item or a manifest without uid, version and times gets them. Throws a Refusal (409). */
  create<T extends Wire = Wire>(resource: Resource, manifest: Manifest, by: By): T {
    const { generateName, name = `${generateName ?? ''}${suffix()}` } = manifest.metadata;
    const namespace = resource.namespaced ? (manifest.metadata.namespace ?? 'default') : undefined;
    if (this.get(resource, namespace, name)) throw alreadyExists(resource, name);
    const { apiVersion: _version, kind: _kind, metadata, ...rest } = structuredClone(manifest);
    const fresh: Wire = {
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      ...rest,
      metadata: {
        ...metadata,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        uid: randomUUID(),
        resourceVersion: String(this.version + 1),
        ...(resource.counted ? { generation: 1 } : {}),
        creationTimestamp: wireTime(this.now()),
      },
    };
    delete fresh.metadata.deletionTimestamp;
    fresh.metadata.managedFields = fieldsAfter(undefined, fresh, by, this.now(), by.applied);
    if (!by.dryRun) this.keep('ADDED', resource, fresh, undefined);
    return fresh as T;
  }

  /**
   * Replaces an object by what `change` makes of a copy. A write that changes nothing keeps the version.
   * Throws a Refusal: 404, or 409 when `expected` is not the version that is there.
   */
  update<T extends Wire = Wire>(
    resource: Resource,
    at: { namespace?: string | undefined; name: string; expected?: string | undefined },
    by: By,
    change: (copy: T) => T | undefined | void,
  ): T {
    const before = this.get(resource, at.namespace, at.name);
    if (!before) throw notFound(resource, at.name);
    if (at.expected !== undefined && at.expected !== before.metadata.resourceVersion)
      throw modified(resource, at.name);
    const copy = structuredClone(before) as T;
    const next: Wire = change(copy) ?? copy;
    next.apiVersion = before.apiVersion;
    next.kind = before.kind;
    const { uid, creationTimestamp, generation, resourceVersion } = before.metadata;
    next.metadata = { ...next.metadata, uid, creationTimestamp, resourceVersion };
    if (generation !== undefined) next.metadata.generation = generation;
    if (resource.counted && !sameJson(next['spec'], before['spec']))
      next.metadata.generation = (generation ?? 0) + 1;
    next.metadata.managedFields = fieldsAfter(before, next, by, this.now(), by.applied);
    const same = sameJson(contentOf(before), contentOf(next));
    if (
      same &&
      (by.applied === undefined || sameJson(before.metadata.managedFields, next.metadata.managedFields))
    ) {
      return before as T;
    }
    if (by.dryRun) return next as T;
    next.metadata.resourceVersion = String(this.version + 1);
    const isLeaving = next.metadata.deletionTimestamp !== undefined && !ENDED_BY_OTHERS.has(resource.kind);
    if (isLeaving && (next.metadata.finalizers ?? []).length === 0) {
      this.drop(resource, next, before);
      return next as T;
    }
    this.keep('MODIFIED', resource, next, before);
    return next as T;
  }

  /** Takes an object away at once; false when it is not there. */
  remove(resource: Resource, namespace: string | undefined, name: string): boolean {
    const before = this.get(resource, namespace, name);
    if (!before) return false;
    this.drop(resource, before, before);
    return true;
  }

  /** Changes after a version, oldest first. */
  since(version: number): readonly Change[] {
    return this.changes.filter((change) => change.version > version);
  }

  listen(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private drop(resource: Resource, last: Wire, before: Wire): void {
    const metadata = { ...last.metadata, resourceVersion: String(this.version + 1) };
    this.objects.get(resource)?.delete(keyOf(before.metadata.namespace, before.metadata.name));
    this.tell({
      type: 'DELETED',
      version: this.version + 1,
      resource,
      object: { ...last, metadata },
      before,
    });
  }

  private keep(type: 'ADDED' | 'MODIFIED', resource: Resource, object: Wire, before: Wire | undefined): void {
    const all = this.objects.get(resource) ?? new Map<string, Wire>();
    this.objects.set(resource, all);
    all.set(keyOf(object.metadata.namespace, object.metadata.name), object);
    this.tell({ type, version: this.version + 1, resource, object, before });
  }

  private tell(change: Change): void {
    this.version = change.version;
    this.changes.push(change);
    if (this.changes.length > REMEMBERED) this.changes.splice(0, this.changes.length - REMEMBERED);
    for (const listener of this.listeners) listener(change);
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function order(object: Wire): string {
  return `${object.metadata.namespace ?? ''}\u0000${object.metadata.name}`;
}

function contentOf(object: Wire): unknown {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata };
}

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Five letters and digits that spell nothing, as generated names end. */
export function suffix(): string {
  return Array.from({ length: 5 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}
