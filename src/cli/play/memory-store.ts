/** The door's store in memory, for one incident that nobody else sees: events, attempts and answers in plain lists. */
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
  readonly #answers = new Map<string, Answer>();

  async inTurn<T>(_incident: number, work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** Folded anew each time: what is folded is what was stored. */
  async incident(): Promise<Incident | undefined> {
    let state: Incident | undefined;
    for (const event of this.events) {
      if (event.type === 'incident_declared') state = begin(event);
      else if (state) evolve(state, event);
    }
    return state;
  }

  forget(): void {}

  async nextNumber(): Promise<number> {
    return 1;
  }

  async write(write: Write): Promise<Written> {
    const known = this.#answers.get(write.command.id);
    if (known) return { again: known };
    this.#answers.set(write.command.id, write.answer);
    // As from the store: through JSON and the schema of each event.
    for (const event of write.events) {
      const stored = parseEvent(event.type, JSON.parse(JSON.stringify(event.body)));
      if (!stored.known) throw new Error(`${event.type} is not known`);
      this.events.push({ ...event, ...stored.event });
    }
    this.attempts.push(...write.attempts);
    return { done: true };
  }

  /** Nobody else is here. */
  async heldLocks(): Promise<readonly HeldLock[]> {
    return [];
  }

  async refuse(_command: Command, answer: Answer): Promise<Answer> {
    return answer;
  }

  ring(): void {}
}
