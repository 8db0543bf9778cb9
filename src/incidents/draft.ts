/** A decision in the making: events are folded in as they are emitted, so that the next question sees them. */
import type { Language } from '../runbooks/language.ts';
import type { Runbook } from '../runbooks/runbook.ts';
import type { Asker, Command, Purpose } from './commands.ts';
import type { At, Bodies, Event, EventType, NewEvent } from './events.ts';
import { begin, evolve } from './evolve.ts';
import { sha256 } from './hash.ts';
import type { HeldLock } from './locks.ts';
import type { Incident } from './state.ts';

/** An external call to be made; a row of `attempts`. Everything the worker needs is in it or in the incident. */
export interface NewAttempt {
  readonly id: string;
  readonly at: At;
  readonly purpose: Purpose;
  readonly uses: string;
  readonly args: Record<string, unknown>;
  readonly namespace: string;
  readonly operation: string;
  /** ms that one call may take. */
  readonly timeoutMs: number;
  /** Only for `verify` and `probe`: the condition to poll for. */
  readonly until?: string;
  /** Only for `act`: the confirmed plan's hash, and until when it may be called (ms). */
  readonly planHash?: string;
  readonly executeBy?: number;
  readonly looseEnd?: string;
  /** ms to wait before the first call (a repeat of a check). */
  readonly delayMs?: number;
  /** On whose word; asked again for its rights just before the call. */
  readonly by: string;
  /** Only for `act`: who else agreed, as one of `from`; asked again for that right just before the call. */
  readonly approved?: { readonly by: string; readonly from: readonly string[] };
}

/** What the core may know beside the incident itself. All of it is data or pure. */
export interface Knowledge {
  readonly language: Language;
  /** A runbook of the library by id, for nested runs. */
  readonly runbook: (id: string) => { runbook: Runbook; hash: string; revision?: string } | undefined;
  /** True when this person may approve a step that names these groups (none: anyone with the level approve). */
  readonly mayApprove: (asker: Asker, from: readonly string[]) => boolean;
  /** Whether two identities are one human: a terminal gives nobody another identity (design/reliability.md). */
  readonly samePerson: (a: string, b: string) => boolean;
  /** How many people could approve on this system, other than this one. */
  readonly otherApprovers: (
    personId: string,
    from: readonly string[],
    systemId: string | undefined,
  ) => number;
  /** How long nobody may answer before the requester may go alone, in ms (design: 5 minutes). */
  readonly aloneAfterMs: number;
  /** How long a confirmed act may wait for its call, in ms (design: 5 minutes). */
  readonly executeWithinMs: number;
}

export interface Draft {
  readonly incident: Incident;
  readonly events: Event[];
  readonly attempts: NewAttempt[];
  readonly command: Command;
  readonly knows: Knowledge;
  /** Attempts that are asked to stop. */
  readonly stops: string[];
  /** Only for *Take over*: who holds the locks of that change now. */
  readonly held?: readonly HeldLock[];
  /** Only for *Try again*: the process that made the first call is known to be gone. */
  readonly callerGone?: boolean;
  /** Shown to the person who asked. */
  says?: string;
}

/** Opens a draft on an incident; a command that declares opens one with its first event. */
export function draftOn(incident: Incident, command: Command, knows: Knowledge): Draft {
  return { incident, events: [], attempts: [], stops: [], command, knows };
}

/** The first event of a new incident. */
export function declareAs(number: number, command: Command, knows: Knowledge): Draft {
  if (command.what.do !== 'declare') throw new Error('only a declaration opens an incident');
  const event: Event = {
    incident: number,
    version: 1,
    at: command.now,
    by: command.by.person,
    command: command.id,
    type: 'incident_declared',
    body: command.what.body,
  };
  return { incident: begin(event), events: [event], attempts: [], stops: [], command, knows };
}

/** Adds an event and folds it in. */
export function emit<T extends EventType>(draft: Draft, type: T, body: Bodies[T]): void {
  const event = {
    incident: draft.incident.number,
    version: draft.incident.version + 1,
    at: draft.command.now,
    by: draft.command.by.person,
    command: draft.command.id,
    ...({ type, body } as NewEvent),
  } as Event;
  draft.events.push(event);
  evolve(draft.incident, event);
}

/** Queues a call. Its id comes from its command's, so the same command never queues it twice. */
export function queue(draft: Draft, attempt: Omit<NewAttempt, 'id' | 'by'> & { by?: string }): string {
  const { at } = attempt;
  const made = sha256(draft.command.id).slice(0, 8);
  const where = `${at.run}.${at.step}.${at.try}.${attempt.purpose}`;
  const id = `${draft.incident.number}.${where}.${made}.${draft.attempts.length}`;
  draft.attempts.push({ ...attempt, id, by: attempt.by ?? draft.command.by.person.id });
  return id;
}
