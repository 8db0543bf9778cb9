// The night of pidp-patroni, after the repair: at resolve the checks that had been bad run once more, and it is shown.
import { expect, it } from 'vitest';
import type { Event, EventOf, EventType } from '../../../src/incidents/events.ts';
import { waitUntil } from '../../support/control-plane/waiting.ts';
import { played } from './played.ts';

const of = <T extends EventType>(events: readonly Event[], type: T) =>
  events.filter((event): event is EventOf<T> & Event => event.type === type);

it('shows that what was bad is well, and the responder waits for nothing', async () => {
  let shown = '';
  const { events, plan } = await played({
    seed: 1,
    after: async ({ slack }) => {
      const channel = [...slack.state.channels.values()].find(({ name }) => name.startsWith('inc-1-'));
      shown = await waitUntil('the message about the checks', () => {
        const about = slack
          .as('ana')
          .history(channel?.id ?? '')
          .filter(({ text }) => String(text).startsWith('Checked again at resolve: '));
        expect(about.length).toBeLessThanOrEqual(1);
        return about[0] && JSON.stringify(about[0]);
      });
    },
  });
  const [resolved] = of(events, 'resolved');
  const repeats = resolved?.body.repeats ?? [];
  const repeated = of(events, 'check_repeated');
  expect(repeated.map(({ body }) => body.attempt).toSorted()).toEqual(
    repeats.map(({ attempt }) => attempt).toSorted(),
  );
  const found = new Map(repeated.map(({ body }) => [body.title, body.verdict]));
  expect(found.get(`Which database does ${plan.api} use?`)).toBe('ok');
  // All pods are ready; the warnings of the night are still on record.
  expect(found.get(`Is ${plan.api} ready?`)).toMatch(/^(ok|warn)$/);
  // What only reads what happened is not asked whether all is well.
  expect([...found.keys()]).not.toContain(`The last lines of ${plan.api}`);
  expect([...found.values()].filter((verdict) => verdict === 'bad' || verdict === 'unknown')).toEqual([]);
  expect(repeats.map(({ was }) => was)).toEqual(repeats.map(() => 'bad'));
  expect(shown).toContain(`✓ Which database does ${plan.api} use? (was bad)`);
  expect(shown).not.toMatch(/<@|still bad/);
});
