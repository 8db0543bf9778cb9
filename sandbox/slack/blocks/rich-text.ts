// Rules of rich_text blocks: sections, lists, quotes and preformatted text, and the leaves in them.

import { anything, boolean, integer, list, object, oneOf, type Rule, string, typed } from './rule.ts';

const style = object({
  optional: {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    code: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
});

const leaf = (required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule =>
  object({ required: { type: anything, ...required }, optional: { style, ...optional } });

const leaves: Record<string, Rule> = {
  text: leaf({ text: string({ min: 1 }) }),
  link: leaf({ url: string({ min: 1 }) }, { text: string(), unsafe: boolean }),
  emoji: leaf({ name: string({ min: 1 }) }, { unicode: string(), url: string() }),
  user: leaf({ user_id: string({ min: 1 }) }),
  usergroup: leaf({ usergroup_id: string({ min: 1 }) }),
  team: leaf({ team_id: string({ min: 1 }) }),
  channel: leaf({ channel_id: string({ min: 1 }) }),
  broadcast: leaf({ range: oneOf('here', 'channel', 'everyone') }),
  color: leaf({ value: string() }),
  date: leaf({ timestamp: integer(), format: string({ min: 1 }) }, { url: string(), fallback: string() }),
};

const border: Record<string, Rule> = { border: integer({ min: 0, max: 1 }) };
const line = list(typed(leaves));
const section = object({ required: { type: anything, elements: line } });

const parts: Record<string, Rule> = {
  rich_text_section: section,
  rich_text_quote: object({ required: { type: anything, elements: line }, optional: border }),
  rich_text_preformatted: object({
    required: { type: anything, elements: list(typed(leaves, ['text', 'link'])) },
    optional: { ...border, language: string() },
  }),
  rich_text_list: object({
    required: {
      type: anything,
      elements: list(typed({ rich_text_section: section }), { min: 1 }),
      style: oneOf('bullet', 'ordered'),
    },
    optional: { ...border, indent: integer({ min: 0, max: 8 }), offset: integer({ min: 0 }) },
  }),
};

export const richTextBlock: Rule = object({
  required: { type: anything, elements: list(typed(parts), { min: 1 }) },
  optional: { block_id: string({ max: 255 }) },
});

export const richText: Rule = typed({ rich_text: richTextBlock });
