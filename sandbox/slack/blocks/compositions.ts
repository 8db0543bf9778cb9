// Rules of the small objects that blocks and elements are made of: texts, options, confirm dialogs (limits from @slack/types 3.2).

import { anything, boolean, isRecord, list, object, oneOf, type Rule, string, typed } from './rule.ts';

const plain = (max: number): Rule =>
  object({ required: { type: anything, text: string({ min: 1, max }) }, optional: { emoji: boolean } });

const mrkdwn = (max: number): Rule =>
  object({ required: { type: anything, text: string({ min: 1, max }) }, optional: { verbatim: boolean } });

export const plainText = (max: number): Rule => typed({ plain_text: plain(max) });
export const mrkdwnText = (max: number): Rule => typed({ mrkdwn: mrkdwn(max) });
export const anyText = (max: number): Rule => typed({ plain_text: plain(max), mrkdwn: mrkdwn(max) });

export const confirm: Rule = object({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});

/** `@slack/types` says 75 for an option's value; older pages say 150. The stricter one is held here. */
const option = (text: Rule, extra: Record<string, Rule> = {}): Rule =>
  object({
    required: { text, value: string({ min: 1, max: 75 }) },
    optional: { description: anyText(75), ...extra },
  });

export const plainOption = option(plainText(75));
export const markedOption = option(anyText(75));
export const overflowOption = option(plainText(75), { url: string({ max: 3000 }) });

export const optionGroup: Rule = object({
  required: { label: plainText(75), options: list(plainOption, { min: 1, max: 100 }) },
});

export const dispatchConfig: Rule = object({
  optional: {
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 }),
  },
});

export const slackFile: Rule = object({ optional: { id: string(), url: string() } });

/** Every option an element offers, from `options` and from `option_groups`. */
export function optionsOf(element: Record<string, unknown>): Record<string, unknown>[] {
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
  const grouped = groups.flatMap((group) =>
    isRecord(group) && Array.isArray(group.options) ? group.options : [],
  );
  const direct = Array.isArray(element.options) ? element.options : [];
  return [...direct, ...grouped].filter(isRecord);
}
