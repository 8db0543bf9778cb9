// What Block Kit refuses besides its limits, and the rules of views.

import { describe, expect, it } from 'vitest';
import { problems, type Surface } from '../../../sandbox/slack/blocks/problems.ts';
import { viewProblems } from '../../../sandbox/slack/blocks/view-problems.ts';
import { button, plain, section } from './bot.ts';

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

describe('what is refused', () => {
  it.each<[string, unknown, Surface, RegExp]>([
    ['an unknown block', [{ type: 'bogus' }], 'message', /unsupported type: bogus/],
    ['an unknown element', [actions({ type: 'lever' })], 'message', /unsupported type: lever/],
    [
      'an element in the wrong place',
      [actions({ type: 'plain_text_input' })],
      'message',
      /unsupported type: plain_text_input/,
    ],
    [
      'a field Slack does not know',
      [{ ...section('a'), colour: 'red' }],
      'message',
      /invalid additional property: colour \[json-pointer:\/blocks\/0\]/,
    ],
    ['a missing field', [{ type: 'header' }], 'message', /missing required field: text/],
    ['a section without text', [{ type: 'section' }], 'message', /missing required field: text/],
    [
      'mrkdwn in a button',
      [knob({ text: { type: 'mrkdwn', text: 'b' } })],
      'message',
      /unsupported type: mrkdwn/,
    ],
    [
      'the same action_id twice in a block',
      [actions(...many(2, () => ({ type: 'button', text: plain('b'), action_id: 'a' })))],
      'message',
      /`action_id` "a" already exists/,
    ],
    [
      'the same block_id twice',
      many(2, () => ({ type: 'divider', block_id: 'd' })),
      'message',
      /block_id "d" already exists/,
    ],
    ['an alert in a message', [{ type: 'alert', text: plain('a') }], 'message', /unsupported type: alert/],
    ['a plan in a modal', [{ type: 'plan', title: 'p' }], 'modal', /unsupported type: plan/],
    [
      'a task that is "completed"',
      [{ type: 'task_card', task_id: '1', title: 't', status: 'completed' }],
      'message',
      /must be a valid enum value/,
    ],
    [
      'a plan with the same task twice',
      [
        {
          type: 'plan',
          title: 'p',
          tasks: many(2, () => ({ type: 'task_card', task_id: '1', title: 't', status: 'pending' })),
        },
      ],
      'message',
      /task_id must be unique/,
    ],
    [
      'a preselected option that is not offered',
      [actions({ type: 'static_select', options: [option('a')], initial_option: option('b') })],
      'message',
      /initial option is not one/,
    ],
    [
      'a date that is none',
      [actions({ type: 'datepicker', initial_date: 'today' })],
      'message',
      /must be a date/,
    ],
    ['no list at all', 'blocks', 'message', /must be an array/],
  ])('%s', (_, blocks, surface, problem) => {
    expect(problems(blocks, surface).join('\n')).toMatch(problem);
  });

  it('is not: the same action_id in two blocks, rich text, a card', () => {
    const rich = {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'by ', style: { bold: true } },
            { type: 'user', user_id: 'U1' },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'bullet',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'emoji', name: 'eyes' }] }],
        },
      ],
    };
    expect(
      problems(
        [button('a'), button('a'), rich, { type: 'card', title: { type: 'mrkdwn', text: 'c' } }],
        'message',
      ),
    ).toEqual([]);
  });

  it('never throws, whatever comes', () => {
    for (const odd of [
      null,
      7,
      [null],
      [7],
      [[]],
      [{ type: 'actions' }],
      [{ type: 'actions', elements: [null, 7] }],
      [{ type: 'context', elements: [null] }],
      [{ type: 'carousel', elements: {} }],
      [{ type: 'plan', tasks: 7 }],
      [{ type: 'section', accessory: 7 }],
      [{ type: 'data_visualization' }],
    ])
      for (const surface of ['message', 'modal', 'home'] as const)
        expect(problems(odd, surface).length).toBeGreaterThan(0);
  });
});

describe('views', () => {
  const view = {
    type: 'modal',
    title: plain(x(24)),
    blocks: [section('a')],
    private_metadata: x(3000),
    callback_id: x(255),
  };
  it.each<[string, object, RegExp | undefined]>([
    ['at every limit', {}, undefined],
    ['title', { title: plain(x(25)) }, /less than 25 characters \[json-pointer:\/view\/title\/text\]/],
    ['submit', { submit: plain(x(25)) }, /view\/submit\/text/],
    ['private_metadata', { private_metadata: x(3001) }, /view\/private_metadata/],
    ['callback_id', { callback_id: x(256) }, /view\/callback_id/],
    ['no blocks', { blocks: undefined }, /missing required field: blocks/],
    ['a block’s problem', { blocks: [section(x(3001))] }, /json-pointer:\/view\/blocks\/0\/text\/text/],
    ['input without submit', { blocks: [input({ type: 'plain_text_input' })] }, /`submit` is required/],
    [
      'a field Slack does not know',
      { submit_disabled: true },
      /invalid additional property: submit_disabled/,
    ],
    ['type', { type: 'drawer' }, /unsupported type: drawer/],
  ])('%s', (_, change, problem) => {
    const found = viewProblems({ ...view, ...change });
    if (problem === undefined) expect(found).toEqual([]);
    else expect(found.join('\n')).toMatch(problem);
  });
});
