/**
 * The door as people and workers use it: what is seen and said is kept on disk while the store does not answer, what
 * decides is refused with the commands to type instead (design/reliability.md).
 */
import { setTimeout as after } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Answer, Command, What } from '../incidents/commands.ts';
import type { Knowledge } from '../incidents/draft.ts';
import type { At } from '../incidents/events.ts';
import { handle, TooLate } from '../incidents/handle.ts';
import type { Incident } from '../incidents/state.ts';
import type { Brought, Journal, Kept } from '../store/journal.ts';
import type { Store } from '../store/store.ts';
import { fromDriver, isTrouble } from '../store/trouble.ts';

/** What is seen and said needs no state and is never refused. */
const keepable: ReadonlySet<What['do']> = new Set(['note', 'correct', 'settle']);

export interface Keeping {
  send(command: Command): Promise<Answer>;
  /** The store has answered: what is kept goes through the door. Safe to call at any time. */
  bringKept(): Promise<void>;
  /** True while the outcome of this attempt is on disk and not in the store: it is not lost. */
  holds(attempt: string): boolean;
}

export interface KeepingOptions {
  readonly store: Store;
  readonly knows: Knowledge;
  readonly journal: Journal;
  /** ms since 1970 since when the store does not answer; undefined while it does. */
  readonly awaySince: () => number | undefined;
  /** It did not answer just now. */
  readonly suspect: () => void;
  /** The store answers, and still something kept cannot be taken in. */
  readonly answers: () => Promise<boolean>;
  /** What a command of this id was answered, when it is stored. */
  readonly answerOf: (id: string) => Promise<Answer | undefined>;
  readonly now: () => number;
  readonly log: Logger;
  /** ms until something said is put on disk instead, ms within which a decision is written or never. */
  readonly patienceMs?: number;
  readonly decideWithinMs?: number;
}

/** Kept for longer than this it was an outage, also when it was over before anybody saw that. */
const LATE_MS = 2000;
const SLOW = Symbol('slow');
/** A decision is told as not known this much after it can no longer be written: clocks of machines differ. */
const MARGIN_MS = 1000;

