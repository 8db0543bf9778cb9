/** What the expressions of one step may read, with types: parameters, incident, system, earlier steps, `out`, `item`. */
import { type Flow, flowOf } from './flow.ts';
import type { Runbook, Step, Verdict } from './runbook.ts';
import {
  actionShapes,
  type Field,
  listOf,
  madeOf,
  type ObjectShape,
  paramsShape,
  type Shape,
} from './shapes.ts';
import type { Register } from './signature.ts';

/** The values an expression reads. Numbers as JSON has them: they become CEL's integers by their declared type. */
export interface Scope {
  readonly params: Readonly<Record<string, unknown>>;
  readonly incident: {
    readonly id: number;
    readonly namespace: string;
    readonly title: string;
    readonly system: string;
    readonly severity: string;
  };
  readonly system?: { readonly id: string; readonly title: string; readonly namespace: string };
  readonly item?: unknown;
  readonly steps: Readonly<Record<string, StepValues>>;
  readonly out?: unknown;
}

export interface StepValues {
  readonly out?: unknown;
  readonly args?: unknown;
  readonly plan?: unknown;
  readonly verdict?: Verdict;
}

/** Which place of the step the expression stands in. */
export interface Reads {
  /** Action whose output is `out`: the check's own in its verdict, the verifying one in `until`, the probe in `gone`. */
  readonly out?: string;
  /** Action whose list gives `item`, for `from.show`. */
  readonly item?: string;
  /** True where the step's own `plan` and `args` may be read: confirm, locks, verify, undo, leaves, probe. */
  readonly own?: boolean;
}

export interface ScopeTypes {
  readonly roots: ReadonlyMap<string, Field>;
  /** The same objects for all places of one runbook: the expression engine keeps its work by them. */
  readonly world: World;
  readonly out?: Shape;
  readonly item?: Shape;
}

interface World {
  readonly params: ObjectShape;
  readonly incident: ObjectShape;
  readonly system: ObjectShape;
  readonly steps: ObjectShape;
  readonly flow: Flow;
  readonly register: Register;
  /** Types made so far, by place. */
  readonly types: Map<string, ScopeTypes>;
}

const text = { kind: 'string' } as const;
const incident = madeOf('incident', {
  id: { kind: 'int' },
  namespace: text,
  title: text,
  system: text,
  severity: text,
});
const system = madeOf('system', { 'id?': text, 'title?': text, 'namespace?': text });

const worlds = new WeakMap<Runbook, World>();

/**
 * Types for the expressions of `runbook.steps[stepIndex]`; an index of -1 is before the first step (`params.*.from`).
 * Loader and run use the same types, so what loads cannot fail for its types later.
 */
export function scopeTypes(
  runbook: Runbook,
  stepIndex: number,
  register: Register,
  reads: Reads = {},
): ScopeTypes {
  let world = worlds.get(runbook);
  if (world === undefined || world.register !== register) {
    world = worldOf(runbook, register);
    worlds.set(runbook, world);
  }
  const key = JSON.stringify([stepIndex, reads.out, reads.item, reads.own]);
  let types = world.types.get(key);
  if (types === undefined) world.types.set(key, (types = newTypes(world, runbook, stepIndex, reads)));
  return types;
}

function newTypes(world: World, runbook: Runbook, stepIndex: number, reads: Reads): ScopeTypes {
  const { register } = world;
  const out = reads.out === undefined ? undefined : outputOf(reads.out, register);
  const item = reads.item === undefined ? undefined : itemOf(reads.item, register);
  const roots = new Map<string, Field>([
    ['params', { shape: world.params }],
    ['incident', { shape: world.incident }],
    ['system', { shape: world.system }],
    ['steps', { shape: stepsSeen(world, runbook.steps, stepIndex, reads.own ?? false) }],
    ['out', out === undefined ? noOut(reads.own ?? false) : { shape: out }],
  ]);
  if (item !== undefined) roots.set('item', { shape: item });
  return { roots, world, ...(out && { out }), ...(item && { item }) };
}

function noOut(own: boolean): Field {
  const refused = own
    ? {
        code: 'RB118',
        says: 'out is not known here: the act may have crashed before it gave one.',
        remedy: 'Read steps.<id>.plan or steps.<id>.args instead.',
      }
    : { code: 'RB117', says: 'out is only known in a verdict, in until and in gone.' };
  return { shape: { kind: 'dyn' }, refused };
}

