// The review and its forms: whatever people wrote, Slack takes them, and every button and field can be read back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interactiveElements } from '../../sandbox/slack/blocks/interactive.ts';
import { problems, textLength } from '../../sandbox/slack/blocks/problems.ts';
import { viewProblems } from '../../sandbox/slack/blocks/view-problems.ts';
import type { Why } from '../../src/report/model/whys.ts';
import type { Remedy, Reviewed, ReviewQuestion } from '../../src/report/reviewed.ts';
import { ownSections } from '../../src/report/sections.ts';
import type { View } from '../../src/slack/blocks.ts';
import { readButton, readModal } from '../../src/slack/ids.ts';
import { followUpModal, pickFollowUpModal } from '../../src/slack/views/modals/follow-up.ts';
import { pickSectionModal, SECTION_MOST, sectionModal } from '../../src/slack/views/modals/section.ts';
import { chosenIn, waiveModal } from '../../src/slack/views/modals/waive.ts';
import { numbered, whysModal } from '../../src/slack/views/modals/whys.ts';
import { reviewMessage, savedMessage } from '../../src/slack/views/review.ts';
import { words } from './states.ts';

const remedies: fc.Arbitrary<Remedy> = fc.oneof(
  fc.record({
    write: fc.constant('section' as const),
    section: fc.constantFrom(...ownSections.map((one) => one.name)),
  }),
  fc.constant({ write: 'whys' as const }),
  words.map((text) => ({ write: 'follow-up' as const, text: text.slice(0, 600) })),
  fc.constant({ write: 'follow-up' as const, id: 'FL1.scale-the-utility-pod.2' }),
);
const question = (level: ReviewQuestion['level']): fc.Arbitrary<ReviewQuestion> =>
  fc
    .record({
      code: fc.constantFrom('PIR001', 'PIR007', 'PIR016'),
      line: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
      section: fc.option(words, { nil: undefined }),
      says: words,
      remedy: words,
      key: words.map((text) => text.slice(0, 80)),
      with: fc.option(remedies, { nil: undefined }),
    })
    .map(({ line, section, with: remedy, ...rest }) => ({
      ...rest,
      level,
      waivable: rest.code !== 'PIR016',
      ...(line === undefined ? {} : { line }),
      ...(section === undefined ? {} : { section }),
      ...(remedy === undefined ? {} : { with: remedy }),
    }));
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.oneof(fc.array(one, { maxLength: 3 }), fc.array(one, { minLength: 120, maxLength: 120 }));
const reviews: fc.Arbitrary<Reviewed> = fc.record({
  incident: fc.constant(7),
  version: fc.nat(),
  profile: words,
  status: fc.constantFrom('draft', 'in review', 'final'),
  fileName: words,
  markdown: words,
  blocks: some(question('error')),
  asks: some(question('warning')),
  waived: some(fc.record({ question: question('warning'), reason: words })),
});
const runs = { numRuns: 120 };

/** Only mrkdwn can call somebody. */
function calls(value: unknown): string {
  if (Array.isArray(value)) return value.map(calls).join(' ');
  if (typeof value !== 'object' || value === null) return '';
  const { type, text } = value as { type?: unknown; text?: unknown };
  return type === 'mrkdwn' ? String(text) : Object.values(value).map(calls).join(' ');
}

function soundView(view: View) {
  expect(viewProblems(view)).toEqual([]);
  expect(readModal(String(view.callback_id), String(view.private_metadata))).toBeDefined();
}