export function keepingDoor(options: KeepingOptions): Keeping {
  const { store, knows, journal, awaySince, suspect, now, log } = options;
  const { patienceMs = 300, decideWithinMs = 5000 } = options;

  async function keep(command: Command): Promise<Answer> {
    const since = awaySince();
    await journal.append({ command, keptAt: now(), ...(since === undefined ? {} : { awaySince: since }) });
    return {
      ok: true,
      incident: command.incident ?? 0,
      version: 0,
      kept: true,
      says: "Handrail's own database does not answer now. This is kept on disk and goes onto the timeline when it does.",
    };
  }

  /** Neither the database nor the disk: the person is told at once. An outcome is tried again by who brings it. */
  function notKept(command: Command, error: unknown): Answer {
    if (command.what.do === 'settle') throw error;
    log.error({ err: error, command: command.id }, 'neither the database nor the disk takes anything');
    return {
      ok: false,
      code: 'store-away',
      says: "Handrail's own database does not answer, and its disk takes nothing: this could not be kept. Write it down yourself.",
    };
  }

  /** What follows something kept is kept too, so that the order stays. */
  const behindOthers = (incident: number | undefined): boolean =>
    journal.size > 0 && journal.waiting().some(({ command }) => command.incident === incident);

  async function observe(command: Command): Promise<Answer> {
    if (awaySince() !== undefined || behindOthers(command.incident))
      return keep(command).catch((error: unknown) => notKept(command, error));
    const asked = handle(store, knows, command);
    // Nobody waits for a worker's outcome: it may take a little longer before it counts as slow.
    const patience = command.what.do === 'settle' ? patienceMs * 5 : patienceMs;
    let answer: Answer | typeof SLOW;
    try {
      answer = await within(asked, patience);
    } catch (error) {
      suspect();
      log.warn({ err: error, command: command.id }, 'the store did not take this in; it is kept on disk');
      return keep(command).catch(() => {
        throw error;
      });
    }
    if (answer !== SLOW) return answer;
    suspect();
    log.info({ command: command.id }, 'the store is slow; this is kept on disk as well');
    // When the disk refuses too, only waiting is left.
    return keep(command).catch(() => asked);
  }

  async function decideInTime(command: Command): Promise<Answer> {
    const since = awaySince();
    if (since !== undefined) return refusal(command, 'This was not done.');
    try {
      const asked = handle(store, knows, command, now() + decideWithinMs);
      const answer = await within(asked, decideWithinMs + MARGIN_MS);
      if (answer !== SLOW) return answer;
    } catch (error) {
      if (error instanceof TooLate) return refusal(command, 'This was not done.');
      if (fromDriver(error)) {
        // The answer was lost on the way: the statement may have been done.
        const known = await options.answerOf(command.id).catch(() => undefined);
        if (known) return known;
      } else if (!isTrouble(error) && (await options.answers())) throw error;
      log.warn({ err: error, command: command.id }, 'the store did not answer a decision');
    }
    suspect();
    return refusal(
      command,
      'Whether this was taken shows in the channel when it does; until then nothing is called.',
    );
  }

  function refusal(command: Command, what: string): Answer {
    const byHand = byHandOf(store.lastKnown(command.incident ?? 0), command.what);
    const instead =
      command.what.do === 'declare'
        ? ' Open a channel yourself and write there: messages can be put on a timeline later.'
        : ' Notes still work.';
    return {
      ok: false,
      code: 'store-away',
      says: `Handrail's own database does not answer. ${what}${instead}`,
      ...(byHand.length > 0 ? { byHand } : {}),
    };
  }

  /** One kept command through the door. What the store answers and still cannot take in is put aside, never dropped. */
  async function bring({ command }: Kept): Promise<Brought> {
    try {
      const answer = await handle(store, knows, command);
      if (!answer.ok) log.warn({ command: command.id, says: answer.says }, 'something kept was refused');
      return answer.ok ? 'done' : 'aside';
    } catch (error) {
      // A standby that only reads, a full disk: it goes in later.
      if (isTrouble(error) || !(await options.answers())) throw error;
      // The first error may have been the end of the outage.
      return handle(store, knows, command).then(
        (answer) => (answer.ok ? 'done' : 'aside'),
        (again: unknown) => {
          if (isTrouble(again)) throw again;
          log.error({ err: again, command: command.id }, 'something kept cannot be taken in');
          return 'aside';
        },
      );
    }
  }

  // Of the entries that are through but not all of their incident's: a replay may need several tries.
  const inOutage = new Set<number>();
  const brought = new Map<number, { since: number; commands: string[] }>();

  async function bringKept(): Promise<void> {
    if (journal.size === 0 || awaySince() !== undefined) return;
    // The first of an outage are kept before anybody knows that it is one.
    for (const { command, awaySince: since } of journal.waiting())
      if (since !== undefined && command.incident !== undefined) inOutage.add(command.incident);
    await journal.replay(async (kept) => {
      const done = await bring(kept);
      const { command } = kept;
      const late = now() - kept.keptAt > LATE_MS || inOutage.has(command.incident ?? 0);
      const since = kept.awaySince ?? (late ? kept.keptAt : undefined);
      if (done === 'done' && since !== undefined && command.incident !== undefined) {
        const one = brought.get(command.incident) ?? { since, commands: [] };
        if (!one.commands.includes(command.id)) one.commands.push(command.id);
        brought.set(command.incident, { ...one, since: Math.min(one.since, since) });
      }
      // The last of an incident says so with it: a process killed before would say it the next time.
      const last = !journal
        .waiting()
        .some((other) => other !== kept && other.command.incident === command.incident);
      const told = last && command.incident !== undefined ? brought.get(command.incident) : undefined;
      if (told && command.incident !== undefined) {
        await tellOutage(command.incident, told);
        brought.delete(command.incident);
        inOutage.delete(command.incident);
      }
      return done;
    });
  }

  async function tellOutage(
    incident: number,
    { since, commands }: { since: number; commands: readonly string[] },
  ): Promise<void> {
    await handle(store, knows, {
      id: `outage:${incident}:${commands[0] ?? since}`,
      incident,
      by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] },
      now: now(),
      what: { do: 'record outage', since, until: now(), commands },
    });
  }

  return {
    send: (command) => (keepable.has(command.what.do) ? observe(command) : decideInTime(command)),
    bringKept,
    holds: (attempt) =>
      journal
        .waiting()
        .some(({ command }) => command.what.do === 'settle' && command.what.attempt === attempt),
  };
}

/** What a person would type instead of the step that a decision is about. */
function byHandOf(incident: Incident | undefined, what: What): readonly string[] {
  if (!incident) return [];
  const at: Partial<At> | undefined =
    'at' in what && typeof what.at === 'object' ? what.at : what.do === 'undo' ? what : undefined;
  if (at?.run === undefined || at.step === undefined) return [];
  const tries = incident.runs.get(at.run)?.steps.get(at.step)?.tries ?? [];
  return (tries.find((one) => one.try === at.try) ?? tries.at(-1))?.byHand ?? [];
}

async function within<T>(work: Promise<T>, ms: number): Promise<T | typeof SLOW> {
  // It may fail when nobody waits for it any more.
  work.catch(() => undefined);
  const ended = new AbortController();
  try {
    return await Promise.race([
      work,
      after(ms, SLOW, { signal: ended.signal }).catch((): typeof SLOW => SLOW),
    ]);
  } finally {
    ended.abort();
  }
}
