// Finds the interactive elements in blocks, names those without ids, and knows which of them keep a value.

import { optionsOf } from './compositions.ts';
import { isRecord, type Json } from './rule.ts';

/** Every element that has, or would be given, an action_id; in reading order, containers included. */
export function interactiveElements(blocks: readonly unknown[]): Json[] {
  return blocks.flatMap((block) => {
    if (!isRecord(block)) return [];
    const inner = Array.isArray(block.child_blocks) ? interactiveElements(block.child_blocks) : [];
    const cards = block.type === 'carousel' && Array.isArray(block.elements) ? block.elements : [];
    const direct = [
      ...(block.type === 'actions' || block.type === 'context_actions'
        ? ((block.elements as unknown[] | undefined) ?? [])
        : []),
      ...(block.type === 'card' && Array.isArray(block.actions) ? block.actions : []),
      block.accessory,
      block.type === 'input' ? block.element : undefined,
    ];
    return [
      ...direct.filter((each): each is Json => isRecord(each) && each.type !== 'image'),
      ...interactiveElements(cards),
      ...inner,
    ];
  });
}

/** The innermost blocks that hold elements: a container's children instead of the container. */
export function holdingBlocks(blocks: readonly unknown[]): Json[] {
  return blocks.flatMap((block) => {
    if (!isRecord(block)) return [];
    if (Array.isArray(block.child_blocks)) return holdingBlocks(block.child_blocks);
    if (block.type === 'carousel' && Array.isArray(block.elements)) return holdingBlocks(block.elements);
    return [block];
  });
}

/** A copy in which every block has a block_id and every interactive element an action_id, as Slack stores them. */
export function withIds(blocks: readonly unknown[], nextId: () => string): Json[] {
  const copy = structuredClone(blocks) as Json[];
  const name = (list: unknown[]) => {
    for (const block of list) {
      if (!isRecord(block)) continue;
      block.block_id ??= nextId();
      if (Array.isArray(block.child_blocks)) name(block.child_blocks);
      if (block.type === 'carousel' && Array.isArray(block.elements)) name(block.elements);
      for (const element of interactiveElements([block])) element.action_id ??= nextId();
    }
  };
  name(copy);
  return copy;
}

interface Kept {
  /** The field of `state.values` that holds the value. */
  field: string;
  initial: string;
  many: boolean;
}

const one = (field: string, initial: string): Kept => ({ field, initial, many: false });
const many = (field: string, initial: string): Kept => ({ field, initial, many: true });

/** Elements that keep a value in `state.values`; the others (buttons, overflow) only act. */
export const keptValues: Record<string, Kept> = {
  plain_text_input: one('value', 'initial_value'),
  number_input: one('value', 'initial_value'),
  email_text_input: one('value', 'initial_value'),
  url_text_input: one('value', 'initial_value'),
  rich_text_input: one('rich_text_value', 'initial_value'),
  static_select: one('selected_option', 'initial_option'),
  external_select: one('selected_option', 'initial_option'),
  radio_buttons: one('selected_option', 'initial_option'),
  users_select: one('selected_user', 'initial_user'),
  conversations_select: one('selected_conversation', 'initial_conversation'),
  channels_select: one('selected_channel', 'initial_channel'),
  datepicker: one('selected_date', 'initial_date'),
  timepicker: one('selected_time', 'initial_time'),
  datetimepicker: one('selected_date_time', 'initial_date_time'),
  checkboxes: many('selected_options', 'initial_options'),
  multi_static_select: many('selected_options', 'initial_options'),
  multi_external_select: many('selected_options', 'initial_options'),
  multi_users_select: many('selected_users', 'initial_users'),
  multi_conversations_select: many('selected_conversations', 'initial_conversations'),
  multi_channels_select: many('selected_channels', 'initial_channels'),
  file_input: many('files', 'initial_files'),
};

/** What a person puts into an element: text, an option's value, an id, a date, or a list of them; null empties it. */
export type Entered = string | number | readonly string[] | null;

export class NotOffered extends Error {}

/**
 * The entry of `state.values` for an element after a person entered something.
 * @throws NotOffered when the element has no such option, or cannot keep a value.
 */
export function enteredState(element: Json, entered: Entered): Json {
  const kept = keptValues[String(element.type)];
  if (kept === undefined) throw new NotOffered(`a ${String(element.type)} keeps no value`);
  const options = optionsOf(element);
  const takesOptions = kept.field.startsWith('selected_option') && !String(element.type).includes('external');
  const pick = (value: string | number): unknown => {
    if (!takesOptions) return value;
    const option = options.find(
      (each) => each.value === value || (isRecord(each.text) && each.text.text === value),
    );
    if (option === undefined)
      throw new NotOffered(
        `"${value}" is not offered; there are: ${options.map((each) => each.value).join(', ')}`,
      );
    return option;
  };
  const all = Array.isArray(entered)
    ? (entered as readonly string[])
    : entered === null
      ? []
      : [entered as string | number];
  const value = kept.many ? all.map(pick) : all[0] === undefined || all[0] === '' ? null : pick(all[0]);
  return {
    type: element.type,
    [kept.field]: kept.field === 'value' && typeof value === 'number' ? value.toString() : value,
  };
}

export type Values = Record<string, Record<string, Json>>;

/** The values of a freshly shown list of blocks; what `before` holds for the same block and action is kept, as Slack does. */
export function shownValues(blocks: readonly unknown[], before: Values = {}): Values {
  const values: Values = {};
  for (const block of holdingBlocks(blocks)) {
    for (const element of interactiveElements([block])) {
      const kept = keptValues[String(element.type)];
      if (kept === undefined) continue;
      const blockId = String(block.block_id);
      const actionId = String(element.action_id);
      const old = before[blockId]?.[actionId];
      const initial = element[kept.initial] ?? (kept.many ? [] : null);
      values[blockId] ??= {};
      values[blockId][actionId] =
        old !== undefined && old.type === element.type ? old : { type: element.type, [kept.field]: initial };
    }
  }
  return values;
}
