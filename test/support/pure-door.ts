/** The door over a store in memory, with actions that a test answers by hand: for tests of deciding alone. */
import { z } from 'zod';
import type { Answer, Asker, Command, Outcome, What } from '../../src/incidents/commands.ts';
import type { Knowledge, NewAttempt } from '../../src/incidents/draft.ts';
import { type Event, parseEvent } from '../../src/incidents/events.ts';
import { begin, evolve } from '../../src/incidents/evolve.ts';
import { type DoorStore, handle, type Write, type Written } from '../../src/incidents/handle.ts';
import type { HeldLock, LockValue } from '../../src/incidents/locks.ts';
import type { Incident, TryState } from '../../src/incidents/state.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import type { Signature } from '../../src/runbooks/signature.ts';

const size: Signature = {
  name: 't.size',
  changes: false,
  version: 1,
  params: z.object({ name: z.string() }),
  output: z.object({ size: z.int() }),
  capturesBefore: false,
  sensitive: [],
  byHand: ({ name }) => [`look ${String(name)}`],
};
const resize: Signature = {
  ...size,
  name: 't.resize',
  changes: true,
  params: z.object({ name: z.string(), size: z.int() }),
  planValues: z.object({ before: z.int(), after: z.int() }),
  capturesBefore: true,
  byHand: ({ name, size: to }) => [`resize ${String(name)} ${String(to)}`],
};
const signatures = new Map([size, resize].map((one) => [one.name, one]));
export const register = (name: string) => signatures.get(name);

/** A runbook from its text; throws when it does not load. */
export function runbookOf(text: string): Runbook {
  const { runbook, problems } = parseRunbook(text, 'test.yaml', register);
  const errors = problems.filter((problem) => problem.level === 'error');
  if (!runbook || errors.length > 0)
    throw new Error(errors.map((problem) => `${problem.line}: ${problem.says}`).join('\n'));
  return runbook;
}

export const ana: Asker = {
  person: { id: 'slack:UANA', name: 'Ana' },
  levels: ['observe', 'operate'],
  groups: [],
};
export const ben: Asker = {
  person: { id: 'slack:UBEN', name: 'Ben' },
  levels: ['observe', 'operate', 'approve'],
  groups: ['group:dba'],
};
export const guest: Asker = {
  person: { id: 'slack:UGUEST', name: 'Guest' },
  levels: ['observe'],
  groups: [],
};
export const bot: Asker = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };

export class PureDoor implements DoorStore {
  readonly events: Event[] = [];
  readonly attempts: NewAttempt[] = [];
  readonly answers = new Map<string, Answer>();
  readonly locks = new Map<string, { incident: number; value: LockValue }>();
  readonly knows: Knowledge;
  writes: Write[] = [];
  now = Date.UTC(2026, 0, 10, 9, 34);
  #ids = 0;

  constructor(options: { others?: number; runbooks?: Record<string, Runbook> } = {}) {
    this.knows = {
      language: languageOf(register),
      runbook: (id) => {
        const runbook = options.runbooks?.[id];
        return runbook && { runbook, hash: 'h' };
      },
      mayApprove: (asker, from) =>
        from.length === 0
          ? asker.levels.includes('approve')
          : from.some((group) => asker.groups.includes(group)),
      samePerson: (a, b) => a === b,
      otherApprovers: () => options.others ?? 1,
      aloneAfterMs: 300_000,
      executeWithinMs: 300_000,
    };
  }

