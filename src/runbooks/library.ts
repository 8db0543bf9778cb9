/** All runbooks together: doubled ids, references to absent ones, loops over several files. One broken file never stops the others. */
import { createHash } from 'node:crypto';
import type { Access } from '../catalog/access.ts';
import { suggestion } from '../catalog/nearest.ts';
import { loopsOf } from './lint/loops.ts';
import { offersIn } from './offers.ts';
import { loopReport, type ReadRunbook, readRunbook } from './parse.ts';
import type { Path } from './places.ts';
import { formatProblem, inOrder, type Problem } from './problem.ts';
import type { Arguments, Next, Runbook } from './runbook.ts';
import type { Register } from './signature.ts';

export { formatProblem };

export interface Loaded {
  readonly runbook: Runbook;
  readonly file: string;
  /** sha256 of the file's text, in hex: what a run is pinned to. */
  readonly hash: string;
  /** The file's revision, where one is known: `1a2b3c4`, `1a2b3c4+changes`. */
  readonly revision?: string;
  /** Warnings. */
  readonly problems: readonly Problem[];
}

export interface Broken {
  readonly file: string;
  readonly id?: string;
  /** The runbook of which the version before is still offered. */
  readonly keeps?: string;
  readonly problems: readonly Problem[];
}

export interface Library {
  /** By id. */
  readonly runbooks: ReadonlyMap<string, Loaded>;
  readonly broken: readonly Broken[];
  /** Of all files, in the files' order. */
  readonly problems: readonly Problem[];
}

interface Entry extends ReadRunbook {
  readonly file: string;
  readonly text: string;
  readonly found: Problem[];
}

/**
 * Never throws. `today`: ISO date. Of two files with one id the first is taken, so give them in a fixed order.
 * `groups`: who is in which group of handrail.yaml; without it nobody asks whether a second person is there (RB111).
 */
export function loadLibrary(
  files: readonly { readonly file: string; readonly text: string }[],
  register: Register,
  today: string,
  known: { readonly groups?: Access } = {},
): Library {
  const entries = files.map(({ file, text }): Entry => {
    const read = readRunbook(text, file, { register, today, ...known });
    return { ...read, file, text, found: [...read.problems] };
  });
  const taken = refuseDoubled(entries);
  refuseLoops(taken);
  const ids = new Set(entries.flatMap(({ id }) => (id === undefined ? [] : [id])));
  for (const entry of entries)
    if (entry.runbook !== undefined) checkReferences(entry, entry.runbook, taken, ids);
  return sorted(entries);
}

function refuseDoubled(entries: readonly Entry[]): Map<string, Entry & { runbook: Runbook }> {
  const taken = new Map<string, Entry & { runbook: Runbook }>();
  const first = new Map<string, string>();
  for (const entry of entries) {
    if (entry.id === undefined) continue;
    const other = first.get(entry.id);
    if (other !== undefined) {
      const says = `The id ${entry.id} is taken by ${other}.`;
      report(entry, ['id'], { code: 'RB006', level: 'error', says, remedy: 'Rename one of them.' });
      continue;
    }
    first.set(entry.id, entry.file);
    if (entry.runbook !== undefined) taken.set(entry.id, entry as Entry & { runbook: Runbook });
  }
  return taken;
}

function refuseLoops(taken: ReadonlyMap<string, Entry & { runbook: Runbook }>): void {
  for (const loop of loopsOf(new Map([...taken].map(([id, { runbook }]) => [id, runbook])))) {
    const entry = taken.get(loop.runbook);
    if (entry !== undefined) report(entry, loop.path, { ...loopReport(loop.steps), level: 'error' });
  }
}

/** Absent runbooks (RB007, a warning) and, of those that are here, parameters that they do not have (RB105). */
function checkReferences(
  entry: Entry,
  runbook: Runbook,
  taken: ReadonlyMap<string, { runbook: Runbook }>,
  ids: ReadonlySet<string>,
): void {
  for (const { id, path, with: args } of referencesOf(runbook)) {
    const target = taken.get(id)?.runbook;
    if (target !== undefined) checkParams(entry, path, args, target);
    else {
      const here = ids.has(id);
      const says = here ? `The runbook ${id} is broken.` : `There is no runbook ${id}.`;
      const remedy = here ? 'Its own problems are listed with its file.' : suggestion(id, ids);
      report(entry, path, { code: 'RB007', level: 'warning', says, ...(remedy && { remedy }) });
    }
  }
}

function checkParams(entry: Entry, path: Path, args: Arguments, target: Runbook): void {
  for (const name of Object.keys(args)) {
    if (Object.hasOwn(target.params, name)) continue;
    const says = `The runbook ${target.id} has no parameter ${name}.`;
    const remedy = suggestion(name, Object.keys(target.params));
    const at = [...path.slice(0, -1), 'with', name];
    report(entry, at, { code: 'RB105', level: 'error', says, ...(remedy && { remedy }) });
  }
}

function referencesOf(runbook: Runbook): { id: string; path: Path; with: Arguments }[] {
  return runbook.steps.flatMap((step, index) => {
    const offer = (next: Next | undefined, path: Path) =>
      offersIn(next).map(({ run, with: args, path: at }) => ({
        id: run,
        path: ['steps', index, ...path, 'next', ...at, 'run'],
        with: args,
      }));
    const found = offer(step.next, []);
    if (step.kind === 'run') {
      found.push({ id: step.runbook, path: ['steps', index, 'runbook'], with: step.with });
    }
    if (step.kind === 'check') {
      found.push(...step.verdict.flatMap((rule, at) => offer(rule.next, ['verdict', at])));
    }
    if (step.kind === 'ask') {
      found.push(...step.choices.flatMap((choice, at) => offer(choice.next, ['choices', at])));
    }
    return found;
  });
}

function report(entry: Entry, path: Path, problem: Omit<Problem, 'file' | 'line' | 'column'>): void {
  entry.found.push({ ...problem, file: entry.file, ...entry.places.key(path) });
}

function sorted(entries: readonly Entry[]): Library {
  const runbooks = new Map<string, Loaded>();
  const broken: Broken[] = [];
  for (const { runbook, id, file, text, found } of entries) {
    const problems = inOrder(found);
    if (runbook !== undefined && problems.every(({ level }) => level === 'warning')) {
      const hash = createHash('sha256').update(text, 'utf8').digest('hex');
      runbooks.set(runbook.id, { runbook, file, hash, problems });
    } else broken.push({ file, problems, ...(id === undefined ? {} : { id }) });
  }
  return { runbooks, broken, problems: entries.flatMap(({ found }) => inOrder(found)) };
}
