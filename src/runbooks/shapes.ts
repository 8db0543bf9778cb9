/** Static types of what expressions read, taken from zod schemas and from a runbook's parameters. */
import { z } from 'zod';
import type { Param } from './runbook.ts';
import type { Signature } from './signature.ts';

/** How `render` prints a number: `23 GiB`, `3 h 20 min`. Set on an output field by `.meta({ format })`. */
export type Format = 'bytes' | 'seconds';

export type Shape =
  | { readonly kind: 'string' | 'bool' | 'dyn' }
  | { readonly kind: 'int' | 'double'; readonly format?: Format }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'map'; readonly of: Shape }
  | ObjectShape;

export interface ObjectShape {
  readonly kind: 'object';
  /** Unique among the types of one scope; CEL's own messages show it. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** Code and words for a field that is not among them. */
  readonly unknown?: { readonly code: string; readonly says: (field: string) => string };
}

export interface Field {
  readonly shape: Shape;
  /** It may be missing, so it must be read with `.?`; says why. */
  readonly optional?: { readonly code: 'RB104' | 'RB117'; readonly why: string };
  /** It cannot be read here at all. */
  readonly refused?: { readonly code: string; readonly says: string; readonly remedy?: string };
  readonly sensitive?: boolean;
}

const missing = { code: 'RB117', why: 'may be missing' } as const;

/** What can be read of one action. */
export interface ActionShapes {
  readonly out: ObjectShape;
  readonly args: ObjectShape;
  readonly plan?: ObjectShape;
}

const perAction = new WeakMap<Signature, ActionShapes>();

/** Made once per action. Sensitive outputs are marked, whole: a field inside a sensitive one is sensitive. */
export function actionShapes(action: Signature): ActionShapes {
  const known = perAction.get(action);
  if (known !== undefined) return known;
  const name = action.name.replaceAll('-', '_');
  const gives = (what: string) => (field: string) => `${action.name} has no ${what} ${field}.`;
  const out = objectShape(action.output, `${name}.out`);
  const fields = new Map(
    [...out.fields].map(([key, field]): [string, Field] => {
      return [key, action.sensitive.includes(key) ? { ...field, sensitive: true } : field];
    }),
  );
  const made: ActionShapes = {
    out: { ...out, fields, unknown: { code: 'RB117', says: gives('output') } },
    args: {
      ...objectShape(action.params, `${name}.args`),
      unknown: { code: 'RB117', says: gives('argument') },
    },
    ...(action.planValues && {
      plan: {
        ...objectShape(action.planValues, `${name}.plan`),
        unknown: { code: 'RB117', says: gives('plan value') },
      },
    }),
  };
  perAction.set(action, made);
  return made;
}

/** The list an action gives, for `from`: its first output that is a list of objects, else the first list. */
export function listOf(action: Signature): { readonly field: string; readonly item: Shape } | undefined {
  const lists = [...actionShapes(action).out.fields].flatMap(([field, { shape }]) =>
    shape.kind === 'list' ? [{ field, item: shape.of }] : [],
  );
  return lists.find(({ item }) => item.kind === 'object') ?? lists[0];
}

/** Optional keys and keys with a default may be missing: only what was passed is recorded. */
function objectShape(schema: z.ZodObject, name: string): ObjectShape {
  const fields = new Map<string, Field>();
  for (const [key, value] of Object.entries(schema.shape)) {
    const shape = shapeOf(value, `${name}.${key}`);
    fields.set(key, value.safeParse(undefined).success ? { shape, optional: missing } : { shape });
  }
  return { kind: 'object', name, fields };
}

function shapeOf(schema: z.ZodType, name: string): Shape {
  const format = formatOf(schema);
  const inner = inside(schema);
  if (inner !== undefined) {
    const shape = shapeOf(inner, name);
    return format !== undefined && (shape.kind === 'int' || shape.kind === 'double')
      ? { ...shape, format }
      : shape;
  }
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum || schema instanceof z.ZodStringFormat) {
    return { kind: 'string' };
  }
  if (schema instanceof z.ZodBoolean) return { kind: 'bool' };
  if (schema instanceof z.ZodNumber) {
    const kind = schema.isInt ? 'int' : 'double';
    return format === undefined ? { kind } : { kind, format };
  }
  if (schema instanceof z.ZodArray) return { kind: 'list', of: shapeOf(schema.element as z.ZodType, name) };
  if (schema instanceof z.ZodRecord) return { kind: 'map', of: shapeOf(schema.valueType as z.ZodType, name) };
  if (schema instanceof z.ZodObject) return objectShape(schema, name);
  if (schema instanceof z.ZodLiteral) {
    const kinds = new Set([...schema.values].map((value) => typeof value));
    if (kinds.size === 1 && kinds.has('string')) return { kind: 'string' };
    if (kinds.size === 1 && kinds.has('boolean')) return { kind: 'bool' };
  }
  if (schema instanceof z.ZodUnion) {
    const options = (schema.options as z.ZodType[]).map((option) => shapeOf(option, name));
    const [first, ...others] = options;
    if (first !== undefined && others.every(({ kind }) => kind === first.kind && kind !== 'object'))
      return first;
  }
  return { kind: 'dyn' };
}

function inside(schema: z.ZodType): z.ZodType | undefined {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return schema.unwrap() as z.ZodType;
  }
  return schema instanceof z.ZodPipe ? (schema.out as z.ZodType) : undefined;
}

function formatOf(schema: z.ZodType): Format | undefined {
  const format = schema.meta()?.['format'];
  return format === 'bytes' || format === 'seconds' ? format : undefined;
}

/** The parameters of a runbook or of a form. One that is neither required nor has a default may be missing. */
export function paramsShape(params: Readonly<Record<string, Param>>, name: string): ObjectShape {
  const fields = new Map<string, Field>();
  for (const [key, param] of Object.entries(params)) {
    const shape = paramShape(param);
    const sure = param.required || param.default !== undefined;
    fields.set(key, sure ? { shape } : { shape, optional: missing });
  }
  const says = (field: string) => `The parameter ${field} is not declared.`;
  return { kind: 'object', name, fields, unknown: { code: 'RB105', says } };
}

function paramShape(param: Param): Shape {
  if (param.type === 'int') return { kind: 'int' };
  if (param.type === 'bool') return { kind: 'bool' };
  if (param.type === 'duration') return { kind: 'int', format: 'seconds' };
  if (param.type === 'bytes') return { kind: 'int', format: 'bytes' };
  return { kind: 'string' };
}

/** An object of our own making, such as `incident`; a name that ends with `?` may be missing. */
export function madeOf(name: string, fields: Readonly<Record<string, Shape>>): ObjectShape {
  const entries = Object.entries(fields).map(([key, shape]): [string, Field] =>
    key.endsWith('?') ? [key.slice(0, -1), { shape, optional: missing }] : [key, { shape }],
  );
  return { kind: 'object', name, fields: new Map(entries) };
}

/** Words for a person, e.g. in "needs text". */
export function shapeWords(shape: Shape): string {
  switch (shape.kind) {
    case 'string':
      return 'text';
    case 'bool':
      return 'true or false';
    case 'int':
      return 'a whole number';
    case 'double':
      return 'a number';
    case 'list':
      return 'a list';
    case 'map':
    case 'object':
      return 'a group of fields';
    case 'dyn':
      return 'anything';
  }
}
