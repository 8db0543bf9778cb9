/** What the channel and the card say of the comparison with before the incident. */
import { expect, it } from 'vitest';
import type { Bodies, EventOf } from '../../src/incidents/events.ts';
import { comparedWords, differenceLine, notComparedLine } from '../../src/slack/views/baseline.ts';

const frame = { incident: 7, version: 9, at: 0, by: { id: 'bot', name: 'Handrail' }, command: 'c' };
const found = (body: Partial<Bodies['difference_found']>): EventOf<'difference_found'> => ({
  ...frame,
  type: 'difference_found',
  body: {
    of: 1,
    from: 0,
    to: 1,
    objects: 41,
    questions: 0,
    leftOut: 0,
    older: [],
    notChecked: [],
    asked: [],
    ...body,
  },
});
const asked = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `D9.${n}`, place: 'p', value: 'v', reads: [] }));
const line = (body: Partial<Bodies['difference_found']>) => differenceLine(found(body), () => 'about 09:31');

it('say how many changes nobody recorded', () => {
  expect(line({})).toBe(
    ':mag: Compared 41 objects with how they were at about 09:31: nothing that nobody recorded.',
  );
  expect(line({ questions: 1, asked: asked(1) })).toContain(
    '*1 change that nobody recorded is on the list of what is left behind*.',
  );
  expect(line({ questions: 60, asked: asked(40), more: 20 })).toContain(
    '*60 changes that nobody recorded are on the list of what is left behind* (the first 40 of them).',
  );
  expect(line({ questions: 2 })).toContain(': nothing new that nobody recorded.');
});

it('name what was not checked and what is older, a few of each', () => {
  const text = line({
    notChecked: [{ kind: 'Secret', why: 'no right to list secrets: ask <@U1>' }],
    older: Array.from({ length: 8 }, (_, n) => `Deployment web${n} was made`),
  });
  expect(text).toContain('\nNot checked:\n• Secret: no right to list secrets: ask &lt;@U1&gt;');
  expect(text).toContain('so not asked:\n• Deployment web0 was made');
  expect(text).toContain('\n… and 3 more');
});

it('say that there was no comparison, so that nobody relies on an empty list', () => {
  const says = 'No snapshot of the namespace was taken when INC-7 was declared.';
  const failed: EventOf<'difference_failed'> = { ...frame, type: 'difference_failed', body: { says } };
  expect(notComparedLine(failed)).toBe(
    `:mag: Not compared with before the incident. ${says} What somebody changed without Handrail is not on the list of what is left behind.`,
  );
  const words = (more: object) => comparedWords({ differences: new Map(), ...more } as never);
  expect(words({ notCompared: says })).toBe(' _(not compared with before the incident)_');
  expect(words({ compared: { at: 0, objects: 41, notChecked: 2 } })).toBe(
    ' _(2 kinds of object not checked)_',
  );
  expect(words({ compared: { at: 0, objects: 41, notChecked: 0 } })).toBe('');
  expect(words({})).toBe('');
});
