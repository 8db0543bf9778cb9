/** The few kinds of blocks that Handrail uses, each built within its limits. */
import type { types } from '@slack/bolt';
import { cut, cutMarked, MOST } from './fit.ts';
import { actionId, type ButtonValue, type ButtonVerb, writeValue } from './ids.ts';

export type Block = types.KnownBlock;
export type Button = types.Button;
export type View = types.ModalView;
export type Option = types.PlainTextOption;

const plain = (text: string, most: number): types.PlainTextElement => ({
  type: 'plain_text',
  text: cut(text.replace(/\s+/g, ' ').trim() || '-', most),
  emoji: true,
});

export const section = (text: string): Block => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cutMarked(text, MOST.section) || '-' },
});

export const header = (text: string): Block => ({ type: 'header', text: plain(text, MOST.header) });

export const context = (text: string): Block => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: cutMarked(text, MOST.context) || '-' }],
});

/** At most 25 elements fit in one block; what comes after them goes into the next one. */
export function actions(buttons: readonly Button[], block?: string): Block[] {
  const rows: Block[] = [];
  for (let from = 0; from < buttons.length; from += 25)
    rows.push({
      type: 'actions',
      ...(block ? { block_id: `${block}:${rows.length}` } : {}),
      elements: buttons.slice(from, from + 25),
    });
  return rows;
}

/** `more.n` tells buttons of the same verb in one message apart. */
export function button<V extends ButtonVerb>(
  verb: V,
  words: string,
  value: ButtonValue<V>,
  more: { style?: 'primary' | 'danger'; n?: number } = {},
): Button {
  return {
    type: 'button',
    action_id: actionId(verb, more.n),
    text: plain(words, MOST.button),
    value: writeValue(verb, value),
    ...(more.style ? { style: more.style } : {}),
  };
}

export const option = (words: string, value: string): Option => ({
  text: plain(words, MOST.option),
  // An option's value holds 150 characters; longer ones are not offered.
  value: cut(value, 150),
});

interface Asked {
  readonly block: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
}

function input(asked: Asked, element: types.InputBlockElement, dispatch = false): Block {
  return {
    type: 'input',
    block_id: asked.block,
    label: plain(asked.label, MOST.label),
    optional: asked.optional ?? false,
    ...(asked.hint ? { hint: plain(asked.hint, MOST.label) } : {}),
    ...(dispatch ? { dispatch_action: true } : {}),
    element,
  };
}

/** One action id for every field: a field is known by its block. */
export const FIELD = 'value';

export function textInput(
  asked: Asked & { placeholder?: string; value?: string; lines?: boolean; most?: number },
): Block {
  return input(asked, {
    type: 'plain_text_input',
    action_id: FIELD,
    multiline: asked.lines ?? false,
    max_length: asked.most ?? 2000,
    ...(asked.placeholder ? { placeholder: plain(asked.placeholder, MOST.placeholder) } : {}),
    ...(asked.value ? { initial_value: cut(asked.value, asked.most ?? 2000) } : {}),
  });
}

export function choiceInput(
  asked: Asked & { options: readonly Option[]; chosen?: string; placeholder?: string; action?: string },
): Block {
  const options = asked.options.slice(0, MOST.options);
  const chosen = options.find((one) => one.value === asked.chosen);
  return input(
    asked,
    {
      type: 'static_select',
      action_id: asked.action ?? FIELD,
      options: [...options],
      placeholder: plain(asked.placeholder ?? 'Choose', MOST.placeholder),
      ...(chosen ? { initial_option: chosen } : {}),
    },
    asked.action !== undefined,
  );
}

export function boxesInput(asked: Asked & { options: readonly Option[] }): Block {
  return input(asked, { type: 'checkboxes', action_id: FIELD, options: asked.options.slice(0, 10) });
}

export function personInput(asked: Asked & { chosen?: string }): Block {
  return input(asked, {
    type: 'users_select',
    action_id: FIELD,
    ...(asked.chosen ? { initial_user: asked.chosen } : {}),
  });
}

/** A modal; `metadata` is what its listener reads back. */
export function modal(given: {
  callback: string;
  title: string;
  submit?: string;
  close?: string;
  metadata?: string;
  blocks: readonly Block[];
}): View {
  return {
    type: 'modal',
    callback_id: given.callback,
    title: plain(given.title, MOST.title),
    // Where something is sent, “Close” could be taken for closing the incident.
    close: plain(given.close ?? (given.submit ? 'Cancel' : 'Close'), MOST.title),
    ...(given.submit ? { submit: plain(given.submit, MOST.title) } : {}),
    ...(given.metadata ? { private_metadata: given.metadata } : {}),
    blocks: given.blocks.slice(0, MOST.viewBlocks),
  };
}
