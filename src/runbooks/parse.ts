/** Reads one runbook file: YAML, then its shape, then its meaning; every problem at once. */

import { suggestion } from '../catalog/nearest.ts';
import { type FileHeader, type FileParam, headerSchema, stepSchemas } from './file-schema.ts';
import { checkActions } from './lint/actions.ts';
import { type LintContext, reportKey } from './lint/context.ts';
import { checkGroups } from './lint/groups.ts';
import { loopsOf } from './lint/loops.ts';
import { checkParams } from './lint/params.ts';
import { checkSteps } from './lint/steps.ts';
import { checkTexts } from './lint/texts.ts';
import { normalise, paramsOf, stepOf } from './normalise.ts';
import type { Places } from './places.ts';
import { inOrder, type Problem } from './problem.ts';
import type { Param, Runbook, Step } from './runbook.ts';
import { schemaProblems } from './schema-problems.ts';
import type { Register } from './signature.ts';
import { readYaml } from './yaml.ts';

export interface ReadRunbook {
  /** Only when there is no error; warnings do not hold a file back. */
  readonly runbook?: Runbook;
  readonly problems: readonly Problem[];
  /** The file's id, also when the file is broken. */
  readonly id?: string;
  readonly places: Places;
}

/** Nobody reads more at once. */
const mostProblems = 200;

/** Never throws. Without `today` (an ISO date) the age of the last review is not looked at. */
export function parseRunbook(
  text: string,
  file: string,
  register: Register,
  today = '',
): { runbook?: Runbook; problems: readonly Problem[] } {
  const { runbook, problems } = readRunbook(text, file, { register, today });
  return runbook === undefined ? { problems } : { runbook, problems };
}

/** As `parseRunbook`, with what the loader of several files needs beside it. */
export function readRunbook(
  text: string,
  file: string,
  known: Pick<LintContext, 'register' | 'today' | 'groups'>,
): ReadRunbook {
  const { value, places, problems } = readYaml(text, file);
  const all: Problem[] = [...problems];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (all.length === 0) {
      const says = 'This is not a runbook: it has no fields.';
      all.push({ code: 'RB002', level: 'error', file, ...places.value([]), says });
    }
    return { problems: inOrder(all), places };
  }
  const given = value as Record<string, unknown>;
  const id = typeof given['id'] === 'string' ? given['id'] : undefined;
  const parsed = headerSchema.safeParse(given);
  if (!parsed.success) {
    const checked = { schema: headerSchema, value: given, base: [], places, file };
    all.push(...schemaProblems(checked, parsed.error.issues));
  }
  const { steps, whole } = readSteps(given['steps'], places, file, all);
  const runbook = parsed.success ? normalise(parsed.data, steps) : standInRunbook(given, steps);
  lint({ file, places, runbook, whole, ...known, problems: all });
  const found = atMost(inOrder(all), mostProblems, file);
  const rest = { problems: found, places, ...(id === undefined ? {} : { id }) };
  return found.some(({ level }) => level === 'error') ? rest : { runbook, ...rest };
}

function atMost(problems: readonly Problem[], most: number, file: string): readonly Problem[] {
  const last = problems[most - 1];
  if (last === undefined || problems.length === most) return problems;
  const { line, column } = last;
  const says = `${problems.length - most} more problems are not listed.`;
  return [...problems.slice(0, most), { code: 'RB002', level: 'error', file, line, column, says }];
}

function lint(context: LintContext): void {
  checkActions(context, context.register.names ?? []);
  checkParams(context);
  checkSteps(context);
  checkGroups(context);
  checkTexts(context);
  for (const { path, steps } of loopsOf(new Map([[context.runbook.id, context.runbook]]))) {
    reportKey(context, path, loopReport(steps));
  }
}

export function loopReport(steps: readonly string[]) {
  const says = `This leads round for ever with nobody deciding: ${[...steps, steps[0]].join(' -> ')}.`;
  return { code: 'RB106', says, remedy: 'Put an ask, act or manual step into it.' };
}

/** Each step by the schema of its kind; a broken one leaves a stand-in, so that the others are still checked. */
function readSteps(given: unknown, places: Places, file: string, problems: Problem[]) {
  const steps: Step[] = [];
  const whole = new Set<number>();
  for (const [index, value] of (Array.isArray(given) ? given.slice(0, 500) : []).entries()) {
    const base = ['steps', index];
    const { line } = places.value(base);
    const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
    const schema = Object.entries(stepSchemas).find(([name]) => name === kind)?.[1];
    if (schema === undefined) {
      problems.push(unknownKind(value, kind, places, base, file));
      steps.push(standInStep(value, index, line));
      continue;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) {
      whole.add(index);
      steps.push(stepOf(parsed.data, line));
    } else {
      problems.push(...schemaProblems({ schema, value, base, places, file }, parsed.error.issues));
      steps.push(standInStep(value, index, line));
    }
  }
  return { steps, whole };
}

function unknownKind(
  value: unknown,
  kind: unknown,
  places: Places,
  base: (string | number)[],
  file: string,
): Problem {
  const kinds = Object.keys(stepSchemas);
  const words = kind === undefined ? 'This step has no kind' : `${JSON.stringify(kind)} is no kind of step`;
  const isStep = typeof value === 'object' && value !== null;
  const says = isStep ? `${words}.` : 'A step must be a group of fields.';
  const remedy = typeof kind === 'string' ? suggestion(kind, kinds) : `There is: ${kinds.join(', ')}.`;
  const spot = places.value([...base, 'kind']);
  return { code: 'RB002', level: 'error', file, ...spot, says, ...(remedy && { remedy }) };
}

/** A check of an action that nobody knows: whatever reads it finds something of any type. */
function standInStep(value: unknown, index: number, line: number): Step {
  const id = (value as { id?: unknown } | null)?.id;
  return {
    kind: 'check',
    id: typeof id === 'string' ? id : `step_${index}`,
    title: '',
    uses: '',
    with: {},
    timeoutMs: 0,
    verdict: [],
    proposesTarget: false,
    line,
  };
}

function standInRunbook(given: Readonly<Record<string, unknown>>, steps: readonly Step[]): Runbook {
  const text = (key: string) => (typeof given[key] === 'string' ? given[key] : '');
  const header = {
    apiVersion: 'runbook/v1',
    id: text('id'),
    title: text('title'),
    summary: text('summary'),
    owner: text('owner'),
    reviewed: text('reviewed'),
    alerts: [],
    docs: {},
    params: {},
  } satisfies Omit<FileHeader, 'steps'>;
  return { ...normalise({ ...header, steps: [] }, steps), params: standInParams(given['params']) };
}

function standInParams(given: unknown): Record<string, Param> {
  if (typeof given !== 'object' || given === null) return {};
  const params = Object.entries(given).map(([name, value]): [string, FileParam] => {
    const parsed = headerSchema.shape.params.safeParse({ [name]: value });
    const whole = parsed.success ? parsed.data[name] : undefined;
    return [name, whole ?? { type: 'string', label: name, required: true }];
  });
  return paramsOf(Object.fromEntries(params));
}
