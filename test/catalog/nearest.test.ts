/** The nearest name: what counts as a misspelling. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../../src/catalog/nearest.ts';

const keys = ['zone', 'report', 'incidents_channel', 'systems', 'id'];

test.each([
  ['zona', 'zone'],
  ['reprot', 'report'],
  ['incidents-channel', 'incidents_channel'],
  ['incidentChannel', 'incidents_channel'],
  ['SYSTEMS', 'systems'],
  ['colour', undefined],
  ['', undefined],
  ['x', undefined],
  ['x'.repeat(5000), undefined],
])('%s: %s', (name, expected) => {
  expect(nearest(name, keys)).toBe(expected);
});

test('one letter more, less or other in a name is still that name', () => {
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  fc.assert(
    fc.property(name, fc.nat(), fc.constantFrom('more', 'less', 'other'), (word, at, how) => {
      const place = at % word.length;
      const kept = word.slice(0, place) + (how === 'more' ? `_${word[place]}` : how === 'less' ? '' : '_');
      expect(nearest(kept + word.slice(place + 1), ['0'.repeat(word.length), word])).toBe(word);
    }),
  );
});
