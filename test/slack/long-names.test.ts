// Names that are too long for where they stand: cut at a word, never inside a character, with the number kept.
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { header } from '../../src/slack/blocks.ts';
import { cut } from '../../src/slack/fit.ts';
import { bookmarkTitle } from '../../src/slack/publish/open-channel.ts';
import { channelName, topic } from '../../src/slack/views/card.ts';
import { until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  expect(world?.bugs ?? []).toEqual([]);
  world = undefined;
});

const family = '👨‍👩‍👧‍👦';
const flag = '🇨🇦';

it('a cut ends with a whole word and an ellipsis', () => {
  expect(cut('The registration service answers slowly', 30)).toBe('The registration service…');
  expect(cut('The registration, which is slow', 20)).toBe('The registration…');
  // One long word is cut inside: half of it tells more than nothing.
  expect(cut('registration-service-answers-slowly', 20)).toBe('registration-servic…');
  expect(cut('short', 20)).toBe('short');
});

it('never inside a character that people see as one', () => {
  expect(cut(`ab${family}${family}`, 14)).toBe(`ab${family}…`);
  expect(cut(`ab${family}${family}`, 13)).toBe('ab…');
  expect(cut(`abcd${flag}${flag}`, 10)).toBe(`abcd${flag}…`);
  expect(cut(`abcd${flag}`, 7)).toBe('abcd…');
  expect(cut('e\u0301e\u0301e\u0301', 5)).toBe('e\u0301e\u0301…');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 60 }), (text, most) => {
      const short = cut(text, most);
      expect(short.length).toBeLessThanOrEqual(most);
      if (short !== text) expect(text.startsWith(short.slice(0, -1))).toBe(true);
    }),
  );
});

it('a title of 200 characters: header, topic, bookmark and channel keep what matters', async () => {
  world = await startWorld();
  const words = 'The registration service answers slowly since noon '.repeat(5).slice(0, 190).trim();
  const title = `${words} ${family}`;
  const ann = world.slack.as('ann');
  await ann.slash('random', '/incident', `start ${title}`);
  await ann.fill(undefined, { system: 'web-api' });
  await ann.submitView();
  await until(() => world?.of('message_posted').some(({ body }) => body.what === 'card'));
  const incident = await world.core.incident(1);
  if (!incident) throw new Error('no incident');
  const head = header(`INC-1 ${incident.declared.title}`) as { text: { text: string } };
  expect(head.text.text).toMatch(
    /^INC-1 The registration .*(?:service|slowly|since|noon|answers|registration|The)…$/,
  );
  expect(head.text.text.length).toBeLessThanOrEqual(150);
  expect(topic(incident)).toMatch(/^INC-1 · SEV3 · investigating · lead ann · The registration .*$/);
  expect(topic(incident).length).toBeLessThanOrEqual(250);
  expect(channelName(incident)).toMatch(/^inc-1-the-registration-service-answers(?:-slowly)?$/);
  const bookmark = bookmarkTitle(
    'Architecture in all of its parts '.repeat(4),
    'The documents of the registration service '.repeat(4),
  );
  expect(bookmark.length).toBeLessThanOrEqual(200);
  expect(bookmark).toMatch(/^Architecture .*… · The documents .*…$/);
});