function outputOf(action: string, register: Register): Shape {
  const signature = register(action);
  return signature === undefined ? { kind: 'dyn' } : actionShapes(signature).out;
}

function itemOf(action: string, register: Register): Shape {
  const signature = register(action);
  return (signature && listOf(signature)?.item) ?? { kind: 'dyn' };
}

function worldOf(runbook: Runbook, register: Register): World {
  const fields = new Map<string, Field>();
  for (const step of runbook.steps) {
    if (!fields.has(step.id)) fields.set(step.id, { shape: stepShape(step, register) });
  }
  const params = paramsShape(runbook.params, 'params');
  const steps: ObjectShape = { kind: 'object', name: 'steps', fields };
  return { params, incident, system, steps, flow: flowOf(runbook.steps), register, types: new Map() };
}

function stepShape(step: Step, register: Register): Shape {
  const fields = new Map<string, Field>([['verdict', { shape: text }]]);
  if (step.kind === 'check' || step.kind === 'act') {
    const signature = register(step.uses);
    const known = signature && actionShapes(signature);
    fields.set('out', { shape: known?.out ?? { kind: 'dyn' } });
    fields.set('args', { shape: known?.args ?? { kind: 'dyn' } });
    if (step.kind === 'act') fields.set('plan', { shape: known?.plan ?? { kind: 'dyn' } });
  } else if (step.kind === 'ask') {
    fields.set('out', { shape: answerShape(step) });
  }
  const unknown = {
    code: 'RB117',
    says: (field: string) => `${field} cannot be read of ${step.id}, which is ${article(step.kind)} step.`,
  };
  return { kind: 'object', name: `steps.${step.id}`, fields, unknown };
}

function article(kind: Step['kind']): string {
  return kind === 'act' || kind === 'ask' ? `an ${kind}` : `a ${kind}`;
}

/** An `ask` step gives its form's answers, and `choice` and `reason` when it offers choices. */
function answerShape(step: Extract<Step, { kind: 'ask' }>): ObjectShape {
  const name = `steps.${step.id}.out`;
  const answers = new Map(paramsShape(step.form, name).fields);
  if (step.choices.length > 0) {
    answers.set('choice', { shape: text });
    answers.set('reason', { shape: text, optional: { code: 'RB117', why: 'may be missing' } });
  }
  const says = (field: string) => `${step.id} does not ask for ${field}.`;
  return { kind: 'object', name, fields: answers, unknown: { code: 'RB117', says } };
}

/** The same step with what may be read of it from the place at hand. */
function stepsSeen(world: World, steps: readonly Step[], at: number, own: boolean): ObjectShape {
  const fields = new Map<string, Field>();
  steps.forEach((step, index) => {
    const field = world.steps.fields.get(step.id);
    if (field === undefined || fields.has(step.id)) return;
    fields.set(step.id, seen(world, step, field, index, at, own));
  });
  const says = (field: string) => `There is no step ${field}.`;
  return { kind: 'object', name: 'steps', fields, unknown: { code: 'RB103', says } };
}

function seen(world: World, step: Step, field: Field, index: number, at: number, own: boolean): Field {
  const { shape } = field;
  if (index === at) return ownStep(step, shape, own);
  if (at < 0 || !world.flow.possibly(index, at)) {
    return { shape, refused: { code: 'RB104', says: `The step ${step.id} comes later.` } };
  }
  if (world.flow.surely(index, at)) return field;
  return { shape, optional: { code: 'RB104', why: 'may have been skipped' } };
}

function ownStep(step: Step, shape: Shape, own: boolean): Field {
  if (!own) {
    const remedy = step.kind === 'check' ? 'In its verdict, read out.' : undefined;
    const says = `The step ${step.id} has not run yet.`;
    return { shape, refused: { code: 'RB104', says, ...(remedy && { remedy }) } };
  }
  if (shape.kind !== 'object') return { shape };
  const fields = new Map(shape.fields);
  const remedy = `Read steps.${step.id}.plan or steps.${step.id}.args.`;
  const says = `The output of ${step.id} cannot be read here: the act may have crashed before it gave one.`;
  fields.set('out', { shape: { kind: 'dyn' }, refused: { code: 'RB118', says, remedy } });
  fields.delete('verdict');
  return { shape: { ...shape, fields } };
}
