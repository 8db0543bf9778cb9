// What becomes of a lock that was taken over, decided without a database.
import type { What } from '../../src/incidents/commands.ts';
import type { LockRows } from '../support/lock-rows.ts';
import { everyoneIn, writeLocks } from '../support/lock-rows.ts';
import { bot, PureDoor } from '../support/pure-door.ts';
import { playLocks } from './locks-given-back.ts';

playLocks(async () => {
  const door = new PureDoor();
  return {
    declare: () => door.declare(),
    send: (by, what, incident) => door.send(by, what, incident),
    settle: (incident, run, outcome) => {
      const purpose = 'lost' in outcome ? outcome.lost : outcome.purpose;
      const attempt = door.attempts.findLast(
        ({ id, at, purpose: of }) => id.startsWith(`${incident}.`) && at.run === run && of === purpose,
      );
      if (!attempt) throw new Error(`nobody asked INC-${incident} for ${purpose}`);
      const { id, at } = attempt;
      const what: What =
        'lost' in outcome
          ? { do: 'give up attempt', attempt: id, at, purpose: outcome.lost }
          : { do: 'settle', attempt: id, at, outcome, seconds: 1 };
      return door.send(bot, what, incident, 'lost' in outcome ? `lost:${id}` : `settle:${id}`);
    },
    hash: async (incident, at) => {
      const tries = (await door.incident(incident))?.runs.get(at.run)?.steps.get(at.step)?.tries;
      return tries?.find((one) => one.try === at.try)?.planned?.hash ?? '';
    },
    rows: async () =>
      [...door.locks].map(
        ([key, row]) =>
          `${key}: ${everyoneIn(row)
            .map(({ holder }) => holder)
            .join(' over ')}`,
      ),
    rebuilt: async () => {
      const rebuilt: LockRows = new Map();
      for (const { answer, lookups } of door.writes)
        writeLocks(rebuilt, answer.ok ? answer.incident : 0, lookups);
      return { stored: [...door.locks], rebuilt: [...rebuilt] };
    },
  };
});