  async inTurn<T>(_incident: number, work: () => Promise<T>): Promise<T> {
    return work();
  }
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
    const last = this.events.filter((one) => one.incident === write.events[0]?.incident).at(-1)?.version ?? 0;
    if (write.events[0] && write.events[0].version !== last + 1) return { conflict: true };
    const incident = write.answer.ok ? write.answer.incident : 0;
    const wanted = write.lookups.put.flatMap(({ kind, key, value }) =>
      kind === 'lock' ? [{ key, value: value as LockValue }] : [],
    );
    const locked = this.#held(wanted.map(({ key }) => key)).filter(({ key, holder }) => {
      const mine = wanted.find((one) => one.key === key)?.value;
      return holder !== mine?.holder && holder !== mine?.from;
    });
    if (locked.length > 0) return { locked };
    for (const { key, value } of wanted) this.locks.set(key, { incident, value });
    for (const { kind, key, holder } of write.lookups.drop)
      if (kind === 'lock' && this.locks.get(key)?.value.holder === holder) this.locks.delete(key);
    this.answers.set(write.command.id, write.answer);
    // As from the store: through JSON and the schema of each event.
    for (const event of write.events) {
      const stored = parseEvent(event.type, JSON.parse(JSON.stringify(event.body)));
      if (!stored.known) throw new Error(`${event.type} is not known`);
      this.events.push({ ...event, ...stored.event });
    }
    this.attempts.push(...write.attempts);
    this.writes.push(write);
    return { done: true };
  }
  async heldLocks(keys: readonly string[]): Promise<readonly HeldLock[]> {
    return this.#held(keys);
  }
  /** A call may still arrive until its outcome came back. */
  #held(keys: readonly string[]): readonly HeldLock[] {
    return keys.toSorted().flatMap((key) => {
      const held = this.locks.get(key);
      if (!held) return [];
      const { incident, value } = held;
      const { run = 0, step = '', try: number = 0, by, since, holder = '', runbook } = value;
      const act = this.attempts.findLast(
        ({ id, purpose, at }) =>
          purpose === 'act' &&
          id.startsWith(`${incident}.`) &&
          at.run === run &&
          at.step === step &&
          at.try === number,
      );
      const arrives = act !== undefined && !this.answers.has(`settle:${act.id}`);
      const more = runbook ? { runbook } : {};
      return [{ key, incident, by, since, holder, at: { run, step, try: number }, arrives, ...more }];
    });
  }
  async refuse(command: Command, answer: Answer): Promise<Answer> {
    const known = this.answers.get(command.id);
    if (known) return known;
    this.answers.set(command.id, answer);
    return answer;
  }
  ring(): void {}

  send(by: Asker, what: What, incident: number | undefined = 1, id = `c${++this.#ids}`): Promise<Answer> {
    this.now += 1000;
    const command: Command = { id, ...(incident === undefined ? {} : { incident }), by, now: this.now, what };
    return handle(this, this.knows, command);
  }

  declare(by: Asker = ana, more: { drill?: boolean } = {}): Promise<Answer> {
    const body = {
      title: 'web-api answers 500',
      severity: 'SEV2' as const,
      namespace: 'prod',
      noticed: 'Metabase shows no data',
      since: this.now,
      zone: 'UTC',
      private: false,
      drill: more.drill ?? false,
      quiet: false,
      invited: [],
    };
    this.now += 1000;
    return handle(this, this.knows, {
      id: `d${++this.#ids}`,
      by,
      now: this.now,
      what: { do: 'declare', body },
    });
  }

  start(runbook: Runbook, params: Record<string, unknown> = {}, by: Asker = ana): Promise<Answer> {
    return this.send(by, { do: 'start run', runbook, hash: 'h', params });
  }

  /** Answers the newest attempt of this purpose, as a worker would. */
  async settle(outcome: Outcome): Promise<Answer> {
    const attempt = this.attempts.findLast((one) => one.purpose === outcome.purpose);
    if (!attempt) throw new Error(`nobody asked for ${outcome.purpose}`);
    const { id, at, looseEnd } = attempt;
    const what: What = {
      do: 'settle',
      attempt: id,
      at,
      outcome,
      seconds: 1,
      ...(looseEnd ? { looseEnd } : {}),
    };
    return this.send(bot, what, 1, `settle:${id}`);
  }

  async lose(purpose: NewAttempt['purpose']): Promise<Answer> {
    const attempt = this.attempts.findLast((one) => one.purpose === purpose);
    if (!attempt) throw new Error(`nobody asked for ${purpose}`);
    const { id, at } = attempt;
    return this.send(bot, { do: 'give up attempt', attempt: id, at, purpose }, 1, `lost:${id}`);
  }

  async one(step: string, run = 1): Promise<TryState> {
    const state = await this.incident(1);
    const found = lastTry(state?.runs.get(run)?.steps.get(step));
    if (!found) throw new Error(`the step ${step} was never opened`);
    return found;
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }
}
