/** Who holds what a change locks, and how that is told: one change of one object at a time, across incidents. */
import type { Answer } from './commands.ts';
import type { At } from './events.ts';
import type { Incident, TryState } from './state.ts';
import { timeWords } from './time-words.ts';

/** A lock as somebody holds it. The address is missing in a row that an older Handrail wrote. */
export interface HeldLock {
  readonly key: string;
  readonly incident: number;
  readonly by: string;
  /** ms since 1970: the confirmation, or the moment it was taken over. */
  readonly since: number;
  /** `holderOf` its try. */
  readonly holder: string;
  readonly at?: At;
  readonly runbook?: string;
  /**
   * Whose call was confirmed and has not come back (queued, under way, or given up without an answer): the holder's,
   * and of those from whom it was taken over.
   */
  readonly running: readonly { readonly by: string; readonly incident: number }[];
}

/** What is stored with a lock's row. A row that an older Handrail wrote has less. */
export interface LockValue extends Partial<At> {
  readonly holder?: string;
  readonly incident?: number;
  readonly by: string;
  readonly since: number;
  readonly runbook?: string;
  /** The holder from whom it may be taken; anybody else's stays theirs. */
  readonly from?: string;
  /** Holders that let go in the same command. */
  readonly freed?: readonly string[];
  /** Taken over, and its change is not confirmed yet. */
  readonly waiting?: true;
  /**
   * From whom it was taken over, and whose change has not ended: the last one first. Taking over stops no call, so
   * whoever lets go gives it back to the first of them (migration 005).
   */
  readonly under?: readonly LockValue[];
}

/** What has to be typed to take a lock over while the other change's call may still arrive. */
export const ARRIVES = 'its call may still arrive';

/** One try of one step: what holds a lock is never only a key, so that the end of one change frees nobody else's. */
export function holderOf(incident: number, at: At): string {
  return `${incident}.${at.run}.${at.step}.${at.try}`;
}

/** The locks that a try takes when it is confirmed, in the one order in which everybody takes them. */
export function locksOf(incident: Incident, at: At): string[] {
  const tries = incident.runs.get(at.run)?.steps.get(at.step)?.tries;
  const locks = tries?.find((one) => one.try === at.try)?.planned?.locks ?? [];
  return [...new Set(locks)].sort();
}

/** `a and b are being changed by Ana in INC-3 since 10:12 (runbook scale-utility-pod)`, for each holder. */
export function heldWords(held: readonly HeldLock[], frame: { zone: string; now: number }): string {
  const groups = new Map<string, HeldLock[]>();
  for (const one of held) {
    const key = `${one.incident} ${one.holder} ${one.since}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((group) => {
      const keys = group.map(({ key }) => key);
      const { by, incident, since, runbook } = group[0] as HeldLock;
      const at = timeWords({ at: since, precision: 'exact' }, frame).replace(/ \([^)]*\)$/, '');
      const book = runbook ? ` (runbook ${runbook})` : '';
      return `${listed(keys)} ${keys.length > 1 ? 'are' : 'is'} being changed by ${by} in INC-${incident} since ${at}${book}`;
    })
    .join('; ');
}

/** ` The call of Ana in INC-3 may still be running.` Nothing when none is. */
function runningWords(held: readonly HeldLock[]): string {
  const whose = held.flatMap(({ running }) => running.map(({ by, incident }) => `${by} in INC-${incident}`));
  const each = [...new Set(whose)];
  if (each.length === 0) return '';
  return ` The ${each.length > 1 ? 'calls' : 'call'} of ${listed(each)} may still be running.`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The refusal of a change whose locks others hold, with what is needed to take them over. */
export function lockedAnswer(
  incident: Incident,
  at: At | undefined,
  held: readonly HeldLock[],
  now: number,
): Extract<Answer, { ok: false }> {
  const words = heldWords(held, { zone: incident.declared.zone, now });
  return {
    ok: false,
    code: 'locked',
    says: `${words}.${runningWords(held)} Wait until that is finished, or take over.`,
    ...(at ? { held: heldOf(incident.number, at, held) } : {}),
  };
}

/** What a button has to carry: whom the person was shown. */
export function heldOf(
  incident: number,
  at: At,
  held: readonly HeldLock[],
): NonNullable<Extract<Answer, { ok: false }>['held']> {
  const from = [...new Set(held.map(({ holder }) => holder))];
  return { incident, at, from, arrives: held.some(({ running }) => running.length > 0) };
}

export interface LostLocks {
  readonly incident: number;
  readonly body: { run: number; step: string; try: number; keys: string[]; since: number };
}

/** For each change what it lost; a row of an older Handrail names no change, so nobody is told. */
export function lostBy(
  locks: readonly {
    key: string;
    incident: number;
    run: number;
    step: string;
    try: number;
    since: number;
  }[],
): LostLocks[] {
  const found = new Map<string, LostLocks>();
  for (const { key, incident, run, step, try: number, since } of locks) {
    if (step === '') continue;
    const at = { run, step, try: number };
    const holder = holderOf(incident, at);
    const known = found.get(holder) ?? { incident, body: { ...at, keys: [], since } };
    known.body.keys.push(key);
    found.set(holder, known);
  }
  return [...found.values()];
}

/** The locks that this try holds now, as far as this incident knows. */
export function locksHeld(one: TryState): readonly string[] {
  if (!one.holds) return [];
  const lost = new Set(one.lostLocks?.flatMap(({ keys }) => keys));
  return (one.planned?.locks ?? []).filter((key) => !lost.has(key));
}