describe('the review', () => {
  it('fits, keeps its buttons, and calls nobody', () => {
    fc.assert(
      fc.property(reviews, (reviewed) => {
        const { text, blocks } = reviewMessage(reviewed, ':no_entry_sign: *Not final yet.*');
        expect(problems(blocks, 'message')).toEqual([]);
        expect(textLength(blocks)).toBeLessThanOrEqual(13_200);
        expect(text).toContain('Report of INC-7');
        for (const element of interactiveElements(blocks))
          expect(readButton(String(element.action_id), String(element.value))).toBeDefined();
        const ids = interactiveElements(blocks).map(({ action_id }) => String(action_id));
        expect(ids).toContain('hr:report-review');
        expect(ids).toContain('hr:report-file');
        expect(calls(blocks)).not.toMatch(/<!channel>|<@U0ANYBODY>|<https:\/\/evil/);
      }),
      runs,
    );
  });

  it('offers what the status allows', () => {
    const base: Reviewed = {
      incident: 7,
      version: 12,
      profile: 'default',
      status: 'draft',
      fileName: 'x.md',
      markdown: '',
      blocks: [],
      asks: [],
      waived: [],
    };
    const offered = (reviewed: Reviewed) =>
      interactiveElements(reviewMessage(reviewed).blocks).flatMap(({ value, action_id }) => {
        const read = readButton(String(action_id), String(value));
        return read?.verb === 'report-status' ? [read.value.to] : [];
      });
    expect(offered(base)).toEqual(['in review']);
    expect(offered({ ...base, status: 'in review' })).toEqual(['final', 'draft']);
    expect(offered({ ...base, status: 'final' })).toEqual(['draft']);
  });

  it('what was saved has the way back', () => {
    const { blocks } = savedMessage(7, 'Impact is written.');
    expect(problems(blocks, 'message')).toEqual([]);
    expect(JSON.stringify(blocks)).toContain('hr:report-review');
  });
});

describe('the forms', () => {
  it('a section opens with what is there', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ownSections), words, (own, text) => {
        soundView(sectionModal(7, own, text.slice(0, SECTION_MOST), 12));
      }),
      runs,
    );
    soundView(pickSectionModal(7));
  });

  it('the whys, up to as many as there can be', () => {
    const tree = (texts: readonly string[], depth: number): Why[] =>
      texts.map((text, index) => ({
        id: `W${depth}-${index}`,
        text: text.slice(0, 1000),
        open: index % 2 === 0,
        why: depth > 0 && index === 0 ? tree(texts.slice(1), depth - 1) : [],
      }));
    fc.assert(
      fc.property(
        words,
        fc.array(words, { minLength: 0, maxLength: 16 }),
        fc.integer({ min: 0, max: 5 }),
        (title, texts, depth) => {
          const whys = tree(texts, depth);
          fc.pre(numbered(whys).length <= 99);
          soundView(whysModal(7, title, whys, 3, 'Added.'));
        },
      ),
      runs,
    );
    const long = tree(
      Array.from({ length: 99 }, () => '&'.repeat(1000)),
      0,
    );
    soundView(whysModal(7, 'x', long, 0));
    expect(numbered(tree(['a', 'b', 'c'], 1)).map(({ number }) => number)).toEqual([
      '1',
      '1.1',
      '1.2',
      '2',
      '3',
    ]);
  });

  it('follow-ups, and what does not apply', () => {
    fc.assert(
      fc.property(words, words, reviews, (text, title, reviewed) => {
        const known = {
          id: 'P12',
          text: text.slice(0, 1000) || 'x',
          link: 'https://t.example/1',
          dueOn: '2026-12-01',
        };
        soundView(followUpModal(7, 'Europe/London', known));
        soundView(followUpModal(7, 'UTC', undefined, title.slice(0, 600)));
        soundView(
          pickFollowUpModal(
            7,
            Array.from({ length: 130 }, (_, n) => ({ ...known, id: `P${n}` })),
          ),
        );
        const view = waiveModal(reviewed);
        soundView(view);
        // What is offered is found again.
        const offered = [...reviewed.blocks, ...reviewed.asks].filter(({ waivable }) => waivable);
        const [block] = view.blocks as { element?: { options?: { value: string }[] } }[];
        for (const { value } of block?.element?.options ?? [])
          expect(offered).toContain(chosenIn(reviewed, value));
      }),
      runs,
    );
  });
});
