/** Which steps have surely run before another one, and which may have: the graph of a runbook's steps. */
import type { Next, Step } from './runbook.ts';

/** A way out of a step. `to`: index of a step, or undefined for the end; `by`: what chose it. */
export interface Way {
  readonly to: number | undefined;
  readonly by: 'run' | 'skip';
  /** Path of the `next` inside the step, for messages; undefined when it is only the following step. */
  readonly path?: readonly (string | number)[];
}

export interface Flow {
  /** True when the step has run whichever way the run came here, unless it failed or a person skipped it. */
  surely(earlier: number, at: number): boolean;
  possibly(earlier: number, at: number): boolean;
}

/** Ways out of a step, without those by which a person ends, skips or goes back. */
export function waysOut(steps: readonly Step[], at: number): Way[] {
  const step = steps[at];
  if (step === undefined) return [];
  const following = at + 1 < steps.length ? at + 1 : undefined;
  const otherwise: Way =
    step.next === undefined
      ? { to: following, by: 'run' }
      : { to: target(steps, step.next), by: 'run', path: ['next'] };
  const ways: Way[] = step.when === undefined ? [] : [{ to: following, by: 'skip' }];
  const chosen = (next: Next | undefined, path: readonly (string | number)[]): Way =>
    next === undefined ? otherwise : { to: target(steps, next), by: 'run', path };
  if (step.kind === 'check') {
    // A check that failed ends in unknown without any rule, and the run goes on.
    ways.push(otherwise);
    step.verdict.forEach((rule, index) => ways.push(chosen(rule.next, ['verdict', index, 'next'])));
  } else if (step.kind === 'ask' && step.choices.length > 0) {
    step.choices.forEach((choice, index) => ways.push(chosen(choice.next, ['choices', index, 'next'])));
  } else ways.push(otherwise);
  return ways;
}

/** Another runbook is a button and ends this run: no step follows. */
function target(steps: readonly Step[], next: Next): number | undefined {
  if (!('step' in next)) return undefined;
  const index = steps.findIndex(({ id }) => id === next.step);
  return index < 0 ? undefined : index;
}

/** Sets are bits of a bigint; the passes repeat until nothing changes, which is soon in a file read downwards. */
export function flowOf(steps: readonly Step[]): Flow {
  const everything = (1n << BigInt(steps.length)) - 1n;
  const sure: bigint[] = steps.map((_, index) => (index === 0 ? 0n : everything));
  const maybe: bigint[] = steps.map(() => 0n);
  const ways = steps.map((_, index) => waysOut(steps, index));
  const reached = steps.map((_, index) => index === 0);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [from, out] of ways.entries()) {
      if (!reached[from]) continue;
      for (const { to, by } of out) {
        if (to === undefined) continue;
        const self = by === 'run' ? 1n << BigInt(from) : 0n;
        const nextSure = (sure[to] ?? 0n) & ((sure[from] ?? 0n) | self);
        const nextMaybe = (maybe[to] ?? 0n) | (maybe[from] ?? 0n) | self;
        if (nextSure !== sure[to] || nextMaybe !== maybe[to] || !reached[to]) changed = true;
        [sure[to], maybe[to], reached[to]] = [nextSure, nextMaybe, true];
      }
    }
  }
  const sureOf = sure.map((set) => members(set, steps.length));
  const maybeOf = maybe.map((set) => members(set, steps.length));
  const has = (sets: readonly Uint8Array[], earlier: number, at: number) => sets[at]?.[earlier] === 1;
  return {
    // A step that nothing leads to is read as if the run came down to it.
    surely: (earlier, at) => (reached[at] ? has(sureOf, earlier, at) : earlier < at && !steps[earlier]?.when),
    possibly: (earlier, at) => (reached[at] ? has(maybeOf, earlier, at) : earlier < at),
  };
}

function members(set: bigint, size: number): Uint8Array {
  const bits = set.toString(2).padStart(size, '0');
  return Uint8Array.from({ length: size }, (_, index) =>
    bits.charAt(bits.length - 1 - index) === '1' ? 1 : 0,
  );
}
