/** The timeline in Slack: pages that fit and do not shift, and what they are filtered by. */
import { describe, expect, it } from 'vitest';
import { problems } from '../../sandbox/slack/blocks/problems.ts';
import type { Bodies, Event } from '../../src/incidents/events.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { fitBlocks, MOST, textLength } from '../../src/slack/fit.ts';
import { readButton, writeValue } from '../../src/slack/ids.ts';
import { filterFrom } from '../../src/slack/listeners/timeline.ts';
import { type Asked, entriesPage, timelinePage } from '../../src/slack/views/timeline.ts';
import { declaration, type Story, story } from '../support/story.ts';

const ann = { id: 'slack:UANN', name: 'Ann' };
const ben = { id: 'slack:UBEN', name: 'Ben' };

function begun(): Story {
  const s = story('2024-01-10', 'UTC').at('09:40');
  return s.add(ann, 'incident_declared', declaration({ since: s.now(), zone: 'UTC' }));
}
const noted = (s: Story, text: string, at: number, more: Partial<Bodies['note_added']> = {}): Story =>
  s.add(more.source?.author ?? ann, 'note_added', {
    entry: `n${s.events.length}`,
    kind: 'note',
    text,
    at,
    precision: 'exact',
    source: { kind: 'slack' },
    late: false,
    ...more,
  });

type Page = ReturnType<typeof timelinePage>;
const texts = ({ blocks }: Page): string[] =>
  blocks.flatMap((block) => (block.type === 'section' ? [(block.text as { text: string }).text] : []));
const buttonsOf = ({ blocks }: Page) =>
  blocks.flatMap((block) => (block.type === 'actions' ? block.elements : [])) as {
    text: { text: string };
    value: string;
    action_id: string;
  }[];
const askedBy = (page: Page, words: string): Asked | undefined => {
  const found = buttonsOf(page).find((one) => one.text.text.startsWith(words));
  if (!found) return undefined;
  const read = readButton(found.action_id, found.value);
  if (read?.verb !== 'timeline') throw new Error(`${words} is not a button that is answered`);
  return read.value;
};
const numbers = (page: Page): number[] =>
  texts(page).flatMap((text) => [...text.matchAll(/entry (\d+)\b/g)].map(([, one]) => Number(one)));

function fits(page: Page): void {
  expect(page.blocks.length).toBeLessThanOrEqual(50);
  expect(textLength(page.blocks)).toBeLessThanOrEqual(MOST.messageText);
  // Nothing would be left out where every message is made to fit.
  expect(fitBlocks(page.blocks)).toHaveLength(page.blocks.length);
}

/** Every page from the newest back; the entries of all of them in order of time. */
function back(events: readonly Event[], first: Asked = {}): { pages: Page[]; found: number[] } {
  const pages: Page[] = [];
  const all = timeline(events);
  for (let asked: Asked | undefined = first; asked; ) {
    const page = entriesPage(1, all, 'UTC', asked);
    fits(page);
    pages.unshift(page);
    asked = askedBy(page, 'Earlier');
  }
  return { pages, found: pages.flatMap(numbers) };
}

describe('pages', () => {
  it('10,000 entries, some very long: every one is on exactly one page, and each page fits', () => {
    const s = begun();
    const at = s.now();
    for (let index = 1; index <= 10_000; index++)
      noted(s, `entry ${index} ${index % 7 === 0 ? 'long & <wide> '.repeat(500) : ''}`, at + index * 1000);
    const { pages, found } = back(s.events);
    expect(found).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    expect(pages.length).toBeGreaterThanOrEqual(500);
    const [first] = pages;
    expect(first && askedBy(first, 'Earlier')).toBeUndefined();
    expect(JSON.stringify(first?.blocks.at(-3))).toContain('of 10002 entries');
  }, 120_000);

  it('only long rows: fewer on a page, none lost, and forward as well as back', () => {
    const s = begun();
    const at = s.now();
    for (let index = 1; index <= 60; index++)
      noted(s, `entry ${index} ${'&'.repeat(4000)}`, at + index * 1000);
    const { pages, found } = back(s.events);
    expect(found).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const seen: number[] = [];
    for (let page = pages[0]; page; ) {
      fits(page);
      for (const one of numbers(page)) if (!seen.includes(one)) seen.push(one);
      const later = askedBy(page, 'Later');
      page = later ? timelinePage(1, s.events, 'UTC', later) : undefined;
    }
    expect(seen).toEqual(found);
  });

  it('do not shift while people write: the page before is the one that was before', () => {
    const s = begun();
    const at = s.now();
    for (let index = 1; index <= 50; index++) noted(s, `entry ${index}`, at + index * 1000);
    const newest = timelinePage(1, s.events, 'UTC');
    expect(numbers(newest)).toEqual(Array.from({ length: 20 }, (_, index) => index + 31));
    for (let index = 51; index <= 75; index++) noted(s, `entry ${index}`, at + index * 1000);
    const earlier = timelinePage(1, s.events, 'UTC', askedBy(newest, 'Earlier'));
    expect(numbers(earlier)).toEqual(Array.from({ length: 20 }, (_, index) => index + 11));
    const later = timelinePage(1, s.events, 'UTC', askedBy(earlier, 'Later'));
    expect(numbers(later)).toEqual(Array.from({ length: 20 }, (_, index) => index + 31));
    expect(numbers(timelinePage(1, s.events, 'UTC', askedBy(later, 'Newest')))).toContain(75);
  });

  it('go on beside a line that was moved or taken off meanwhile', () => {
    const s = begun();
    const at = s.now();
    for (let index = 1; index <= 50; index++) noted(s, `entry ${index}`, at + index * 1000);
    const asked = askedBy(timelinePage(1, s.events, 'UTC'), 'Earlier');
    s.add(ann, 'entry_corrected', { entry: 'n31', why: 'corrected', hidden: true });
    expect(numbers(timelinePage(1, s.events, 'UTC', asked)).at(-1)).toBe(30);
  });

  it('the first sign and the declaration of the same moment are both there, on either side of a turn', () => {
    const s = begun();
    const { at } = s.events[0] ?? { at: 0 };
    const declared = { way: 'earlier' as const, at, version: 1 };
    expect(texts(timelinePage(1, s.events, 'UTC', { to: declared })).join()).toContain('First');
    const page = timelinePage(1, s.events, 'UTC', { to: { way: 'later', at, version: 0.5 } });
    expect(texts(page).join()).toContain('Incident declared');
  });

  it('peers’ defect 11: buttons of an older Handrail, with a number of a page, are answered', () => {
    const s = begun();
    for (let index = 1; index <= 50; index++) noted(s, `entry ${index}`, s.now());
    const read = readButton('hr:timeline:0', JSON.stringify({ incident: 1, page: 1 }));
    if (read?.verb !== 'timeline') throw new Error('not read');
    const page = timelinePage(1, s.events, 'UTC', read.value);
    expect(numbers(page)).toEqual(Array.from({ length: 20 }, (_, index) => index + 11));
    expect(writeValue('timeline', { incident: 1, page: 99 })).toContain('99');
    expect(numbers(timelinePage(1, s.events, 'UTC', { page: 99 }))).toContain(1);
  });

  it('peers’ defect 10: entries that came in any order stand in order of time, each once', () => {
    const s = begun();
    const at = s.now();
    for (const index of [3, 1, 4, 2]) noted(s, `entry ${index}`, at + index * 1000);
    const twice = [...s.events.toReversed(), ...s.events];
    expect(numbers(timelinePage(1, twice, 'UTC'))).toEqual([1, 2, 3, 4]);
  });
});

