/** JSON patch (RFC 6902), JSON merge patch (RFC 7396) and Kubernetes' strategic merge patch. */
import { keyOfList } from './list-keys.ts';
import { patchRejected } from './refusal.ts';
import { isRecord, sameJson } from './wire.ts';

type Json = unknown;

/** RFC 7396: null removes, objects are merged, everything else replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  const result: Record<string, Json> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** As mergePatch, but lists of named things are merged by name, and `$patch` directives are obeyed. */
export function strategicPatch(target: Json, patch: Json): Json {
  if (!isRecord(patch)) return patch;
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  if (patch['$patch'] === 'delete') return {};
  const result: Record<string, Json> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$deleteFromPrimitiveList/') && Array.isArray(value)) {
      const field = key.slice(key.indexOf('/') + 1);
      const list = result[field];
      if (Array.isArray(list)) result[field] = list.filter((item) => !value.includes(item));
    } else if (key.startsWith('$')) continue;
    else if (value === null) delete result[key];
    else if (Array.isArray(value)) result[key] = strategicList(key, result[key], value);
    else result[key] = strategicPatch(result[key], value);
  }
  const kept = patch['$retainKeys'];
  return Array.isArray(kept)
    ? Object.fromEntries(Object.entries(result).filter(([key]) => kept.includes(key)))
    : result;
}

function strategicList(field: string, target: Json, patch: readonly Json[]): Json[] {
  const present = Array.isArray(target) ? target : [];
  if (field === 'finalizers') return [...new Set([...present, ...patch])];
  if (patch.some((item) => isRecord(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isRecord(item) && item['$patch'] === 'replace'));
  }
  const key = keyOfList(field, [...present, ...patch]);
  if (key === undefined) return [...patch];
  const result = [...present];
  for (const item of patch) {
    if (!isRecord(item)) continue;
    const at = result.findIndex((one) => isRecord(one) && one[key] === item[key]);
    if (item['$patch'] === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at >= 0) result[at] = strategicPatch(result[at], item);
    else result.push(withoutDirectives(strategicPatch({}, item)));
  }
  return result;
}

function withoutDirectives(value: Json): Json {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')));
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** RFC 6902. Throws a Refusal (422) for an operation that does not fit the document. */
export function jsonPatch(target: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw patchRejected();
  let document = structuredClone(target);
  for (const one of operations as readonly Operation[]) document = apply(document, one);
  return document;
}

function apply(document: Json, { op, path, from, value }: Operation): Json {
  if (typeof path !== 'string') throw patchRejected();
  switch (op) {
    case 'add':
      return put(document, path, structuredClone(value), true);
    case 'replace':
      read(document, path);
      return put(document, path, structuredClone(value), false);
    case 'remove':
      return remove(document, path);
    case 'test':
      if (!sameJson(read(document, path), value)) throw patchRejected();
      return document;
    case 'copy':
      return put(document, path, structuredClone(read(document, from ?? '')), true);
    case 'move': {
      const moved = read(document, from ?? '');
      return put(remove(document, from ?? ''), path, moved, true);
    }
  }
  throw patchRejected();
}

function steps(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw patchRejected();
  return path
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(document: Json, path: string): Json {
  let at = document;
  for (const step of steps(path)) {
    const next = Array.isArray(at) ? at[Number(step)] : isRecord(at) ? at[step] : undefined;
    if (next === undefined) throw patchRejected();
    at = next;
  }
  return at;
}

function put(document: Json, path: string, value: Json, insert: boolean): Json {
  const way = steps(path);
  const last = way.pop();
  if (last === undefined) return value;
  const parent = read(document, way.map((step) => `/${escaped(step)}`).join(''));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw patchRejected();
    parent.splice(index, insert ? 0 : 1, value);
  } else if (isRecord(parent)) parent[last] = value;
  else throw patchRejected();
  return document;
}

function remove(document: Json, path: string): Json {
  read(document, path);
  const way = steps(path);
  const last = way.pop() ?? '';
  const parent = read(document, way.map((step) => `/${escaped(step)}`).join(''));
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isRecord(parent)) delete parent[last];
  return document;
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
