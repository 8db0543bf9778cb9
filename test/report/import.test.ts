// What somebody changed in a posted report: their own sections come back, everything else is refused with its line.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishedReport } from '../../src/perform/report-review.ts';
import { textBlocks } from '../../src/report/blocks.ts';
import { withoutStamp } from '../../src/report/finished.ts';
import { compareReports } from '../../src/report/import/import.ts';
import { lineDiff } from '../../src/report/import/line-diff.ts';
import { typedAgain } from '../../src/report/import/typed-again.ts';
import { markdown } from '../../src/report/markdown.ts';
import { type ProfileName, profileNames } from '../../src/report/profiles.ts';
import { lena, pidpNight } from '../support/pidp-night.ts';

const texts: Readonly<Record<string, string>> = {
  impact: 'Four clinics waited.\n\n- Nobody could log in: *nobody*\n- https://status.example/7 said so',
  lessons: 'We looked at the wrong database.',
  'went well': 'The dump was made first.',
};
const then = new Map(Object.entries(texts));

function posted(profile: ProfileName = 'default'): string {
  const events = [...pidpNight()];
  for (const [section, text] of then) {
    const version = events.length + 1;
    const at = (events.at(-1)?.at ?? 0) + 1000;
    const body = { section, text };
    events.push({
      incident: 1,
      version,
      at,
      by: lena,
      command: `c${version}`,
      type: 'section_written',
      body,
    });
  }
  const head = { version: events.length, hash: 'ab' };
  return withoutStamp(finishedReport(events, { profile, people: 'names', head }).markdown);
}
const compare = (
  change: (text: string) => string,
  now: ReadonlyMap<string, string> = then,
  profile?: ProfileName,
) => {
  const copy = posted(profile);
  const file = change(copy);
  expect(file).not.toBe(copy);
  return { file: file.split('\n'), ...compareReports(copy, file, then, now) };
};

describe('a posted report that was changed', () => {
  it('and was not, gives nothing', () => {
    const copy = posted();
    const same = { edits: [], refused: [], conflicts: [] };
    expect(compareReports(copy, copy, then, then)).toEqual(same);
    // Line ends and blank lines of an editor say nothing.
    expect(compareReports(copy, `${copy.replaceAll('\n', '\r\n')}\r\n\r\n`, then, then)).toEqual(same);
    expect(compareReports(copy, copy.replace('\n## Timeline', '\n\n## Timeline'), then, then)).toEqual(same);
  });

  it.each(profileNames)('gives a section of people as they would type it (%s)', (profile) => {
    const { edits, refused, conflicts } = compare(
      (text) =>
        text.replace('We looked at the wrong database.', 'Trace the database first.\n\n- then the\\_pods'),
      then,
      profile,
    );
    expect({ refused, conflicts }).toEqual({ refused: [], conflicts: [] });
    expect(edits).toEqual([
      { section: 'lessons', title: 'Lessons', text: 'Trace the database first.\n\n- then the_pods' },
    ]);
  });

  it('takes a paragraph behind a text, an item of a list, and a text taken away', () => {
    const behind = compare((text) =>
      text.replace('The dump was made first.', 'The dump was made first.\n\nIt was read back.'),
    );
    expect(behind).toMatchObject({
      edits: [{ section: 'went well', text: 'The dump was made first.\n\nIt was read back.' }],
      refused: [],
    });
    const item = compare((text) =>
      text.replace('- Nobody could log in', '- Two came on foot\n- Nobody could log in'),
    );
    expect(item.edits).toEqual([
      {
        section: 'impact',
        title: 'Impact',
        text: 'Four clinics waited.\n\n- Two came on foot\n- Nobody could log in: *nobody*\n- https://status.example/7 said so',
      },
    ]);
    const gone = compare((text) => text.replace('We looked at the wrong database.\n', ''));
    expect(gone).toMatchObject({ edits: [{ section: 'lessons', text: '' }], refused: [] });
  });

  it('takes answers in the place of the questions, each into its own section', () => {
    const { edits, refused } = compare((text) =>
      text
        .replace('_What was harder than it should be?_', 'Nobody had the rights.')
        .replace('_What could as well have gone wrong?_', 'The volume was nearly full.\n\n- 3 % were left'),
    );
    expect(refused).toEqual([]);
    expect(edits.map(({ section, text }) => [section, text])).toEqual([
      ['was hard', 'Nobody had the rights.'],
      ['was lucky', 'The volume was nearly full.\n\n- 3 % were left'],
    ]);
  });

  it('refuses what Handrail makes, with the line of the file', () => {
    const { file, edits, refused } = compare((text) =>
      text
        .replace('| Severity |', '| Severity! |')
        .replace(/\n- \[ \] .*/, '')
        .replace('wrong database', 'other database'),
    );
    expect(edits.map(({ section }) => section)).toEqual(['lessons']);
    expect(refused).toHaveLength(2);
    expect(file[(refused[0]?.line ?? 0) - 1]).toContain('Severity!');
    expect(refused[0]?.says).toContain('makes this line from the record');
  });

  it.each([
    ['## A heading', 'a heading'],
    ['| a | b |', 'a table'],
    ['```', 'a block of code'],
    ['<b>bold</b>', 'HTML'],
    ['> quoted', 'a quotation'],
  ])('refuses %s in a section', (line, what) => {
    const { file, refused } = compare((text) =>
      text.replace('We looked at the wrong database.', `Look.\n\n${line}`),
    );
    expect(refused.map((one) => [file[one.line - 1], one.says])).toEqual([
      [line, `A section holds paragraphs and lists, and this is ${what}.`],
    ]);
  });

  it('shows a section that was changed on both sides; the same change on both is none', () => {
    const now = new Map(then).set('lessons', 'Somebody wrote this in Slack.');
    const change = (text: string) => text.replace('We looked at the wrong database.', 'Mine.');
    expect(compare(change, now)).toMatchObject({
      edits: [],
      conflicts: [{ section: 'lessons', text: 'Mine.', now: 'Somebody wrote this in Slack.' }],
    });
    expect(compare(change, new Map(then).set('lessons', 'Mine.'))).toMatchObject({
      edits: [],
      conflicts: [],
    });
    // What was changed in Slack alone stays as it is there.
    const other = (text: string) => text.replace('The dump was made first.', 'Mine.');
    expect(compare(other, now)).toMatchObject({ edits: [{ section: 'went well' }], conflicts: [] });
  });
});

describe('the parts', () => {
  it('what was typed, printed and read again is printed the same', () => {
    const words = fc
      .stringMatching(/^[a-zA-Z0-9 _*`<>&.,:;!()[\]#|\\-]{1,40}$/)
      .filter((text) => /[a-z]/i.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), words), { minLength: 1, maxLength: 6 }), (lines) => {
        const text = lines.map(([item, one]) => (item ? `- x ${one.trim()}` : `Y ${one.trim()}`)).join('\n');
        const print = (typed: string): string => markdown({ type: 'root', children: textBlocks(typed) });
        expect(print(typedAgain(print(text).split('\n')))).toBe(print(text));
      }),
      { numRuns: 500 },
    );
  });

  it('a difference, applied, gives the other text', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', '', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const out: string[] = [];
        let at = 0;
        for (const hunk of lineDiff(before, after) ?? []) {
          out.push(...before.slice(at, hunk.from), ...hunk.lines);
          expect(after.slice(hunk.at, hunk.at + hunk.lines.length)).toEqual(hunk.lines);
          at = hunk.to;
        }
        expect([...out, ...before.slice(at)]).toEqual(after);
      }),
    );
  });
});