describe('filters', () => {
  const s = begun();
  const at = s.now();
  noted(s, 'entry 1', at + 1000);
  noted(s, 'entry 2', at + 2000, { kind: 'decision' });
  noted(s, 'entry 3', at + 3000, { source: { kind: 'slack', author: ben } });
  noted(s, 'entry 4', at + 4000);
  s.add(ann, 'entry_corrected', { entry: 'n4', why: 'corrected', hidden: true });

  it.each<[string, number[]]>([
    ['', [1, 2, 3]],
    ['all', [1, 2, 3]],
    ['notes', [1, 3]],
    ['note', [1, 3]],
    ['Decisions', [2]],
    ['milestones', []],
    ['hidden', [4]],
    ['<@UBEN|ben>', [3]],
    ['notes <@UANN>', [1]],
  ])('%s', (typed, entries) => {
    const found = filterFrom(typed);
    if ('unknown' in found) throw new Error(found.unknown);
    const page = timelinePage(1, s.events, 'UTC', { only: found.only });
    expect(numbers(page)).toEqual(entries);
    fits(page);
  });

  it('a word that is none is named', () => {
    expect(filterFrom('notes fish')).toEqual({ unknown: 'fish' });
  });

  it('are offered as buttons, with how many were taken off, and keep while pages turn', () => {
    const page = timelinePage(1, s.events, 'UTC', { only: { kind: 'decisions' } });
    const words = buttonsOf(page).map(({ text }) => text.text);
    expect(words).toEqual(['All', 'Notes', 'Milestones', 'Hidden (1)']);
    expect(numbers(timelinePage(1, s.events, 'UTC', askedBy(page, 'Hidden')))).toEqual([4]);
    const many = begun();
    for (let index = 1; index <= 30; index++)
      noted(many, `entry ${index}`, many.now(), { kind: index % 2 ? 'note' : 'decision' });
    const turned = askedBy(timelinePage(1, many.events, 'UTC', { only: { kind: 'notes' } }), 'Earlier');
    expect(turned).toBeUndefined();
    for (let index = 31; index <= 90; index++) noted(many, `entry ${index}`, many.now());
    const earlier = askedBy(timelinePage(1, many.events, 'UTC', { only: { kind: 'notes' } }), 'Earlier');
    expect(earlier?.only).toEqual({ kind: 'notes' });
    expect(numbers(timelinePage(1, many.events, 'UTC', earlier)).length).toBe(20);
  });
});

it('ten files with long names at every entry: each page fits, and an entry names its files', () => {
  const s = begun();
  const at = s.now();
  for (let index = 1; index <= 30; index++) {
    const entry = `n${s.events.length}`;
    noted(s, `entry ${index} ${'& <wide> '.repeat(90)}`, at + index * 1000, { entry });
    for (let file = 0; file < 10; file++) {
      const name = `${file} & ${'<disk> '.repeat(30)}.png`;
      const body = { entry, file: `F${file}`, name };
      if (file % 2) s.add(ben, 'file_not_kept', { ...body, says: 'It is <too> large. '.repeat(40) });
      else s.add(ben, 'file_kept', { ...body, mimetype: '', bytes: 1234, sha256: 'ab'.repeat(32) });
    }
  }
  const { pages, found } = back(s.events);
  expect(found).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  expect(texts(pages[0] as Page).join('\n')).toContain('kept: 0 &amp; &lt;disk&gt;');
  for (const { blocks } of pages) expect(problems(blocks as never, 'message')).toEqual([]);
});
