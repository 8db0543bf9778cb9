// When the database answers again: what is kept goes in first, whatever Slack does, and the cards are drawn after it.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { Effect } from '../../src/incidents/react.ts';
import { awayWatcher } from '../../src/perform/away.ts';
import type { Showing } from '../../src/perform/effects.ts';
import type { Loop } from '../../src/perform/loop.ts';
import type { Worker } from '../../src/perform/worker.ts';
import { waitUntil } from '../support/control-plane/waiting.ts';
import { PureDoor } from '../support/pure-door.ts';

/** A promise that is kept when the test says so. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** One open incident with a channel; `done` holds in order what was brought, swept and drawn. */
async function stage(options: { bring?: () => Promise<void>; publish?: () => Promise<void> }) {
  const door = new PureDoor();
  await door.declare();
  const incident = await door.incident(1);
  if (!incident) throw new Error('INC-1 is there');
  incident.channel = { id: 'C1', name: 'inc-1' };
  const done: string[] = [];
  const worker = {
    pool: { query: async () => ({ rows: [] }) },
    store: {
      allLastKnown: () => [incident],
      lastKnown: () => incident,
      look: async (_number: number, view: (state: typeof incident) => unknown) => view(incident),
    },
    keeping: {
      bringKept: async () => {
        await options.bring?.();
        done.push('brought');
      },
    },
    now: () => new Date(5),
    log: pino({ level: 'silent' }),
  } as unknown as Worker;
  const showing = {
    publish: async (effect: Effect, { awaySince }: { awaySince?: number }) => {
      done.push(`${effect.kind}${awaySince === undefined ? '' : ' away'}`);
      await options.publish?.();
      return { done: true, says: '' };
    },
  } as unknown as Showing;
  const loop = {
    sweep: async () => {
      done.push('swept');
    },
  } as unknown as Loop;
  return { away: awayWatcher(worker, showing, loop, worker.log), done };
}

it('a card is drawn after what is kept was brought, and shows it', async () => {
  const bringing = gate();
  const { away, done } = await stage({ bring: () => bringing.opened });
  away(1000);
  await waitUntil('the card says that the database is away', () => done.includes('card away'));
  away(undefined);
  // Everything that does not wait for the bringing has its turn.
  for (let turn = 0; turn < 50; turn++) await new Promise((next) => setImmediate(next));
  expect(done).toEqual(['card away']);
  bringing.open();
  await waitUntil('the card is drawn again', () => done.includes('card'));
  expect(done).toEqual(['card away', 'brought', 'swept', 'card']);
});

it('what is kept is brought although Slack does not take the card', async () => {
  const slack = gate();
  const { away, done } = await stage({ publish: () => slack.opened });
  away(1000);
  await waitUntil('the card is on its way to Slack', () => done.includes('card away'));
  away(undefined);
  await waitUntil('what is kept was brought', () => done.includes('brought'));
  // And at every later answer, as long as something is kept.
  away(undefined);
  await waitUntil(
    'what is kept was brought again',
    () => done.filter((one) => one === 'brought').length === 2,
  );
  expect(done).toEqual(['card away', 'brought', 'brought']);
  slack.open();
  await waitUntil('the card is drawn again', () => done.includes('card'));
  expect(done.slice(3)).toEqual(['swept', 'card']);
});

it('the cards are drawn also when what is kept cannot be brought', async () => {
  const { away, done } = await stage({
    bring: async () => {
      throw new Error('not yet');
    },
  });
  away(1000);
  await waitUntil('the card says that the database is away', () => done.includes('card away'));
  away(undefined);
  await waitUntil('the card is drawn again', () => done.includes('card'));
  expect(done).toEqual(['card away', 'swept', 'card']);
});
