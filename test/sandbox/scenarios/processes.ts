/** Which processes a process has started, and whether they are gone; from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Pids of all processes below this one, children first. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): number[] =>
    (children.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function stateOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function parentOf(pid: number): number | undefined {
  const parent = stateOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** A zombie that nobody has waited for yet has ended as well. */
export function isGone(pid: number): boolean {
  const state = stateOf(pid)?.[0];
  return state === undefined || state === 'Z';
}
