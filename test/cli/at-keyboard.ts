/** Somebody at a keyboard before a run: what is shown, what they type, how it ended. */
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type FollowOptions, follow } from '../../src/cli/follow.ts';
import { type Person, personAt } from '../../src/cli/person.ts';
import type { Asker } from '../../src/incidents/commands.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { ana, type PureDoor } from '../support/pure-door.ts';

export interface Seat {
  readonly person: Person;
  /** Waits until the question is asked, then types the answer and Enter. */
  answer(question: string, typed: string): Promise<void>;
  /** Waits until a question is open, then presses Ctrl-C. */
  interrupt(question?: string): Promise<void>;
  press(keys: string): void;
  leave(): void;
}

/** Waits for a condition; fails after ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`did not happen: ${what()}`);
    await wait(5);
  }
}

export function seat(): Seat {
  const input = new PassThrough();
  const output = new PassThrough();
  let asked = '';
  let read = 0;
  output.on('data', (chunk: Buffer) => (asked += chunk.toString()));
  const shows = async (question: string) => {
    await until(
      () => asked.indexOf(question, read) >= 0,
      () => `${question} in ${JSON.stringify(asked.slice(read))}`,
    );
    read = asked.indexOf(question, read) + question.length;
  };
  return {
    person: personAt({ input, output, terminal: true }),
    async answer(question, typed) {
      await shows(question);
      input.write(`${typed}\r`);
    },
    async interrupt(question) {
      if (question !== undefined) await shows(question);
      input.write('\x03');
    },
    press: (keys) => input.write(keys),
    leave: () => input.end(),
  };
}

export interface Followed {
  readonly out: string[];
  readonly err: string[];
  readonly code: Promise<number>;
}

/** Follows INC-1 of a door in memory, as Ana or another. */
export function followed(
  door: PureDoor,
  options: Partial<FollowOptions> = {},
  runbooks: Record<string, Runbook> = {},
  as: Asker = ana,
): Followed {
  const out: string[] = [];
  const err: string[] = [];
  const code = follow(
    {
      incident: 1,
      me: as.person.id,
      choices: async (param) =>
        param.type === 'k8s/pod' ? [{ value: 'pod-0', label: 'pod-0 (leader)' }] : [],
      approves: as.levels.includes('approve'),
      now: () => door.now,
      zone: 'UTC',
      offered: (id) => {
        const runbook = runbooks[id];
        return runbook && { runbook, hash: 'h' };
      },
      events: async () => door.events,
      async look(view) {
        const state = await door.incident(1);
        return state && view(state);
      },
      send: (what) => door.send(as, what),
    },
    {
      json: false,
      yes: false,
      planOnly: false,
      print: (line) => out.push(line),
      warn: (line) => err.push(line),
      ...options,
    },
  );
  return { out, err, code };
}
