/** What people type cannot break a report: neither its tables, nor its sections, nor its look. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { type ReportOptions, report } from '../../src/report/report.ts';
import { oneLine } from '../../src/report/typed.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { read } from '../support/markdown.ts';
import { marek } from '../support/pidp-night.ts';
import { declaration, note, story } from '../support/story.ts';

const write = (events: readonly Event[], people: ReportOptions['people'] = 'names'): string =>
  report(events, { profile: 'default', people }).markdown;

const nasty = [
  '| a | b |\n| - | - |',
  '```sh\nrm -rf /\n```',
  '~~~',
  '<script>alert(1)</script>',
  '<!-- x',
  '<@U123> <!here> <#C1|general> <https://x.example|here>',
  ':smile: :+1: @here @octocat',
  '[a](javascript:alert(1)) ![i](http://x.example/i.png) [x]: y',
  '# heading\n\nSetext\n===\n---',
  '- [ ] todo\n1. one\n> quote',
  '*a* _b_ **c** __d__ ~~e~~ `f` ``g`` \\ \\| |',
  'http://x.example/a|b_(c)?d=*e* www.x.example a@b.example HTTPS://X.example',
  '\u202Ereversed\u0000\u0007\uFEFF\uD800',
  '&lt;b&gt; &amp;amp; &#x20; &copy;',
  '[^1] $$x$$ $a$ :::note {.a}',
  '\t tab\u00A0nbsp  two  \r\n\u2028line',
  'ends with a colon:',
  '(text)[link]',
  '\\',
  '<\u0000@U123> :\u0000smile:',
  '$ ls',
];
const marks = Array.from('|`*_~<>[]()\\!#-+=:@&$ \n\taé1.:/');

/** markdownlint 0.40 itself fails on a sign such as U+0600 alone: string-width finds no code point to measure. */
const upsetsTheWidth = /(?!\p{Default_Ignorable_Code_Point})\p{Cf}/u;

/** Something to read is in it: a fact of which nothing is left has no row. */
const readable = (text: string): boolean => oneLine(text).trim() !== '' && !upsetsTheWidth.test(text);
const typed = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...marks), maxLength: 30 }),
  fc.array(fc.constantFrom(...nasty), { maxLength: 3 }).map((parts) => parts.join(' ')),
);

/** Only what our own words make: text that people typed may not add to it. */
const allowed = new Set(read(write(hostileNight('x'))).kinds);

/** Kinds of token that are text or a link to itself. */
const harmless = new Set([
  'characterEscape',
  'characterEscapeValue',
  'escapeMarker',
  'characterReference',
  'characterReferenceMarker',
  'characterReferenceMarkerNumeric',
  'characterReferenceMarkerHexadecimal',
  'characterReferenceMarkerSemi',
  'characterReferenceValue',
  'codeTextPadding',
  'autolink',
  'autolinkMarker',
  'autolinkProtocol',
]);

describe('what people type', () => {
  it('cannot change the shape of the report, nor upset markdownlint', () => {
    const plain = read(write(hostileNight('x')));
    fc.assert(
      fc.property(typed.filter(readable), fc.constantFrom('names', 'roles', 'initials'), (text, people) => {
        const markdown = write(hostileNight(text), people);
        const again = read(markdown);
        expect(again.problems).toEqual([]);
        expect(again.tables.map((rows) => rows.map((row) => row.length))).toEqual(
          plain.tables.map((rows) => rows.map((row) => row.length)),
        );
        expect(again.headings.slice(1)).toEqual(plain.headings.slice(1));
        const extra = [...again.kinds].filter((kind) => !allowed.has(kind) && !harmless.has(kind));
        expect(extra).toEqual([]);
        expect(markdown).not.toMatch(/<@[A-Z0-9]+>|<!(here|channel|everyone)>/);
        expect(again.links.every((link) => /^https?:\/\//i.test(link))).toBe(true);
        expect(write(hostileNight(text), people)).toBe(markdown);
      }),
      { numRuns: 120 },
    );
    // Five seconds of one processor, of which a busy machine gives little.
  }, 240_000);

  it.each(['', ' ', '\u0000', '\u202E\n'])('may be nothing that can be read: %j', (text) => {
    expect(read(write(hostileNight(text))).problems).toEqual([]);
  });

  it.each([
    ['<b>|`x`', '\\<b>\\|\\`x\\`'],
    ['see https://x.example/a_(b).', 'see <https://x.example/a_(b)>.'],
    [':smile: at 10:15:30', ':\u2060smile: at 10:15:30'],
    ['the risk is low.', 'the risk is low.'],
    ['$a$ HTTP://', '\\$a\\$ HTTP\\://'],
    ['@here', '@\u2060here'],
    ['two\nlines', 'two lines'],
    ['שלום 障害 👩‍🚒 é', 'שלום 障害 👩‍🚒 é'],
  ])('%j is still itself', (text, written) => {
    const s = story('2024-01-10', 'UTC').at('10:00');
    s.add(marek, 'incident_declared', declaration({ zone: 'UTC', since: s.now() }));
    s.add(marek, 'note_added', note(text, s.now()));
    expect(write(s.events)).toContain(`| Marek Dvořák | ${written} |`);
  });
});
