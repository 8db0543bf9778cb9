/** Loops in which nobody decides anything (RB106), over the graph of all runbooks together. */
import { waysOut } from '../flow.ts';
import type { Path } from '../places.ts';
import type { Runbook } from '../runbook.ts';

export interface Loop {
  readonly runbook: string;
  /** Where the way back is written. */
  readonly path: Path;
  /** Steps of the loop, as `step` or `runbook/step`. */
  readonly steps: readonly string[];
}

interface Node {
  readonly runbook: Runbook;
  readonly index: number;
}

interface Edge {
  readonly to: Node;
  readonly path: Path;
}

/**
 * Every way back that closes a loop of steps that run by themselves: checks, nested runs, and steps for people that
 * `when` may skip. A `next` that names another runbook is a button and closes nothing.
 */
export function loopsOf(runbooks: ReadonlyMap<string, Runbook>): Loop[] {
  const passable = passableRunbooks(runbooks);
  const loops: Loop[] = [];
  const done = new Set<string>();
  for (const runbook of runbooks.values()) {
    runbook.steps.forEach((_, index) => {
      search({ runbook, index }, runbooks, passable, done, loops);
    });
  }
  return loops;
}

/** Depth first with a stack of our own: the graph may be deeper than the process's. */
function search(
  start: Node,
  runbooks: ReadonlyMap<string, Runbook>,
  passable: ReadonlySet<string>,
  done: Set<string>,
  loops: Loop[],
): void {
  if (done.has(name(start))) return;
  const open = new Map<string, number>();
  const stack: { node: Node; edges: Edge[] }[] = [];
  const enter = (node: Node) => {
    open.set(name(node), stack.length);
    stack.push({ node, edges: edgesOf(node, runbooks, passable) });
  };
  enter(start);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const edge = top.edges.pop();
    if (edge === undefined) {
      stack.pop();
      open.delete(name(top.node));
      done.add(name(top.node));
      continue;
    }
    const depth = open.get(name(edge.to));
    if (depth !== undefined) {
      const members = stack.slice(depth).map(({ node }) => words(node, top.node));
      loops.push({ runbook: top.node.runbook.id, path: edge.path, steps: members });
    } else if (!done.has(name(edge.to))) enter(edge.to);
  }
}

/** Ways that the run takes by itself out of a step. */
function edgesOf(node: Node, runbooks: ReadonlyMap<string, Runbook>, passable: ReadonlySet<string>): Edge[] {
  const { runbook, index } = node;
  const step = runbook.steps[index];
  if (step === undefined) return [];
  const own: Path = ['steps', index];
  const alone = step.kind === 'check' || (step.kind === 'run' && passable.has(step.runbook));
  const edges = waysOut(runbook.steps, index).flatMap(({ to, by, path }): Edge[] =>
    to === undefined || (by === 'run' && !alone)
      ? []
      : [{ to: { runbook, index: to }, path: [...own, ...(path ?? [])] }],
  );
  const nested = step.kind === 'run' ? runbooks.get(step.runbook) : undefined;
  if (nested !== undefined) edges.push({ to: { runbook: nested, index: 0 }, path: [...own, 'runbook'] });
  return edges;
}

/** Runbooks that can come to their end without anybody deciding. */
function passableRunbooks(runbooks: ReadonlyMap<string, Runbook>): ReadonlySet<string> {
  const passable = new Set<string>();
  for (let changed = true; changed; ) {
    changed = false;
    for (const [id, runbook] of runbooks) {
      if (passable.has(id) || !reachesEnd(runbook, runbooks, passable)) continue;
      passable.add(id);
      changed = true;
    }
  }
  return passable;
}

function reachesEnd(
  runbook: Runbook,
  runbooks: ReadonlyMap<string, Runbook>,
  passable: ReadonlySet<string>,
): boolean {
  const seen = new Set([0]);
  for (const index of seen) {
    const step = runbook.steps[index];
    const absent = step?.kind === 'run' && !runbooks.has(step.runbook);
    const alone = step?.kind === 'check' || absent || (step?.kind === 'run' && passable.has(step.runbook));
    for (const { to, by } of waysOut(runbook.steps, index)) {
      if (by === 'run' && !alone) continue;
      if (to === undefined) return true;
      seen.add(to);
    }
  }
  return false;
}

function name({ runbook, index }: Node): string {
  return `${runbook.id}\0${index}`;
}

function words({ runbook, index }: Node, seenFrom: Node): string {
  const id = runbook.steps[index]?.id ?? String(index);
  return runbook.id === seenFrom.runbook.id ? id : `${runbook.id}/${id}`;
}
