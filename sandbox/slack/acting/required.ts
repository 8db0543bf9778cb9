// What a client checks before it submits a modal: fields that must be filled, lengths, numbers, addresses.

import { keptValues } from '../blocks/interactive.ts';
import type { Json } from '../blocks/rule.ts';
import type { View } from '../state/views.ts';

function complaint(element: Json, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { type, min_length, max_length, min_value, max_value, is_decimal_allowed } = element;
  if (typeof min_length === 'number' && value.length < min_length)
    return `Please enter at least ${min_length} characters`;
  if (typeof max_length === 'number' && value.length > max_length)
    return `Please enter no more than ${max_length} characters`;
  if (type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value))
    return 'Please enter a valid email address';
  if (type === 'url_text_input' && !URL.canParse(value)) return 'Please enter a valid URL';
  if (type === 'number_input') {
    const number = Number(value);
    if (!Number.isFinite(number) || (is_decimal_allowed !== true && !Number.isInteger(number)))
      return 'Please enter a valid number';
    if (typeof min_value === 'string' && number < Number(min_value))
      return `Please enter ${min_value} or more`;
    if (typeof max_value === 'string' && number > Number(max_value))
      return `Please enter ${max_value} or less`;
  }
  return undefined;
}

/** Complaints by block_id; none when the view may be submitted. */
export function incomplete(view: View): Record<string, string> {
  const found: Record<string, string> = {};
  for (const block of view.blocks) {
    if (block.type !== 'input') continue;
    const element = block.element as Json;
    const kept = keptValues[String(element.type)];
    const blockId = String(block.block_id);
    if (kept === undefined) continue;
    const value = view.state.values[blockId]?.[String(element.action_id)]?.[kept.field];
    const empty =
      value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (empty && block.optional !== true) found[blockId] = 'Please complete this required field.';
    const wrong = empty ? undefined : complaint(element, value);
    if (wrong !== undefined) found[blockId] = wrong;
  }
  return found;
}
