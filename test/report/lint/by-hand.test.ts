// Reports that Handrail did not write: what the review asks about them, with places; and Handrail's own examples.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/actions/redact.ts';
import { lint } from '../../../src/report/lint/lint.ts';
import type { LintProblem } from '../../../src/report/lint/problem.ts';
import { readReport } from '../../../src/report/lint/report-read.ts';
import { linesAndTakeaways, nineHeadings } from './written-by-hand.ts';

const context = { now: Date.UTC(2026, 10, 21), clean: (text: string) => redact(text, { exact: true }) };

/** `PIR009 wherever the words begin`, in the order of the file. */
function found(text: string, more = {}): string[] {
  const lines = text.split('\n');
  return lint(text, { ...context, ...more }).map(
    ({ code, line, column }) => `${code} ${(lines[line - 1] ?? '').slice(column - 1, column + 19).trim()}`,
  );
}

describe('lines and takeaways', () => {
  it('are asked about what they leave out', () => {
    expect(found(linesAndTakeaways)).toEqual([
      'PIR001 Post Incident Report',
      'PIR001 Post Incident Report',
      'PIR001 Post Incident Report',
      'PIR015 Teo validated the ne',
      'PIR005 10:30 to 11:54 - Wor',
      'PIR005 12:13 to 1:30(ish) -',
      'PIR012 12:13 to 1:30(ish) -',
      'PIR005 2:00ish - Discussed',
      'PIR005 2:40 - back online',
      'PIR014 kept the deployment',
      'PIR009 STRONGLY encouraged',
      'PIR009 Consider keeping the',
      'PIR014 is still in the admi',
      'PIR010 was unable to find t',
    ]);
  });

  it('are read as afternoon where the clock goes back, so that the lengths are right', () => {
    const { rows, day } = readReport(linesAndTakeaways);
    const clock = (at: number): string =>
      `${Math.floor((at % 1440) / 60)}:${String(at % 60).padStart(2, '0')}`;
    expect(
      rows.map(({ at, until }) => [clock(at), ...(until === undefined ? [] : [clock(until)])].join(' to ')),
    ).toEqual([
      '9:34',
      '9:40',
      '9:43',
      '9:50',
      '10:15',
      '10:30 to 11:54',
      '11:54',
      '12:13 to 13:30',
      '14:00',
      '14:40',

      '14:40 to 15:30',
    ]);
    expect(new Set(rows.map(({ at }) => Math.floor(at / 1440)))).toEqual(new Set([day]));
  });

  it('name people of other houses, which a shared copy asks about', () => {
    expect(found(linesAndTakeaways, { shared: true }).filter((one) => one.startsWith('PIR011'))).toEqual([
      'PIR011 Ilse Hartog and Jona',
      'PIR011 Jonas Weil at platfo',
      'PIR011 Noor Aziz (Example C',
    ]);
  });
});

describe('what Handrail writes in the form of lines and takeaways', () => {
  const form = (last: string): string =>
    `Post Incident Report\n\nProject: SHOP\n\nDate of incident: Jan 10, 2024 9:34AM PST\n\n9:34 - HTTP 500 noticed, declared\n\n9:50 - rolled back\n\n9:55 - back online\n\n## Takeaways\n\n- A pool has a limit.\n\n## Follow-ups\n\nNone.\n\n## Left behind\n\nNothing left behind (checked 10:02).\n\n---\n\n${last}\n`;

  it('has 24 hours beside a head with am, and the headings of its form', () => {
    expect(
      found(form('Report version 3 (Handrail 0.1.0), profile bcgov, people names, zone America/Vancouver.')),
    ).toEqual([]);
    expect(found(form('By hand.'))).toEqual([
      'PIR001 Post Incident Report',
      'PIR001 Post Incident Report',
      'PIR012 9:34 - HTTP 500 noti',
    ]);
  });
});

describe('a night in a table', () => {
  it('goes on after midnight, with its date or without', () => {
    const rows = (lines: string): string[] =>
      readReport(
        `# INC-1\n\nStart: 2026-03-04 23:10 UTC\n\n## Timeline\n\n| Time | +h:mm | What |\n| - | - | - |\n${lines}`,
      ).rows.map(
        ({ at, until, text }) =>
          `${at - 20516 * 1440} ${until === undefined ? '' : until - 20516 * 1440} ${text}`,
      );
    expect(
      rows(
        '| 23:10 | +0:00 | a |\n| 23:50 to 2026-03-05 00:20 | +0:40 | b |\n| **2026-03-05** | | Thursday |\n| about 00:30 | +1:20 | c |',
      ),
    ).toEqual(['1390  a', '1430 1460 b', '1470  c']);
    expect(rows('| 23:10 | | a |\n| 0:15 | | b |\n| 1:00pm | | c |')).toEqual([
      '1390  a',
      '1455  b',
      '2220  c',
    ]);
    expect(rows('| 2026-03-04 23:10 | | a |\n| 2026-03-06 00:15 | | b |')).toEqual(['1390  a', '2895  b']);
  });
});

describe('nine headings', () => {
  it('are asked about what they leave open', () => {
    expect(found(nineHeadings)).toEqual([
      'PIR003 2026-05-11: Connecti',
      'PIR020 2026-05-11: Connecti',
      'PIR002 🥏 Impact',
      'PIR009 should be monitoring',
      'PIR006 Unknown, but we saw',
      'PIR006 not sure what the ro',
      'PIR009 must ensure the team',
      'PIR007 Ledger exports',
      'PIR008 Ledger exports',
    ]);
  });

  it('are known by their words, also when the pictures were saved in a wrong encoding', () => {
    const kinds = (text: string): unknown[] =>
      readReport(text).paper.sections.flatMap(({ kind }) => kind ?? []);
    const wrong = nineHeadings.replace(/^[^\x20-\x7e\n]+ /gmu, 'ğŸ™‹ğŸ¿â€â™‚ï¸ ');
    expect(kinds(nineHeadings)).toEqual(
      'leadup impact detection response recovery whys cause lessons follow-ups'.split(' '),
    );
    expect(kinds(wrong)).toEqual(kinds(nineHeadings));
  });
});

const file = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe.each([
  'docs/examples/postgres-connections-pir.md',
  'docs/examples/sandbox-pir.md',
  'docs/examples/real-systems-pir.md',
  'test/report/golden/default.md',
])('%s', (name) => {
  const text = file(name);
  const lines = text.split('\n');
  // Examples are written anew now and then: read long after any of them.
  const problems: readonly LintProblem[] = lint(text, { ...context, now: Date.UTC(2100, 0, 1) });
  const at = (code: string): string[] =>
    problems
      .filter((one) => one.code === code)
      .map(({ line, column }) => (lines[line - 1] ?? '').slice(column - 1));

  it('is asked only what people have still to write', () => {
    const codes = new Set(problems.map(({ code }) => code));
    for (const code of ['PIR003', 'PIR010', 'PIR012', 'PIR013', 'PIR016', 'PIR020'])
      expect(codes).not.toContain(code);
  });

  it('is asked for owner and date of each follow-up that has none', () => {
    const open = lines.filter((line) => line.startsWith('- [ ] ') && line.includes('_who, and until when?_'));
    expect(at('PIR007').filter((line) => line.includes('_who, and until when?_'))).toEqual(
      open.map((line) => line.slice(6)),
    );
  });
});
