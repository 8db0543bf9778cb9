/** The door's store in memory, for one process that nobody else writes beside: events, attempts and answers in lists. */
import type { Answer, Command } from '../../incidents/commands.ts';
import type { NewAttempt } from '../../incidents/draft.ts';
import { type Event, parseEvent } from '../../incidents/events.ts';
import { begin, evolve } from '../../incidents/evolve.ts';
import type { DoorStore, Write, Written } from '../../incidents/handle.ts';
import type { HeldLock } from '../../incidents/locks.ts';
import type { Incident } from '../../incidents/state.ts';

export class MemoryStore implements DoorStore {
  readonly events: Event[] = [];
  readonly attempts: NewAttempt[] = [];
  readonly answers = new Map<string, Answer>();

  async inTurn<T>(_incident: number, work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** Folded anew each time: what is folded is what was stored. */
  async incident(number: number): Promise<Incident | undefined> {
    let state: Incident | undefined;
    for (const event of this.events.filter((one) => one.incident === number)) {
      if (event.type === 'incident_declared') state = begin(event);
      else if (state) evolve(state, event);
    }
    return state;
  }

  forget(): void {}

  async nextNumber(): Promise<number> {
    return Math.max(0, ...this.events.map((event) => event.incident)) + 1;
  }

  async write(write: Write): Promise<Written> {
    const known = this.answers.get(write.command.id);
    if (known) return { again: known };
    const [first] = write.events;
    const last = this.events.findLast((one) => one.incident === first?.incident)?.version ?? 0;
    if (first && first.version !== last + 1) return { conflict: true };
    const locked = this.takeLocks(write);
    if (locked.length > 0) return { locked };
    this.answers.set(write.command.id, write.answer);
    // As from the store: through JSON and the schema of each event.
    for (const event of write.events) {
      const stored = parseEvent(event.type, JSON.parse(JSON.stringify(event.body)));
      if (!stored.known) throw new Error(`${event.type} is not known`);
      this.events.push({ ...event, ...stored.event });
    }
    this.attempts.push(...write.attempts);
    return { done: true };
  }

  /** The locks of this write that others hold; without any they are taken. Here nobody else is. */
  protected takeLocks(_write: Write): readonly HeldLock[] {
    return [];
  }

  async heldLocks(_keys: readonly string[]): Promise<readonly HeldLock[]> {
    return [];
  }

  async refuse(command: Command, answer: Answer): Promise<Answer> {
    const known = this.answers.get(command.id);
    if (known) return known;
    this.answers.set(command.id, answer);
    return answer;
  }

  ring(): void {}
}
