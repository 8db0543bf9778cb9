/** How a call ended, and what is wrong with how it ended. */
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { type Action, ActionFailed, type Call } from '../../../src/actions/action.ts';
import type { System } from '../../../src/catalog/catalog.ts';
import { CATALOGUED } from '../examples.ts';
import { EXAMPLE_MANIFESTS } from '../kubernetes/example-manifests.ts';
import type { Course } from './stormy-proxy.ts';
import type { Weather } from './weathers.ts';

export type Ending =
  | { readonly how: 'gave'; readonly out: Record<string, unknown> }
  | { readonly how: 'refused'; readonly says: string; readonly failed: ActionFailed }
  | { readonly how: 'defect'; readonly error: unknown }
  | { readonly how: 'hangs' };

/** ms after which a call that should have ended long ago counts as hanging: only a defect gets there. */
const PATIENCE_MS = 150_000;

export async function endingOf(work: () => Promise<unknown>): Promise<Ending> {
  const stop = new AbortController();
  const ended = await Promise.race([
    work().then(
      (out): Ending => ({ how: 'gave', out: out as Record<string, unknown> }),
      (error: unknown): Ending =>
        error instanceof ActionFailed
          ? { how: 'refused', says: error.says, failed: error }
          : { how: 'defect', error },
    ),
    wait(PATIENCE_MS, { how: 'hangs' } as const, { signal: stop.signal }),
  ]);
  stop.abort();
  return ended;
}

const systems: readonly System[] = [
  {
    id: 'web',
    title: 'Web',
    namespace: 'default',
    workloads: ['web'],
    databases: [{ ...CATALOGUED, statefulset: 'db' }],
    docs: [],
    dependencies: [],
    contacts: [],
    runbooks: [],
  },
];

/** As a worker makes it: at the end of its time the signal brings words of its own. */
export function callIn(
  course: Course,
  action: Action,
  params: Readonly<Record<string, unknown>>,
  more: { limitMs?: number; now?: () => Date } = {},
): Call {
  const { limitMs = 120_000 } = more;
  const controller = new AbortController();
  setTimeout(
    () => controller.abort(new ActionFailed(`It did not answer within ${limitMs} ms.`)),
    limitMs,
  ).unref();
  return {
    params: action.params.parse(params),
    namespace: 'default',
    operation: 'op-weather',
    incident: 7,
    signal: controller.signal,
    now: more.now ?? (() => new Date()),
    reach: {
      kubernetes: async () => course.config,
      catalog: { systems },
      podAddress: () => undefined,
      secret: () => 'a password',
      manifest: async (path) => EXAMPLE_MANIFESTS[path],
    },
    progress: () => undefined,
  };
}

/** The shape of every plan. */
export const planned = z.object({
  target: z.object({}).loose(),
  changes: z.array(z.object({}).loose()),
  values: z.object({}).loose(),
  notes: z.array(z.string()),
  unknowns: z.array(z.string()),
  undo: z.object({}).loose().optional(),
});

/** Nothing of this is for people. */
const JARGON =
  /undefined|\[object |NaN|<html|<!doctype|<head|<body|Unexpected token|Unexpected end|not valid JSON|is not a function|is not iterable|Cannot read prop|TypeError|SyntaxError|ZodError|\bat \S+ \(|\.ts:\d|node:internal|planted-token/i;
/** A code of the system is no sentence. */
const CODE = /^(Error: )?[A-Z][A-Z_]{4,}(:? [\d.:]+)?\.?$/;

export function faultsIn(words: string): string[] {
  const faults: string[] = [];
  const jargon = JARGON.exec(words)?.[0];
  if (jargon) faults.push(`says ${JSON.stringify(jargon)}`);
  if (CODE.test(words.trim())) faults.push('is only a code');
  if (words.trim().split(/\s+/).length < 4) faults.push('is no sentence');
  if (words.length > 1500) faults.push('is very long');
  return faults;
}

/** Does all of it, `most` at a time. */
export async function atOnce<T>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<void>,
): Promise<void> {
  const left = [...all];
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: most }, next));
}

/** What is wrong with how a call ended. `good`: how the same one ends in fair weather; `weather`: absent in fair weather. */
export function faultsOf(
  shape: z.ZodObject,
  ending: Ending,
  good: Ending | undefined,
  weather: Weather | undefined,
): string[] {
  if (ending.how === 'hangs') return ['hangs'];
  if (ending.how === 'defect') {
    const { error } = ending;
    return [
      `throws ${error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : String(error)}`,
    ];
  }
  if (ending.how === 'refused') return faultsIn(ending.says).map((fault) => `${fault}: ${ending.says}`);
  const { out } = ending;
  const faults: string[] = [];
  const held = shape.strict().safeParse(out);
  if (!held.success) faults.push(`gives another shape: ${held.error.message.slice(0, 200)}`);
  for (const line of linesOf(out))
    faults.push(...faultsIn(`it says that ${line}`).map((f) => `${f}: ${line}`));
  if (!weather || weather.plausible || admits(out, good)) return faults;
  return [...faults, `is taken for an answer: ${JSON.stringify(out).slice(0, 300)}`];
}

function linesOf(out: Record<string, unknown>): string[] {
  return ['unknowns', 'tried', 'words'].flatMap((key) =>
    Array.isArray(out[key]) ? (out[key] as string[]) : [],
  );
}

/** It is what fair weather gives, or says that something could not be seen. */
function admits(out: Record<string, unknown>, good: Ending | undefined): boolean {
  const before = good?.how === 'gave' ? good.out : {};
  const plain = (of: Record<string, unknown>) =>
    JSON.stringify(of, (key, value) => (/age|seconds|_at$|^at$|^used_bytes$/.test(key) ? undefined : value));
  if (plain(out) === plain(before)) return true;
  const had = new Set(linesOf(before));
  return linesOf(out).some((line) => !had.has(line));
}
