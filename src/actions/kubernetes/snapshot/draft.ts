/** One object of a snapshot while it is read: each field with its value and who wrote it. */
import { hidden, type SnapshotField, type SnapshotObject } from '../../../incidents/baseline/snapshot.ts';
import type { KubeObject } from '../objects.ts';
import { lastWriter, type Step, writerOf } from './writers.ts';

export class Draft {
  readonly #object: KubeObject;
  readonly #kind: string;
  readonly #name: string;
  readonly #key: string;
  readonly #fields: [string, SnapshotField][] = [];

  /** `key`: of the hashes of what may be secret. */
  constructor(kind: string, object: KubeObject, key: string, name = object.metadata.name ?? '') {
    this.#kind = kind;
    this.#object = object;
    this.#name = name;
    this.#key = key;
  }

  /** What people may see; absent values are left out. Without a path it is nobody's field. */
  open(field: string, value: string | number | boolean | undefined, path?: readonly Step[]): this {
    if (value !== undefined) this.#add(field, { value: String(value) }, path);
    return this;
  }

  /** Of what may be secret only whether it changed. */
  hidden(field: string, value: unknown, path: readonly Step[]): this {
    if (value === undefined || value === null) return this;
    const place = `${this.#kind}/${this.#name}/${field}`;
    const text = typeof value === 'string' ? value : sorted(value);
    this.#add(field, hidden(this.#key, place, text), path);
    return this;
  }

  done(): SnapshotObject {
    const by = lastWriter(this.#object.metadata);
    return {
      kind: this.#kind,
      name: this.#name,
      ...(by ? { by } : {}),
      fields: Object.fromEntries(this.#fields),
    };
  }

  #add(field: string, value: SnapshotField, path: readonly Step[] | undefined): void {
    const by = path && writerOf(this.#object.metadata, path);
    this.#fields.push([field, { ...value, ...(by ? { by } : {}) }]);
  }
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
