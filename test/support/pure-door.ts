/** The door over a store in memory, with actions that a test answers by hand: for tests of deciding alone. */
import { z } from 'zod';
import { MemoryStore } from '../../src/cli/play/memory-store.ts';
import type { Answer, Asker, Command, Outcome, What } from '../../src/incidents/commands.ts';
import type { Knowledge, NewAttempt } from '../../src/incidents/draft.ts';
import type { At } from '../../src/incidents/events.ts';
import { handle, type Write, type Written } from '../../src/incidents/handle.ts';
import type { HeldLock } from '../../src/incidents/locks.ts';
import type { TryState } from '../../src/incidents/state.ts';
import { lastTry } from '../../src/incidents/state.ts';
import { languageOf } from '../../src/runbooks/language.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import type { Signature } from '../../src/runbooks/signature.ts';
import { everyoneIn, type LockRow, writeLocks } from './lock-rows.ts';

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

export class PureDoor extends MemoryStore {
  readonly locks = new Map<string, LockRow>();
  readonly knows: Knowledge;
  writes: Write[] = [];
  now = Date.UTC(2026, 0, 10, 9, 34);
  #ids = 0;

  constructor(options: { others?: number; runbooks?: Record<string, Runbook> } = {}) {
    super();
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

  override async write(write: Write): Promise<Written> {
    const written = await super.write(write);
    if ('done' in written) this.writes.push(write);
    return written;
  }
  protected override takeLocks({ answer, lookups }: Write): readonly HeldLock[] {
    return this.#held(writeLocks(this.locks, answer.ok ? answer.incident : 0, lookups));
  }
  override async heldLocks(keys: readonly string[]): Promise<readonly HeldLock[]> {
    return this.#held(keys);
  }
  /** A call may still arrive until its outcome came back. */
  #held(keys: readonly string[]): readonly HeldLock[] {
    return keys.toSorted().flatMap((key) => {
      const held = this.locks.get(key);
      if (!held) return [];
      const { incident, value } = held;
      const { run = 0, step = '', try: number = 0, by, since, holder = '', runbook } = value;
      const running = everyoneIn(held).flatMap((one) =>
        this.#arrives(one.incident ?? incident, one)
          ? [{ by: one.by, incident: one.incident ?? incident }]
          : [],
      );
      const more = runbook ? { runbook } : {};
      return [{ key, incident, by, since, holder, at: { run, step, try: number }, running, ...more }];
    });
  }
  #arrives(incident: number, { run, step, try: number }: Partial<At>): boolean {
    const act = this.attempts.findLast(
      ({ id, purpose, at }) =>
        purpose === 'act' &&
        id.startsWith(`${incident}.`) &&
        at.run === run &&
        at.step === step &&
        at.try === number,
    );
    return act !== undefined && !this.answers.has(`settle:${act.id}`);
  }
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
