// `handrail report lint` at a terminal: places, counts, exit codes, JSON, and what cannot be read.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changed, good } from '../report/lint/good-report.ts';
import { type TestTerminal, testTerminal } from './terminal.ts';

let terminal: TestTerminal;
beforeEach(async () => {
  terminal = await testTerminal();
});
afterEach(() => terminal.remove());

const lint = (...args: string[]) => terminal.run(['report', 'lint', ...args]);
const nobody = changed('(Teo Brandt, 2026-03-20, OPS-12)', '');
const vague = changed('- [ ] Add an alert', '- [ ] Improve the alert');

describe('handrail report lint', () => {
  it('says nothing on standard output when all is well', async () => {
    await terminal.write('night.md', good);
    expect(await lint('night.md')).toEqual({ code: 0, out: [], err: ['1 file: no problems.'] });
  });

  it('lists the problems of every file with place and remedy, and ends with 1', async () => {
    await terminal.write('b.md', nobody);
    await terminal.write('a/c d.md', vague);
    expect(await lint('b.md', 'a/c d.md')).toEqual({
      code: 1,
      out: [
        'b.md:38:7 PIR007 “Add an alert at 80 connections of orders-db” has no owner, no due date and no link. Write at the end: (name, YYYY-MM-DD, link to the task).',
        'a/c d.md:38:7 PIR008 (warning) “Improve the alert at 80 connections of orders-db” begins with “Improve”: nobody can tell when it is done. Begin with what will be done (add, remove, write, set ...), or add “done when ...”.',
      ],
      err: ['2 files: 1 problem, 1 warning.'],
    });
  });

  it('ends well with warnings alone, and counts what is waived', async () => {
    await terminal.write('a.md', vague);
    expect(await lint('a.md')).toMatchObject({ code: 0, err: ['1 file: 1 warning.'] });
    await terminal.write(
      'a.md',
      vague.replace('OPS-12)', 'OPS-12) <!-- waive PIR008: the words of the team -->'),
    );
    expect(await lint('a.md')).toEqual({ code: 0, out: [], err: ['1 file: no problems, 1 waived.'] });
  });

  it('reads standard input, with or without a byte order mark', async () => {
    const { code, out } = await terminal.run(
      ['report', 'lint', '-'],
      `\uFEFF${nobody.replaceAll('\n', '\r\n')}`,
    );
    expect({ code, out }).toEqual({ code: 1, out: [expect.stringMatching(/^<stdin>:38:7 PIR007 /)] });
  });

  it('gives the same as JSON', async () => {
    await terminal.write(
      'a.md',
      nobody.replace(
        'The pool of the worker has to have a limit.',
        'We must have backups of the ledger. <!-- waive PIR009: it is done -->',
      ),
    );
    const { code, out, err } = await lint('--json', 'a.md');
    expect({ code, err }).toEqual({ code: 1, err: [] });
    expect(JSON.parse(out.join(''))).toEqual({
      files: 1,
      errors: 1,
      warnings: 0,
      problems: [
        {
          file: 'a.md',
          code: 'PIR007',
          level: 'error',
          line: 38,
          column: 7,
          says: '“Add an alert at 80 connections of orders-db” has no owner, no due date and no link.',
          remedy: 'Write at the end: (name, YYYY-MM-DD, link to the task).',
          key: 'add an alert at 80 connections of orders db',
        },
      ],
      waived: [expect.objectContaining({ code: 'PIR009', line: 34, reason: 'it is done' })],
    });
  });

  it('finds secrets and names the line, never the words', async () => {
    await terminal.write(
      'a.md',
      changed('has to have a limit.', 'has to have a limit.\npostgres://app:Xk92hfw0qPz@db/app'),
    );
    const { code, out } = await lint('a.md');
    expect({ code, out }).toEqual({
      code: 1,
      out: [expect.stringMatching(/^a\.md:35:12 PIR016 This line holds/)],
    });
    expect(out.join('')).not.toContain('Xk92hfw0qPz');
  });

  it('compares the files of one call with the earlier ones', async () => {
    const night = (day: string): string =>
      `${good.replaceAll('2026-03-04', day).replace(', Teo Brandt\n', '\n')}\n\`\`\`text\nFATAL: sorry, too many clients already\n\`\`\`\n`;
    await terminal.write('1.md', night('2026-01-04'));
    await terminal.write('2.md', night('2026-02-04'));
    await terminal.write('3.md', night('2026-03-04'));
    const line =
      night('2026-01-04')
        .split('\n')
        .findIndex((one) => one.startsWith('FATAL')) + 1;
    const { code, out } = await lint('3.md', '1.md', '2.md');
    expect(code).toBe(0);
    expect(out.map((line) => line.split(' (warning)', 1)[0])).toEqual([
      '3.md:1:3 PIR018',
      `3.md:${line}:1 PIR017`,
      `3.md:${line}:1 PIR017`,
      `2.md:${line}:1 PIR017`,
    ]);
  });

  it('asks about people outside the team of handrail.yaml in a shared copy', async () => {
    await terminal.write('a.md', good);
    await terminal.write('handrail.yaml', 'people:\n  mira: { name: Mira Sandoval, slack: U0EXAMPLE01 }\n');
    expect(await lint('a.md')).toMatchObject({ code: 0 });
    const { code, out } = await lint('--shared', 'a.md');
    expect({ code, out }).toEqual({
      code: 1,
      out: [expect.stringMatching(/^a\.md:6:31 PIR011 “Teo Brandt” is not in/)],
    });
    await terminal.write('handrail.yaml', 'people: [\n');
    const broken = await lint('--shared', 'a.md');
    expect(broken).toMatchObject({ code: 0, out: [] });
    expect(broken.err.join('\n')).toMatch(
      /handrail\.yaml:\d+:\d+ [^]*Going on without it[^]*1 file: no problems\./,
    );
  });

  it('names every file that cannot be read, with 2 and nothing else', async () => {
    await terminal.write('a.md', nobody);
    await terminal.write('old.md', new Uint8Array([0xff, 0xfe, 97, 0]));
    await terminal.write('reports/x.md', good);
    expect(await lint('a.md', 'old.md', 'b.md', 'reports')).toEqual({
      code: 2,
      out: [],
      err: [
        'old.md: This is not UTF-8 text. Save it as UTF-8.\nb.md: There is no such file. Check the name.\nreports: This is a folder. Name the files in it, such as reports/*.md.',
      ],
    });
    expect(await lint()).toMatchObject({
      code: 2,
      err: [expect.stringMatching(/^handrail report lint needs more than that\./)],
    });
  });

  it('leaves handrail report as it was', async () => {
    expect(await terminal.run(['report', 'lint', '--help'])).toMatchObject({
      code: 0,
      out: [expect.stringContaining('handrail report lint FILE')],
    });
    expect(await terminal.run(['report', '--help'])).toMatchObject({
      code: 0,
      out: [expect.stringContaining('handrail report INC-7')],
    });
  });
});
