// A database that does not answer for a moment while a terminal follows a run, or asks its person.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PureDoor, runbookOf } from '../support/pure-door.ts';
import { followed, type Seat, seat, until } from './at-keyboard.ts';

const ASKS = `
apiVersion: runbook/v1
id: night
title: A night
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
params: {}
steps:
  - id: go
    kind: ask
    title: Go on?
    choices: [{ id: go, label: Go on }, { id: leave, label: Leave it }]`;

/** A door whose reads fail as often as it is told, as when the connection is cut. */
class Shaky extends PureDoor {
  failing = 0;
  failed = 0;
  says: Error = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  override async incident(number: number) {
    if (this.failing > 0) {
      this.failing--;
      this.failed++;
      throw this.says;
    }
    return await super.incident(number);
  }
}

let door: Shaky;
let at: Seat;
beforeEach(async () => {
  door = new Shaky();
  at = seat();
  await door.declare();
  await door.start(runbookOf(ASKS), {});
});
afterEach(() => at.person.close());

const answerIt = async () => {
  await at.answer('[a] answer', 'a');
  await at.answer('Your choice (number)', '1');
  await at.answer('Why?', '');
};

it('is told once, waited for, and gone on with where it was', async () => {
  door.failing = 3;
  const shown = followed(door, { person: at.person });
  await answerIt();
  expect(await shown.code).toBe(0);
  expect(door.failed).toBe(3);
  expect(shown.err.filter((line) => line.startsWith('The database does not answer'))).toEqual([
    'The database does not answer: Connection terminated unexpectedly. Waiting for it; Ctrl-C leaves.',
  ]);
});

it('does not end the terminal while a question is open: the answer counts', async () => {
  const shown = followed(door, { person: at.person });
  await until(
    () => shown.out.some((line) => line.includes('Go on?')),
    () => shown.out.join('\n'),
  );
  // Beside an open question the terminal looks every quarter of a second whether somebody else has answered.
  door.failing = 2;
  await until(
    () => door.failed === 2,
    () => `${door.failed} looks failed`,
  );
  await answerIt();
  expect(await shown.code).toBe(0);
});

it('is not taken for what never goes away: an error of ours ends with its words', async () => {
  door.says = new Error('no such event');
  door.failing = 1;
  await expect(followed(door, { person: at.person }).code).rejects.toThrow('no such event');
});

it('can be left with Ctrl-C', async () => {
  door.failing = Number.POSITIVE_INFINITY;
  const shown = followed(door, { person: at.person });
  await until(
    () => door.failed > 0,
    () => 'a failed look',
  );
  at.press('\x03');
  expect(await shown.code).toBe(3);
  expect(door.events.some(({ type }) => type === 'run_ended')).toBe(false);
  expect(shown.out.join('\n')).toContain('INC-1 stays open.');
});
