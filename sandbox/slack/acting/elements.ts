// Finds the element a person touches among those that are shown, and words the entry of `actions` for it.

import { optionsOf } from '../blocks/compositions.ts';
import {
  type Entered,
  enteredState,
  holdingBlocks,
  interactiveElements,
  NotOffered,
} from '../blocks/interactive.ts';
import { isRecord, type Json } from '../blocks/rule.ts';
import { CannotDo } from './stage.ts';

export interface Target {
  action_id: string;
  block_id?: string;
  /** Must be the button's own value; of an overflow menu, the option's. */
  value?: string;
}

export interface Found {
  block: Json;
  element: Json;
}

/** @throws CannotDo when nothing that is shown fits. @param where for the message, such as "message 1732.0001". */
export function findElement(blocks: readonly unknown[], target: Target, where: string): Found {
  const there: string[] = [];
  for (const block of holdingBlocks(blocks)) {
    for (const element of interactiveElements([block])) {
      there.push(String(element.action_id));
      if (element.action_id !== target.action_id) continue;
      if (target.block_id !== undefined && block.block_id !== target.block_id) continue;
      if (target.value !== undefined && element.type === 'button' && element.value !== target.value) continue;
      return { block, element };
    }
  }
  throw new CannotDo(
    `${where} shows no ${target.action_id}${target.value === undefined ? '' : ` with the value ${target.value}`}; it shows: ${there.join(', ') || 'nothing to click'}`,
  );
}

function named({ block, element }: Found): Json {
  return { type: element.type, block_id: block.block_id, action_id: element.action_id };
}

/** A click on a button, an icon or an entry of an overflow menu. */
export function clicked(found: Found, target: Target): Json {
  const { element } = found;
  if (element.type === 'overflow') {
    const option = optionsOf(element).find((each) => each.value === target.value);
    if (option === undefined)
      throw new CannotDo(`the menu ${target.action_id} has no entry ${target.value ?? ''}`);
    return { ...named(found), selected_option: option };
  }
  if (element.type === 'feedback_buttons') {
    const sides = [element.positive_button, element.negative_button].filter(isRecord);
    const side = sides.find((each) => each.value === target.value);
    if (side === undefined) throw new CannotDo(`${target.action_id} has no side ${target.value ?? ''}`);
    return { ...named(found), text: side.text, value: side.value };
  }
  if (element.type !== 'button' && element.type !== 'icon_button' && element.type !== 'workflow_button')
    throw new CannotDo(`${target.action_id} is a ${String(element.type)}, not a button`);
  const { text, value, style, url } = element;
  const given = Object.entries({ text, value, style, url }).filter(([, each]) => each !== undefined);
  return { ...named(found), ...Object.fromEntries(given) };
}

/** What an element holds after the person entered something. @throws CannotDo when it does not offer that. */
export function entered(found: Found, value: Entered): Json {
  try {
    return enteredState(found.element, value);
  } catch (error) {
    if (error instanceof NotOffered)
      throw new CannotDo(`${String(found.element.action_id)}: ${error.message}`);
    throw error;
  }
}

/** The entry of `actions` for a menu, picker or input that was changed. */
export function chosen(found: Found, state: Json): Json {
  const { placeholder } = found.element;
  return { ...named(found), ...state, ...(placeholder === undefined ? {} : { placeholder }) };
}
