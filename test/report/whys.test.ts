/** The tree of whys: each answer under the one that it explains, open ends marked, what is removed gone with its branch. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bodies, Event } from '../../src/incidents/events.ts';
import { openEnds, type Why, whysOf } from '../../src/report/model/whys.ts';
import { report } from '../../src/report/report.ts';
import { lena, marek } from '../support/pidp-night.ts';
import { declaration, story } from '../support/story.ts';

type Written = Bodies['why_written'];
const why = (id: string, parent?: string, more: Partial<Written> = {}): Written => ({
  id,
  text: `text of ${id}`,
  open: false,
  ...(parent === undefined ? {} : { parent }),
  ...more,
});
const removed = (id: string): Written => why(id, undefined, { text: '', removed: true });

function events(...written: readonly Written[]): readonly Event[] {
  const s = story('2024-01-10', 'UTC').at('10:00');
  s.add(marek, 'incident_declared', declaration({ since: s.now(), zone: 'UTC', noticed: 'It is down.' }));
  for (const body of written) s.add(lena, 'why_written', body);
  return s.events;
}

/** `a(b(c),d)` */
const shape = (whys: readonly Why[]): string =>
  whys.map(({ id, why: under }) => (under.length > 0 ? `${id}(${shape(under)})` : id)).join(',');
const shapeOf = (...written: readonly Written[]): string => shape(whysOf(events(...written)));

describe('the tree', () => {
  it.each([
    ['answers under answers', [why('a'), why('b', 'a'), why('c', 'b'), why('d', 'a')], 'a(b(c),d)'],
    ['an answer that is moved', [why('a'), why('b', 'a'), why('c', 'b'), why('c', 'a')], 'a(b,c)'],
    ['a removed answer takes its branch', [why('a'), why('b', 'a'), why('c', 'b'), removed('b')], 'a'],
    ['a removed one that is written again', [why('a'), why('b', 'a'), removed('b'), why('b', 'a')], 'a(b)'],
    ['an answer to one that never was', [why('a'), why('b', 'nothing')], 'a,b'],
    ['answers in a circle', [why('a'), why('b', 'c'), why('c', 'b')], 'a,b(c)'],
    ['an answer to itself', [why('a', 'a')], 'a'],
    ['names of things that every object has', [why('constructor'), why('b', '__proto__')], 'constructor,b'],
  ])('%s', (_, written, expected) => {
    expect(shapeOf(...written)).toBe(expected);
  });

  it('has the last text of each, and knows which ends are open', () => {
    const tree = whysOf(events(why('a', undefined, { open: true }), why('a', undefined, { text: 'new' })));
    expect(tree).toEqual([{ id: 'a', text: 'new', open: false, why: [] }]);
    const open = whysOf(events(why('a', undefined, { open: true }), why('b', 'a', { open: true })));
    expect(openEnds(open).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('loses no answer but those that were removed, whatever is written', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd');
    const one = fc.record({ id, parent: fc.option(id, { nil: undefined }), gone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (steps) => {
        const written = steps.map((step) => (step.gone ? removed(step.id) : why(step.id, step.parent)));
        const tree = shapeOf(...written).match(/[a-d]/g) ?? [];
        expect(new Set(tree).size).toBe(tree.length);
        const last = new Map(steps.map((step) => [step.id, step.gone]));
        if (![...last.values()].includes(true)) expect(new Set(tree)).toEqual(new Set(last.keys()));
        for (const [name, gone] of last) if (gone) expect(tree).not.toContain(name);
      }),
      { numRuns: 300 },
    );
  });
});

describe('in the report', () => {
  const write = (...written: readonly Written[]): string =>
    report(events(...written), { profile: 'default', people: 'names' }).markdown;
  const section = (markdown: string, name: string): string =>
    markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';

  it('open ends are questions, also among those at the end', () => {
    const markdown = write(why('a'), why('b', 'a', { open: true }));
    expect(section(markdown, 'Five whys')).toBe(
      [
        '',
        '- It is down.',
        '',
        "In the team's words:",
        '',
        '- **Why?** text of a.',
        '  - **Why?** text of b.',
        '    - **Why?** _Nobody knows yet. Who will find out, and until when?_',
        '',
      ].join('\n'),
    );
    expect(section(markdown, 'Open questions')).toContain('Why is this so: “text of b”? Nobody knows yet.');
    expect(markdown).toContain('Why it happened is not known.');
  });

  it('a tree without an open end is an answer to why', () => {
    const markdown = write(why('a'), why('b', 'a'));
    expect(markdown).not.toContain('is not known');
    expect(section(markdown, 'Open questions')).not.toContain('What was the cause');
  });

  it('without any it ends in what is not known', () => {
    expect(section(write(), 'Five whys')).toContain('_Not known. Who will find out, and until when?_');
  });

  it('of a hundred answers below each other is still a list', () => {
    const chain = Array.from({ length: 100 }, (_, index) =>
      why(`w${index}`, index ? `w${index - 1}` : undefined),
    );
    const text = section(write(...chain), 'Five whys');
    expect(text.match(/\*\*Why\?\*\* text of w\d+\./g)).toHaveLength(100);
    expect(text).not.toMatch(/^ {15}/m);
  });
});
