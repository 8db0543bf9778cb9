// The page's readers of Markdown and of rich text.

import { describe, expect, it } from 'vitest';
import { markdown } from '../../../sandbox/slack/page/text/markdown.ts';
import { richText } from '../../../sandbox/slack/page/text/rich-text.ts';
import { report } from './page-bot.ts';

const text = (of: string) => ({ t: 'text', text: of });

describe('Markdown', () => {
  it('is read as a report is written', () => {
    expect(markdown(report)).toMatchObject([
      { t: 'heading', level: 1, inner: [text('INC-1 web-api: timeouts')] },
      {
        t: 'table',
        head: [[text('Field')], [text('Value')]],
        rows: [[[text('Severity')], [text('SEV2')]], {}],
      },
      { t: 'heading', level: 2 },
      {
        t: 'list',
        ordered: false,
        items: [
          { indent: 0, inner: [{ t: 'bold', inner: [text('10:15')] }, text(' noticed: '), { t: 'italic' }] },
          { inner: [{ t: 'bold' }, text(' ruled out: the '), { t: 'code', text: 'network' }] },
        ],
      },
      { t: 'quote', parts: [{ t: 'paragraph', inner: [text('Why the image broke is an open question.')] }] },
    ]);
  });

  it('knows code, nested lists, tasks, rules, escapes and cells with a bar', () => {
    expect(
      markdown(
        '```sh\na *b*\n```\n\n3. x\n   more\n4. y\n\n- [x] done\n  - [ ] not\n\n---\n\n| a \\| b |\n|---|\n| \\* |',
      ),
    ).toEqual([
      { t: 'code', text: 'a *b*' },
      {
        t: 'list',
        ordered: true,
        start: 3,
        items: [
          { indent: 0, inner: [text('x more')] },
          { indent: 0, inner: [text('y')] },
        ],
      },
      {
        t: 'list',
        ordered: false,
        start: 1,
        items: [
          { indent: 0, inner: [text('☑ done')] },
          { indent: 1, inner: [text('☐ not')] },
        ],
      },
      { t: 'rule' },
      { t: 'table', head: [[text('a | b')]], rows: [[[text('*')]]] },
    ]);
  });

  it('shows HTML as text and links only what is safe', () => {
    expect(markdown('<b>x</b> [a](javascript:alert(1)) [b](https://b.example) snake_case 2 * 3')).toEqual([
      {
        t: 'paragraph',
        inner: [
          text('<b>x</b> '),
          text('a'),
          text(' '),
          { t: 'link', url: 'https://b.example', inner: [text('b')] },
          text(' snake_case 2 * 3'),
        ],
      },
    ]);
  });

  it('does not hang on long runs of marks', () => {
    for (const run of ['*', '_', '`', '[', '![', '|', '> ', '- ', '#', '~~', '**a ', '\\'])
      expect(markdown(run.repeat(2000)).length).toBeGreaterThan(0);
  });
});

describe('rich text', () => {
  it('becomes the same parts as mrkdwn', () => {
    const section = (...elements: object[]) => ({ type: 'rich_text_section', elements });
    expect(
      richText([
        section(
          { type: 'text', text: 'a\n', style: { bold: true } },
          { type: 'user', user_id: 'U1' },
          { type: 'link', url: 'javascript:alert(1)', text: 'x' },
          { type: 'emoji', name: 'eyes' },
          { type: 'hologram' },
        ),
        {
          type: 'rich_text_list',
          style: 'ordered',
          indent: 1,
          offset: 2,
          elements: [section({ type: 'text', text: 'i' })],
        },
        { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'c' }] },
      ]),
    ).toEqual([
      {
        t: 'paragraph',
        inner: [
          { t: 'bold', inner: [text('a')] },
          { t: 'break' },
          { t: 'user', id: 'U1' },
          text('x'),
          { t: 'emoji', name: 'eyes' },
          { t: 'code', text: '(hologram)' },
        ],
      },
      { t: 'list', ordered: true, start: 3, items: [{ indent: 1, inner: [text('i')] }] },
      { t: 'code', text: 'c' },
    ]);
  });
});
