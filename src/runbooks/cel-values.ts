/** Values on their way into and out of CEL: whole numbers are bigint inside, objects are instances of their type. */
import { parseDuration } from './duration.ts';
import { parseQuantity } from './quantity.ts';
import type { Json } from './runbook.ts';
import type { ObjectShape, Shape } from './shapes.ts';

type ObjectClass = new () => Record<string, unknown>;

const classes = new WeakMap<ReadonlyMap<string, unknown>, ObjectClass>();

/** The class that CEL knows an object by; one per set of fields, so that a copy of a shape is the same type. */
export function classOf(shape: ObjectShape): ObjectClass {
  let made = classes.get(shape.fields);
  if (made === undefined) {
    // An empty class on purpose: the engine tells types apart by their class.
    made = class {} as ObjectClass;
    classes.set(shape.fields, made);
  }
  return made;
}

/**
 * The value as CEL wants it, or undefined when it is absent or not of its type (an older version's record):
 * an expression that needs it then says that it is not there.
 */
export function toCel(value: unknown, shape: Shape): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'int':
      return wholeNumber(value, shape.format);
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'list':
      if (!Array.isArray(value)) return undefined;
      return value.map((item) => toCel(item, shape.of)).filter((item) => item !== undefined);
    case 'map':
      return isRecord(value) ? entries(value, (item) => toCel(item, shape.of)) : undefined;
    case 'object': {
      if (!isRecord(value)) return undefined;
      const made = new (classOf(shape))();
      for (const [key, field] of shape.fields) {
        const inner = Object.hasOwn(value, key) ? toCel(value[key], field.shape) : undefined;
        if (inner !== undefined) made[key] = inner;
      }
      return made;
    }
    case 'dyn':
      return untyped(value);
  }
}

function wholeNumber(value: unknown, format: 'bytes' | 'seconds' | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string') return undefined;
  // Parameters of type bytes and duration may arrive as they were typed.
  if (format === 'bytes') return parseQuantity(value);
  const ms = format === 'seconds' ? parseDuration(value) : undefined;
  return ms === undefined ? undefined : BigInt(Math.round(ms / 1000));
}

function untyped(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(untyped).filter((item) => item !== undefined);
  if (isRecord(value)) return entries(value, untyped);
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint'
    ? value
    : undefined;
}

/** The value as JSON; undefined for an optional that is empty. Throws when a number is too large to be exact. */
export function fromCel(value: unknown): Json | undefined {
  if (value === undefined || value === null) return value ?? null;
  switch (typeof value) {
    case 'bigint':
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
        throw new RangeError(`the number ${value} is too large to be exact`);
      }
      return Number(value);
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    default:
      return fromObject(value);
  }
}

function fromObject(value: object): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => fromCel(item) ?? null);
  if (value instanceof Date) return value.toISOString();
  if (isDuration(value)) return Number(value.seconds);
  if (isOptional(value)) return value.hasValue() ? fromCel(value.value()) : undefined;
  const items = value instanceof Map ? Object.fromEntries(value) : (value as Record<string, unknown>);
  return entries(items, fromCel) as Json;
}

export function isDuration(value: unknown): value is { seconds: bigint; nanos: number } {
  return typeof value === 'object' && value !== null && value.constructor.name === 'Duration';
}

function isOptional(value: object): value is { hasValue(): boolean; value(): unknown } {
  return 'hasValue' in value && typeof value.hasValue === 'function';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function entries(
  value: Record<string, unknown>,
  convert: (item: unknown) => unknown,
): Record<string, unknown> {
  const kept = Object.entries(value).flatMap(([key, item]) => {
    const made = convert(item);
    return made === undefined ? [] : [[key, made] as const];
  });
  return Object.fromEntries(kept);
}
