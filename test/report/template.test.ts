/** A team's own form: Markdown with slots; what fills a slot is text, and a mistake has its line and column. */
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../src/perform/report-thread.ts';
import { report } from '../../src/report/report.ts';
import { aloneSlots, inLineSlots } from '../../src/report/template/slots.ts';
import { BadTemplate, templateProblems } from '../../src/report/template.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { read } from '../support/markdown.ts';
import { pidpNight } from '../support/pidp-night.ts';
import { writtenNight } from './written-night.ts';

const write = (text: string, events = pidpNight()) =>
  report(events, { profile: 'pydis', people: 'names', template: { name: 'ours.md', text } });

describe('slots', () => {
  it('are filled in a line, in a heading, in a table, in a link and in bold', () => {
    const { markdown, fileName } = write(
      [
        '# {{ title }} ({{id}})',
        '',
        'It was **{{ severity }}** from {{ start }} on, see [{{ title }}](https://wiki.example.org/).',
        '',
        '| Field | Value |',
        '| - | - |',
        '| Took | {{ DURATION }} |',
        '',
      ].join('\n'),
    );
    expect(markdown).toContain('# web-api times out (INC-1)\n');
    expect(markdown).toContain(
      'It was **SEV2** from 2024-01-10 09:34 on, see [web-api times out](https://wiki.example.org/).',
    );
    expect(markdown).toContain('| Took | 5 h 6 min |');
    expect(markdown.trimEnd()).toMatch(
      /Report version \d+, profile template, file ours\.md, people names, zone \S+\.$/,
    );
    expect(fileName).toBe('2024-01-10-web-api-times-out.md');
  });

  it('of whole sections stand alone in a paragraph, also in a quotation or an item', () => {
    const { markdown } = write(
      '# T\n\n## Our timeline\n\n{{ timeline }}\n\n> {{ follow_ups }}\n\n- {{ updates }}\n',
    );
    expect(markdown).toContain('## Our timeline\n\nTimes are America/Vancouver');
    expect(markdown).toContain('| Time | +h:mm | Who | What |');
    expect(markdown).toContain('\n> - [ ] Put the image of prod-patroni in git');
    expect(markdown).toContain('\n- None.\n');
  });

  it('give the same section as the default form', () => {
    const section = (markdown: string, name: string): string | undefined =>
      markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0]?.split('\n---')[0]?.trim();
    const own = report(writtenNight(), { profile: 'default', people: 'names' }).markdown;
    for (const [slot, name] of [
      ['impact', 'Impact'],
      ['whys', 'Five whys'],
      ['decisions', 'Decisions'],
      ['left_behind', 'Left behind'],
      ['retrospective', 'Questions for the retrospective'],
    ] as const)
      expect(section(write(`# T\n\n## ${name}\n\n{{ ${slot} }}\n`, writtenNight()).markdown, name)).toBe(
        section(own, name),
      );
  });

  it('all of them can be filled, for the shortest night and for the written one', () => {
    const text = [
      '# T',
      ...inLineSlots.map((name) => `${name} is {{ ${name} }}.`),
      ...aloneSlots.map((name) => `{{ ${name} }}`),
    ].join('\n\n');
    expect(templateProblems(text)).toEqual([]);
    for (const events of [pidpNight(), writtenNight(), pidpNight().slice(0, 1)]) {
      const { markdown } = write(text, events);
      expect(markdown).not.toContain('{{');
      expect(read(markdown).problems.filter((problem) => !/MD0(?:01|04|24)\b/.test(problem))).toEqual([]);
    }
  });

  it('what stands in code, in an address or in a comment is left as it is', () => {
    const { markdown } = write(
      '# T\n\n`{{ title }}` <!-- {{ nothing }} -->\n\n```text\n{{ nothing }}\n```\n',
    );
    expect(markdown).toContain('`{{ title }}` <!-- {{ nothing }} -->');
    expect(markdown).toContain('```text\n{{ nothing }}\n```');
  });

  it('tasks, tables, addresses and emphasis of the template stay what they are', () => {
    const text =
      '# T\n\n- [ ] read\n- [x] said\n\n_a_ **b** <https://x.example>\n\n| a | b |\n| - | - |\n| c | d |\n';
    expect(write(text).markdown.startsWith(text)).toBe(true);
  });
});

describe('what people typed', () => {
  const text =
    '# {{ title }}\n\n**{{ noticed }}** and [{{ title }}](https://x.example) by {{ people }}\n\n| A |\n| - |\n| {{ title }} |\n\n{{ timeline }}\n\n{{ impact }}\n';
  const plain = read(write(text, hostileNight('x')).markdown);

  it.each([
    '{{ timeline }}',
    '| a | b |\n| - | - |',
    '# heading\n\n---',
    '**a** [b](javascript:x) <!-- c',
    '](https://evil.example)',
    '```sh\nx',
    '<@U123> <!here>',
  ])('%j is no slot and no Markdown', (typed) => {
    const again = read(write(text, hostileNight(typed)).markdown);
    expect(again.headings.slice(1)).toEqual(plain.headings.slice(1));
    expect(again.tables.map((rows) => rows.map((row) => row.length))).toEqual(
      plain.tables.map((rows) => rows.map((row) => row.length)),
    );
    expect(again.codeBlocks).toHaveLength(plain.codeBlocks.length);
    expect(again.links.every((link) => /^https:\/\/(?:x|evil)\.example/.test(link))).toBe(true);
  });
});

describe('mistakes', () => {
  it('have line and column, what is near, and what there is', () => {
    const problems = templateProblems(
      '# {{ titel }}\n\nAll: {{id}} *and* {{ timeline }}\n\n- x\n- {{ nothing at all }}\n',
    );
    expect(problems.map(({ line, column, what }) => `${line}:${column} ${what}`)).toEqual([
      '1:3 there is no slot {{ titel }}',
      '3:19 {{ timeline }} is more than a line can hold',
      '6:3 there is no slot {{ nothing at all }}',
    ]);
    expect(problems[0]?.todo).toMatch(/^did you mean \{\{ title \}\}\? There is, in a line: title, id, /);
    expect(problems[0]?.todo).toContain('follow_ups');
    expect(problems[1]?.todo).toBe('put it in a paragraph of its own');
  });

  it.each([
    ['constructor', '{{ constructor }}', 'there is no slot {{ constructor }}'],
    ['empty', ' \n', 'it is empty'],
    ['too long', 'x'.repeat(70_000), 'it has 70000 characters'],
    ['no name', 'a {{ }} b', 'there is no slot {{  }}'],
  ])('%s', (_, text, what) => {
    expect(templateProblems(text).map((problem) => problem.what)).toEqual([what]);
  });

  it('stop the report, all at once', () => {
    expect(() => write('{{ a }} {{ b }}')).toThrow(BadTemplate);
    expect(() => write('{{ a }} {{ b }}')).toThrow(/ours\.md:1:1 .*\nours\.md:1:9 /);
  });
});

it('the thread that renders reports takes a template as it takes a profile', async () => {
  const options = {
    profile: 'default',
    people: 'names',
    template: { name: 'ours.md', text: '# {{ title }}\n\n{{ timeline_lines }}\n' },
  } as const;
  const { markdown } = await renderReport(pidpNight(), options);
  expect(markdown).toContain('# web-api times out\n');
  expect(markdown).toContain('\n9:34 - Inés Okafor: ');
});
