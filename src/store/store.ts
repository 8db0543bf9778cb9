/** The store as the door and the reports see it: states cached by version, everything else asked of PostgreSQL. */
import type pg from 'pg';
import type { Answer, Command } from '../incidents/commands.ts';
import type { At, Event } from '../incidents/events.ts';
import { begin, evolve } from '../incidents/evolve.ts';
import type { DoorStore, Write, Written } from '../incidents/handle.ts';
import type { HeldLock } from '../incidents/locks.ts';
import type { Incident } from '../incidents/state.ts';
import { callerGone } from './callers.ts';
import { type LastKnown, lastKnown } from './last-known.ts';
import { heldLocks } from './locks.ts';
import { allEvents, eventAt, eventsAfter } from './read.ts';
import { GENESIS, seal, writeCommand, writeRefusal } from './write.ts';

interface Cached {
  incident: Incident;
  head: string;
}

/** What was written, for whoever rings bells. */
export type Rang = (write: Write) => void;

export class Store implements DoorStore {
  readonly pool: pg.Pool;
  readonly #cache = new Map<number, Cached>();
  readonly #turns = new Map<number, Promise<unknown>>();
  readonly #last: LastKnown;
  readonly #rang: Rang;
  /** How far the database's clock is ahead of this process's, ms; kept by whoever watches it, undefined until it knows. */
  clockAhead: number | undefined;

  constructor(pool: pg.Pool, rang: Rang) {
    this.pool = pool;
    this.#rang = rang;
    this.#last = lastKnown((number) =>
      this.#turns.has(number) ? 'busy' : this.#cache.get(number)?.incident,
    );
  }

  async inTurn<T>(incident: number, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(incident) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    this.#turns.set(incident, settled);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(incident) === settled) this.#turns.delete(incident);
    }
  }

  async incident(number: number, { fresh }: { fresh: boolean }): Promise<Incident | undefined> {
    const cached = this.#cache.get(number);
    if (cached && !fresh) return cached.incident;
    return (await this.#read(number))?.incident;
  }

  /** What was declared, which never changes: from memory, without a turn or a query once it has been read. */
  async declared(number: number): Promise<Incident['declared'] | undefined> {
    const cached = this.#cache.get(number) ?? (await this.inTurn(number, () => this.#read(number)));
    return cached?.incident.declared;
  }

  /** The incident as committed now, for drawing: waits its turn, so that no half-made draft is seen. */
  async look<T>(number: number, view: (incident: Incident) => T): Promise<T | undefined> {
    return this.inTurn(number, async () => {
      const found = await this.#read(number);
      return found && view(found.incident);
    });
  }

  /**
   * What this process knew last, for when the database does not answer. It may be behind by half a second and by
   * everything that other processes wrote since. Undefined: this process has not met the incident, or it is closed.
   */
  lastKnown(number: number): Incident | undefined {
    return this.#last.of(number);
  }

  /** Every incident that `lastKnown` knows. */
  allLastKnown(): readonly Incident[] {
    return this.#last.all();
  }

  forget(number: number): void {
    this.#cache.delete(number);
  }

  async nextNumber(): Promise<number> {
    const { rows } = await this.pool.query<{ next: number }>(
      'select coalesce(max(incident), 0)::int + 1 as next from incident_events where version = 1',
    );
    return rows[0]?.next ?? 1;
  }

  callerGone(incident: number, at: At): Promise<boolean> {
    return callerGone(this.pool, incident, at);
  }

  async write(write: Write): Promise<Written> {
    const { answer, events } = write;
    if (!answer.ok) throw new Error('a refusal is not written as events');
    const number = answer.incident;
    const head = events[0]?.version === 1 ? GENESIS : this.#cache.get(number)?.head;
    if (head === undefined) throw new Error(`INC-${number} was not read before it was written`);
    const sealed = seal(events, head);
    const { notAfter } = write;
    const ahead = this.clockAhead;
    const deadline = notAfter === undefined || ahead === undefined ? undefined : notAfter + ahead;
    const written = await writeCommand(this.pool, write, sealed, deadline, ahead);
    if ('done' in written) {
      const cached = this.#cache.get(number);
      const newHead = sealed.at(-1)?.hash ?? head;
      if (cached) cached.head = newHead;
      this.#last.changed(number);
      if (events.some(({ type }) => type === 'entry_erased')) this.#forgetWords(number);
    }
    return written;
  }

  heldLocks(keys: readonly string[]): Promise<HeldLock[]> {
    return heldLocks(this.pool, keys);
  }

  async refuse(command: Command, answer: Answer): Promise<Answer> {
    return writeRefusal(this.pool, command, answer);
  }

  ring(write: Write): void {
    this.#rang(write);
  }

  /** One event, when this version knows its type. */
  event(number: number, version: number): Promise<Event | undefined> {
    return eventAt(this.pool, number, version);
  }

  /** Every event of an incident, in order. */
  events(number: number): Promise<Event[]> {
    return allEvents(this.pool, number);
  }

  /** Reads on to this version, if this process knows the incident and is behind it: what was erased is forgotten then. */
  async readOn(number: number, version: number): Promise<void> {
    const cached = this.#cache.get(number);
    if (cached && cached.incident.version < version) await this.look(number, () => undefined);
  }

  /** What this process folded holds words that are gone for good now; read anew, also for when the database is away. */
  #forgetWords(number: number): void {
    this.#cache.delete(number);
    // Its turn comes after the one that is under way. Without an answer the next look reads it.
    this.look(number, () => undefined).catch(() => undefined);
  }

  async #read(number: number): Promise<Cached | undefined> {
    let cached = this.#cache.get(number);
    let tail = await eventsAfter(this.pool, number, cached?.incident.version ?? 0);
    // What was folded holds words that are gone for good now: this process forgets them, and reads what is left.
    if (cached && tail.some((read) => read.known && read.event.type === 'entry_erased')) {
      this.#cache.delete(number);
      cached = undefined;
      tail = await eventsAfter(this.pool, number, 0);
    }
    let found = cached;
    for (const read of tail) {
      if (!read.known) {
        if (!found) throw new Error(`INC-${number} begins with an event this version does not know`);
        found.incident.unknownEvents++;
        found.incident.version = read.version;
      } else if (read.event.type === 'incident_declared')
        found = { incident: begin(read.event), head: read.hash };
      else if (found) evolve(found.incident, read.event);
      if (found) found.head = read.hash;
    }
    if (found) {
      this.#cache.set(number, found);
      if (tail.length > 0) this.#last.changed(number);
    }
    return found;
  }
}
