// Block Kit's limits, one by one, at the last good value and the first bad one.

import { describe, expect, it } from 'vitest';
import { problems, type Surface } from '../../../sandbox/slack/blocks/problems.ts';
import { plain, section } from './bot.ts';

const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index));
const option = (value: string) => ({ text: plain('o'), value });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const input = (element: object, more: object = {}) => ({
  type: 'input',
  label: plain('l'),
  element,
  ...more,
});
const knob = (more: object) => actions({ type: 'button', text: plain('b'), action_id: 'a', ...more });
const select = (count: number) =>
  actions({ type: 'static_select', action_id: 's', options: many(count, (each) => option(`${each}`)) });
const image = { type: 'image', alt_text: 'alt', image_url: 'https://example.com/a.png' };
const cell = { type: 'raw_text', text: 't' };

/** [what, good, bad, surface]: the good one has no problem, the bad one has the problem at the pointer. */
const limits: [what: string, good: object[], bad: object[], at: string, surface?: Surface][] = [
  [
    'blocks in a message',
    many(50, () => ({ type: 'divider' })),
    many(51, () => ({ type: 'divider' })),
    '/blocks',
  ],
  [
    'blocks in a modal',
    many(100, () => ({ type: 'divider' })),
    many(101, () => ({ type: 'divider' })),
    '/blocks',
    'modal',
  ],
  ['section text', [section(x(3000))], [section(x(3001))], '/blocks/0/text/text'],
  ['empty section text', [section('x')], [section('')], '/blocks/0/text/text'],
  [
    'section fields',
    [{ type: 'section', fields: many(10, () => plain('f')) }],
    [{ type: 'section', fields: many(11, () => plain('f')) }],
    '/blocks/0/fields',
  ],
  [
    'field text',
    [{ type: 'section', fields: [plain(x(2000))] }],
    [{ type: 'section', fields: [plain(x(2001))] }],
    '/blocks/0/fields/0/text',
  ],
  [
    'header',
    [{ type: 'header', text: plain(x(150)) }],
    [{ type: 'header', text: plain(x(151)) }],
    '/blocks/0/text/text',
  ],
  [
    'actions',
    [actions(...many(25, (each) => ({ type: 'button', text: plain('b'), action_id: `${each}` })))],
    [actions(...many(26, (each) => ({ type: 'button', text: plain('b'), action_id: `${each}` })))],
    '/blocks/0/elements',
  ],
  [
    'context',
    [{ type: 'context', elements: many(10, () => plain('c')) }],
    [{ type: 'context', elements: many(11, () => plain('c')) }],
    '/blocks/0/elements',
  ],
  [
    'button text',
    [knob({ text: plain(x(75)) })],
    [knob({ text: plain(x(76)) })],
    '/blocks/0/elements/0/text/text',
  ],
  ['button value', [knob({ value: x(2000) })], [knob({ value: x(2001) })], '/blocks/0/elements/0/value'],
  ['button url', [knob({ url: x(3000) })], [knob({ url: x(3001) })], '/blocks/0/elements/0/url'],
  ['button style', [knob({ style: 'danger' })], [knob({ style: 'warning' })], '/blocks/0/elements/0/style'],
  [
    'action_id',
    [knob({ action_id: x(255) })],
    [knob({ action_id: x(256) })],
    '/blocks/0/elements/0/action_id',
  ],
  [
    'confirm title',
    [knob({ confirm: { title: plain(x(100)), text: plain('t'), confirm: plain(x(30)), deny: plain('n') } })],
    [knob({ confirm: { title: plain(x(101)), text: plain('t'), confirm: plain('y'), deny: plain('n') } })],
    '/blocks/0/elements/0/confirm/title/text',
  ],
  ['options', [select(100)], [select(101)], '/blocks/0/elements/0/options'],
  [
    'overflow',
    [actions({ type: 'overflow', options: many(5, (each) => option(`${each}`)) })],
    [actions({ type: 'overflow', options: many(6, (each) => option(`${each}`)) })],
    '/blocks/0/elements/0/options',
  ],
  [
    'checkboxes',
    [actions({ type: 'checkboxes', options: many(10, (each) => option(`${each}`)) })],
    [actions({ type: 'checkboxes', options: many(11, (each) => option(`${each}`)) })],
    '/blocks/0/elements/0/options',
  ],
  [
    'input label',
    [input({ type: 'plain_text_input' }, { label: plain(x(2000)) })],
    [input({ type: 'plain_text_input' }, { label: plain(x(2001)) })],
    '/blocks/0/label/text',
    'modal',
  ],
  [
    'placeholder',
    [input({ type: 'plain_text_input', placeholder: plain(x(150)) })],
    [input({ type: 'plain_text_input', placeholder: plain(x(151)) })],
    '/blocks/0/element/placeholder/text',
    'modal',
  ],
  [
    'max_length',
    [input({ type: 'plain_text_input', max_length: 3000 })],
    [input({ type: 'plain_text_input', max_length: 3001 })],
    '/blocks/0/element/max_length',
    'modal',
  ],
  ['image alt text', [image], [{ ...image, alt_text: x(2001) }], '/blocks/0/alt_text'],
  [
    'markdown',
    [{ type: 'markdown', text: x(12_000) }],
    [{ type: 'markdown', text: x(12_001) }],
    '/blocks/0/text',
  ],
  [
    'markdown together',
    [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(6000) },
    ],
    [
      { type: 'markdown', text: x(6001) },
      { type: 'markdown', text: x(6000) },
    ],
    '/blocks',
  ],
  [
    'table rows',
    [{ type: 'table', rows: many(100, () => [cell]) }],
    [{ type: 'table', rows: many(101, () => [cell]) }],
    '/blocks/0/rows',
  ],
  [
    'table columns',
    [{ type: 'table', rows: [many(20, () => cell)] }],
    [{ type: 'table', rows: [many(21, () => cell)] }],
    '/blocks/0/rows/0',
  ],
  [
    'tables',
    [{ type: 'table', rows: [[cell]] }],
    many(2, () => ({ type: 'table', rows: [[cell]] })),
    '/blocks',
  ],
  [
    'alert',
    [{ type: 'alert', text: plain('a') }],
    [{ type: 'alert', text: plain('a'), level: 'loud' }],
    '/blocks/0/level',
    'modal',
  ],
];

describe('limits', () => {
  it.each(limits)('%s', (_, good, bad, at, surface = 'message') => {
    expect(problems(good, surface)).toEqual([]);
    expect(problems(bad, surface)).toContainEqual(expect.stringContaining(`[json-pointer:${at}]`));
  });
});
