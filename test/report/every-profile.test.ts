/** What holds for every form: any order gives the same bytes, nothing typed changes the outline, no id is shown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { profileNames } from '../../src/report/profiles.ts';
import { type ReportOptions, report } from '../../src/report/report.ts';
import { aloneSlots } from '../../src/report/template/slots.ts';
import { read } from '../support/markdown.ts';
import { marek } from '../support/pidp-night.ts';
import { declaration, note, story } from '../support/story.ts';
import { goingOn, hostileReport, writtenNight } from './written-night.ts';

const whole = ['# {{ title }}', ...aloneSlots.map((name) => `## The ${name}\n\n{{ ${name} }}`)].join('\n\n');

const forms: readonly (readonly [string, Omit<ReportOptions, 'people'>])[] = [
  ...profileNames.map((profile) => [profile, { profile }] as const),
  ['a template', { profile: 'default', template: { name: 'ours.md', text: whole } }],
];

/** In an order that `seed` gives. */
function shuffled(events: readonly Event[], seed: number): Event[] {
  const keys = events.map((event, index) => ({ event, key: Math.sin((index + 1) * (seed + 1)) }));
  return keys.sort((a, b) => a.key - b.key).map(({ event }) => event);
}

const nasty = [
  '# heading\n\n---',
  '| a | b |\n| - | - |',
  '```sh\nx\n```',
  '<!-- x',
  '- [ ] todo\n  - deeper\n1. one',
  '<script>x</script>',
  ':smile: @here <!channel>',
  '[a]: b\n\n[a]',
  '===\n---',
  '{{ timeline }}',
  '    four blanks\n\ttab',
  '> quote\n> more',
  '**Impact:**',
  '%%{init: 1}%%',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 12 })), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('\n'))
  .filter((one) => /[a-z0-9]/i.test(one));

describe.each(forms)('%s', (_, form) => {
  const write = (events: readonly Event[], people: ReportOptions['people'] = 'names'): string =>
    report(events, { ...form, people }).markdown;

  it('gives the same bytes for the same events in any order', () => {
    const events = writtenNight();
    const expected = write(events);
    expect(write(events.toReversed())).toBe(expected);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        expect(write(shuffled(events, seed))).toBe(expected);
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  it('keeps its outline and its tables whatever people type', () => {
    const outline = (events: readonly Event[]) => {
      const { headings, tables, codeBlocks } = read(write(events));
      // A value of several lines stands in a block of text of its own, whatever it says.
      const fences = codeBlocks
        .map((block) => block.split('\n')[0]?.replace(/^`+/, ''))
        .filter((language) => language !== 'text');
      return {
        headings: headings.slice(1),
        tables: tables.map((rows) => rows.map((row) => row.length)),
        fences,
      };
    };
    const plain = outline(hostileReport('x'));
    fc.assert(
      fc.property(text, (typed) => {
        expect(outline(hostileReport(typed))).toEqual(plain);
      }),
      { numRuns: 25 },
    );
  }, 240_000);

  it('shows no id of Slack that nobody resolved, wherever it is typed or however a person is called', () => {
    const ids = [
      '<@U0123ABCD>',
      '<#C0123ABCD>',
      '<!subteam^S0123ABCD>',
      '@S0123ABCD',
      'group S0123ABCD',
      '#C0123ABCD',
      '<@W0123ABCD|U0123ABCD>',
    ];
    const s = story('2024-01-10', 'UTC').at('10:00');
    const nobody = { id: 'slack:U0NOBODY99', name: '' };
    const unmapped = { id: 'slack:U0UNMAPPED9', name: 'unmapped slack:U0UNMAPPED9' };
    s.add(nobody, 'incident_declared', declaration({ since: s.now(), zone: 'UTC', noticed: ids.join(' ') }));
    s.add(unmapped, 'note_added', note(ids.join(', '), s.now()));
    const on = goingOn(s.events);
    on.add(marek, 'section_written', { section: 'impact', text: ids.join('\n') });
    on.add(marek, 'handed_over', { role: 'lead', to: nobody, says: ids.join(' ') });
    on.add(marek, 'follow_up_added', { id: 'P', text: `Ask ${ids[0]}`, owner: unmapped });
    for (const people of ['names', 'roles', 'initials'] as const) {
      const markdown = write(on.events, people);
      expect(markdown).not.toMatch(/[USCW]0(?:123ABCD|NOBODY99|UNMAPPED9)/);
      expect(markdown).toContain('somebody');
    }
  });
});
