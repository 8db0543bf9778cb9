/** The door: every change of an incident comes through here, and only a committed row decides what happened. */
import type { Answer, Command } from './commands.ts';
import { decide } from './decide/decide.ts';
import { type Draft, declareAs, draftOn, type Knowledge, type NewAttempt } from './draft.ts';
import type { At, Event } from './events.ts';
import { type HeldLock, lockedAnswer, locksOf } from './locks.ts';
import { type LookupChanges, lookups } from './lookups.ts';
import { type Effect, react } from './react.ts';
import { Refused } from './refused.ts';
import type { Incident } from './state.ts';

/** What one accepted command writes, in one transaction. */
export interface Write {
  readonly command: Command;
  readonly answer: Answer;
  readonly events: readonly Event[];
  readonly attempts: readonly NewAttempt[];
  /** The attempt whose outcome this command brings. */
  readonly settles?: { readonly attempt: string; readonly lost: boolean };
  readonly stops: readonly string[];
  readonly effects: readonly Effect[];
  readonly lookups: LookupChanges;
  /** ms since 1970 by this process's clock: after it nothing is written. */
  readonly notAfter?: number;
}

export type Written =
  | { readonly done: true }
  /** The command's id is known: its first answer. */
  | { readonly again: Answer }
  /** `notAfter` had passed. */
  | { readonly late: true }
  /** Somebody else wrote this version first. */
  | { readonly conflict: true }
  /** Others hold these locks; nothing was written. */
  | { readonly locked: readonly HeldLock[] };

/** What the door needs of the store. */
export interface DoorStore {
  /** One command of an incident at a time in this process; others wait their turn. */
  inTurn<T>(incident: number, work: () => Promise<T>): Promise<T>;
  /** The incident with everything read up to now, or (`fresh: false`) as this process knows it. */
  incident(number: number, options: { fresh: boolean }): Promise<Incident | undefined>;
  /** Forgets what this process knows of it: a draft that was not written has been folded in. */
  forget(number: number): void;
  /** The number that a new incident would get now. */
  nextNumber(): Promise<number>;
  write(write: Write): Promise<Written>;
  /** Who holds these locks now, of those that are held. */
  heldLocks(keys: readonly string[]): Promise<readonly HeldLock[]>;
  /** Whether the process that made this try's call is known to be gone. Absent: nobody can say. */
  callerGone?(incident: number, at: At): Promise<boolean>;
  /** Stores a refusal, or gives the answer that this id already got. */
  refuse(command: Command, answer: Answer): Promise<Answer>;
  /** Wakes whoever works on these; losing it costs at most one sweep. */
  ring(write: Write): void;
}

const TRIES = 8;

/** The time within which a decision had to be written is over; nothing was written. */
export class TooLate extends Error {
  constructor() {
    super('the store did not answer in time; nothing was written');
    this.name = 'TooLate';
  }
}

/**
 * Takes a command in. Returns the stored answer when its id is known. Throws only for what is ours (the store away, a
 * damaged stream); what a person should read is an answer with `ok: false`.
 *
 * `notAfter`: ms since 1970 by this process's clock; nothing is written later than that, however long the store hangs.
 * @throws TooLate when it has passed
 */
export async function handle(
  store: DoorStore,
  knows: Knowledge,
  command: Command,
  notAfter?: number,
): Promise<Answer> {
  if (command.incident === undefined) return declare(store, knows, command, notAfter);
  const number = command.incident;
  return store.inTurn(number, () => tryWrite(store, knows, command, number, notAfter));
}

async function tryWrite(
  store: DoorStore,
  knows: Knowledge,
  command: Command,
  number: number,
  notAfter?: number,
): Promise<Answer> {
  let fresh = false;
  for (let turn = 0; turn < TRIES; turn++) {
    const incident = await store.incident(number, { fresh });
    if (!incident) return { ok: false, code: 'no-incident', says: `There is no INC-${number}.` };
    const { what } = command;
    // A lock's row belongs to whoever holds it, so that is no part of this incident: it is read, and checked as it is written.
    const held = what.do === 'take over' ? await store.heldLocks(locksOf(incident, what.at)) : [];
    const callerGone = what.do === 'try again' && (await store.callerGone?.(number, what.at)) === true;
    const draft: Draft = { ...draftOn(incident, command, knows), held, callerGone };
    try {
      decide(draft);
    } catch (error) {
      if (draft.events.length > 0) store.forget(number);
      if (!(error instanceof Refused)) {
        store.forget(number);
        throw error;
      }
      // What this process knows may be old: a refusal is given only on what is true now.
      if (!fresh) {
        fresh = true;
        continue;
      }
      const { code, says, held: shown, arrives } = error;
      const more = { ...(shown ? { held: shown } : {}), ...(arrives ? { arrives } : {}) };
      return store.refuse(command, { ok: false, code, says, ...more });
    }
    // Nothing to record, by what this process knows. That may be old as well, and no write would find it out.
    if (draft.events.length === 0 && !fresh) {
      fresh = true;
      continue;
    }
    const result = await commit(store, command, draft, notAfter);
    if ('answer' in result) return result.answer;
    fresh = true;
    if (result.refused) return store.refuse(command, result.refused);
  }
  throw new Error(`INC-${number}: others wrote first ${TRIES} times in a row; nothing was changed`);
}

async function commit(
  store: DoorStore,
  command: Command,
  draft: Draft,
  notAfter?: number,
): Promise<{ answer: Answer } | { refused?: Answer }> {
  const { incident, events } = draft;
  const answer: Answer = {
    ok: true,
    incident: incident.number,
    version: incident.version,
    ...(draft.says ? { says: draft.says } : {}),
  };
  const { what } = command;
  const settles =
    what.do === 'settle'
      ? { settles: { attempt: what.attempt, lost: false } }
      : what.do === 'give up attempt'
        ? { settles: { attempt: what.attempt, lost: true } }
        : {};
  const write: Write = {
    command,
    answer,
    events,
    attempts: draft.attempts,
    ...settles,
    stops: draft.stops,
    effects: react(events, incident),
    lookups: events.length === 0 ? { put: [], drop: [] } : lookups(events, incident),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
  let written: Written;
  try {
    written = await store.write(write);
  } catch (error) {
    // It is not known whether it was stored: what this process knows is worth nothing now.
    store.forget(incident.number);
    throw error;
  }
  if ('done' in written) {
    store.ring(write);
    return { answer };
  }
  store.forget(incident.number);
  if ('late' in written) throw new TooLate();
  if ('again' in written) return { answer: written.again };
  if ('locked' in written) {
    const at = 'at' in what && typeof what.at === 'object' ? what.at : undefined;
    return { refused: lockedAnswer(incident, at, written.locked, command.now) };
  }
  return {};
}

async function declare(
  store: DoorStore,
  knows: Knowledge,
  command: Command,
  notAfter?: number,
): Promise<Answer> {
  for (let turn = 0; turn < TRIES; turn++) {
    const number = await store.nextNumber();
    const result = await store.inTurn(number, async () => {
      const draft = declareAs(number, command, knows);
      return commit(store, command, draft, notAfter);
    });
    if ('answer' in result) return result.answer;
  }
  throw new Error(`a number for the new incident could not be had ${TRIES} times in a row`);
}
