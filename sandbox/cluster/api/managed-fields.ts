/** Who wrote which fields: `metadata.managedFields`, kept from the difference that each write makes. */
import { keyOfList } from './list-keys.ts';
import { type FieldTree, isRecord, type ManagedField, sameJson, type Wire, wireTime } from './wire.ts';

export interface Writer {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource?: string;
}

const SYSTEM = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
]);

/** The entries after a write that made `next` of `before` (undefined: created). Applied fields are owned even unchanged. */
export function fieldsAfter(
  before: Wire | undefined,
  next: Wire,
  writer: Writer,
  at: Date,
  applied?: unknown,
): ManagedField[] {
  const old = before?.metadata.managedFields ?? [];
  const written = changedIn(owned(before), owned(next));
  const claimed = applied === undefined ? written : treeOf(owned(applied as Wire), '');
  const gone = changedIn(owned(next), owned(before), true);
  const isMine = (entry: ManagedField) =>
    entry.manager === writer.manager &&
    entry.operation === writer.operation &&
    entry.apiVersion === next.apiVersion &&
    entry.subresource === writer.subresource;
  const mine = old.find(isMine);
  const others = old
    .filter((entry) => !isMine(entry))
    .map((entry) => ({ ...entry, fieldsV1: without(without(entry.fieldsV1, gone), written) }))
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  if (Object.keys(claimed).length === 0 && Object.keys(gone).length === 0) return [...old];
  const kept = mine && applied === undefined ? without(mine.fieldsV1, gone) : {};
  const fieldsV1 = union(kept, claimed);
  if (Object.keys(fieldsV1).length === 0) return others;
  const entry: ManagedField = {
    manager: writer.manager,
    operation: writer.operation,
    apiVersion: next.apiVersion,
    time: wireTime(at),
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(writer.subresource ? { subresource: writer.subresource } : {}),
  };
  return [...others, entry].sort((a, b) => a.time.localeCompare(b.time));
}

export interface Contest {
  readonly manager: string;
  readonly apiVersion: string;
  readonly field: string;
}

/** Fields that `applied` would change and that another manager owns: the conflicts of a server-side apply. */
export function contested(before: Wire, next: Wire, manager: string): Contest[] {
  const written = changedIn(owned(before), owned(next));
  return (before.metadata.managedFields ?? [])
    .filter((entry) => !(entry.manager === manager && entry.operation === 'Apply'))
    .flatMap((entry) =>
      leaves(common(entry.fieldsV1, written), '').map((field) => ({
        manager: entry.manager,
        apiVersion: entry.apiVersion,
        field,
      })),
    );
}

function owned(object: Wire | undefined): Record<string, unknown> {
  if (!object) return {};
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const meta = Object.fromEntries(Object.entries(metadata ?? {}).filter(([key]) => !SYSTEM.has(key)));
  return Object.keys(meta).length > 0 ? { metadata: meta, ...rest } : rest;
}

/** Fields of `next` that `before` does not have with the same value; with `onlyAbsent`, that it does not have at all. */
function changedIn(before: unknown, next: unknown, onlyAbsent = false, field = ''): FieldTree {
  const tree: FieldTree = {};
  if (isRecord(next)) {
    const old = isRecord(before) ? before : {};
    for (const [key, value] of Object.entries(next)) {
      if (value === undefined || (key in old && sameJson(old[key], value))) continue;
      const inner = old[key] === undefined ? treeOf(value, key) : changedIn(old[key], value, onlyAbsent, key);
      if (old[key] === undefined || !onlyAbsent || Object.keys(inner).length > 0) tree[`f:${key}`] = inner;
    }
    return tree;
  }
  if (!Array.isArray(next)) return tree;
  const old = Array.isArray(before) ? before : [];
  const key = keyOfList(field, [...old, ...next]);
  if (key === undefined) return tree;
  for (const item of next as Record<string, unknown>[]) {
    const same = old.find((one) => isRecord(one) && one[key] === item[key]);
    if (sameJson(same, item)) continue;
    const name = `k:${JSON.stringify({ [key]: item[key] })}`;
    const inner = same === undefined ? { '.': {}, ...treeOf(item, '') } : changedIn(same, item, onlyAbsent);
    if (same === undefined || !onlyAbsent || Object.keys(inner).length > 0) tree[name] = inner;
  }
  return tree;
}

function treeOf(value: unknown, field: string): FieldTree {
  const tree: FieldTree = {};
  if (isRecord(value)) {
    for (const [key, inner] of Object.entries(value))
      if (inner !== undefined) tree[`f:${key}`] = treeOf(inner, key);
  } else if (Array.isArray(value)) {
    const key = keyOfList(field, value);
    if (key === undefined) return {};
    for (const item of value as Record<string, unknown>[]) {
      tree[`k:${JSON.stringify({ [key]: item[key] })}`] = { '.': {}, ...treeOf(item, '') };
    }
  }
  return tree;
}

function union(a: FieldTree, b: FieldTree): FieldTree {
  const result: FieldTree = { ...a };
  for (const [key, inner] of Object.entries(b)) result[key] = union(result[key] ?? {}, inner);
  return result;
}

/** What of `a` is not below a leaf of `b`. */
function without(a: FieldTree, b: FieldTree): FieldTree {
  const result: FieldTree = {};
  for (const [key, inner] of Object.entries(a)) {
    const removed = b[key];
    if (removed === undefined) result[key] = inner;
    else if (Object.keys(removed).length > 0) {
      const rest = without(inner, removed);
      if (Object.keys(rest).length > 0) result[key] = rest;
    }
  }
  const names = Object.keys(result);
  return names.length === 1 && names[0] === '.' ? {} : result;
}

function common(a: FieldTree, b: FieldTree): FieldTree {
  const result: FieldTree = {};
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key];
    if (other === undefined || key === '.') continue;
    const shared = common(inner, other);
    const isLeaf = Object.keys(inner).length === 0 || Object.keys(other).length === 0;
    if (isLeaf || Object.keys(shared).length > 0) result[key] = shared;
  }
  return result;
}

/** `.spec.replicas`, `.spec.template.spec.containers[name="web"].image`. */
function leaves(tree: FieldTree, path: string): string[] {
  return Object.entries(tree).flatMap(([key, inner]) => {
    const step = key.startsWith('k:') ? `[${keyWords(key)}]` : `.${key.slice(2)}`;
    const below = leaves(inner, path + step);
    return below.length > 0 ? below : [path + step];
  });
}

/** `name="web"` of `k:{"name":"web"}`. */
function keyWords(key: string): string {
  const pairs = Object.entries(JSON.parse(key.slice(2)) as Record<string, unknown>);
  return pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',');
}
