// Rules of each kind of block, and the surfaces it may stand on (limits from @slack/types 3.2 and Slack's block reference).

import { anyText, mrkdwnText, plainText, slackFile } from './compositions.ts';
import {
  accessories,
  actionElements,
  button,
  elements,
  imageElement,
  inputElements,
  urlSource,
} from './elements.ts';
import { richText, richTextBlock } from './rich-text.ts';
import {
  anything,
  boolean,
  integer,
  type Json,
  list,
  object,
  oneOf,
  type Report,
  type Rule,
  string,
  typed,
} from './rule.ts';

export type Surface = 'message' | 'modal' | 'home';

type Check = (value: Json, at: string, report: Report) => void;

const type = anything;
const block = (required: Record<string, Rule>, optional: Record<string, Rule> = {}, check?: Check): Rule =>
  object(
    { required: { type, ...required }, optional: { block_id: string({ min: 1, max: 255 }), ...optional } },
    check,
  );

const textOrFields: Check = (value, at, report) => {
  if (value.text === undefined && value.fields === undefined) report('missing required field: text', at);
};
const cell = typed({
  raw_text: object({ required: { type, text: string({ min: 1 }) } }),
  raw_number: object({ required: { type, value: anything }, optional: { text: string() } }),
  rich_text: richTextBlock,
});
const columns = object({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: boolean } });

const card: Rule = block(
  {},
  {
    hero_image: typed({ image: imageElement }),
    icon: typed({ image: imageElement }),
    title: mrkdwnText(150),
    subtitle: mrkdwnText(150),
    body: mrkdwnText(200),
    actions: list(typed({ button }), { min: 1 }),
  },
  (value, at, report) => {
    if (!['hero_image', 'title', 'actions', 'body'].some((name) => value[name] !== undefined))
      report('must define one of `hero_image`, `title`, `actions` or `body`', at);
  },
);

const taskCard: Rule = block(
  {
    task_id: string({ min: 1 }),
    title: string({ min: 1 }),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  { details: richText, output: richText, sources: list(typed({ url: urlSource })) },
);

const simple: Record<string, Rule> = {
  section: block(
    {},
    {
      text: anyText(3000),
      fields: list(anyText(2000), { min: 1, max: 10 }),
      accessory: typed(elements, accessories),
      expand: boolean,
    },
    textOrFields,
  ),
  actions: block({ elements: list(typed(elements, actionElements), { min: 1, max: 25 }) }),
  context: block({
    elements: list(
      (value, at, report) => {
        const image = (value as Json | null)?.type === 'image';
        (image ? imageElement : anyText(2000))(value, at, report);
      },
      { min: 1, max: 10 },
    ),
  }),
  context_actions: block({
    elements: list(typed(elements, ['feedback_buttons', 'icon_button']), { min: 1, max: 5 }),
  }),
  divider: block({}),
  header: block({ text: plainText(150) }),
  image: block(
    { alt_text: string({ min: 1, max: 2000 }) },
    { image_url: string({ min: 1, max: 3000 }), slack_file: slackFile, title: plainText(2000) },
    (value, at, report) => {
      if ((value.image_url === undefined) === (value.slack_file === undefined))
        report('must define one of `image_url` or `slack_file`', at);
    },
  ),
  input: block(
    { label: plainText(2000), element: typed(elements, inputElements) },
    { hint: plainText(2000), optional: boolean, dispatch_action: boolean },
  ),
  markdown: block({ text: string({ min: 1, max: 12_000 }) }),
  rich_text: richTextBlock,
  table: block(
    { rows: list(list(cell, { min: 1, max: 20 }), { min: 1, max: 100 }) },
    { column_settings: list(columns, { max: 20 }) },
  ),
  data_table: block(
    { rows: list(list(cell, { min: 1, max: 20 }), { min: 2, max: 101 }), caption: string({ min: 1 }) },
    { page_size: integer({ min: 1, max: 100 }), row_header_column_index: integer({ min: 0 }) },
  ),
  // Not in @slack/types 3.2; only the title's limit is known well enough to be held.
  data_visualization: (value, at, report) => {
    const title = (value as Json).title;
    if (title === undefined) report('missing required field: title', at);
    else string({ min: 1, max: 50 })(title, `${at}/title`, report);
  },
  alert: block({ text: anyText(3000) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
  card,
  carousel: block({ elements: list(typed({ card }), { min: 1, max: 10 }) }),
  task_card: taskCard,
  plan: block({ title: string({ min: 1 }) }, { tasks: list(typed({ task_card: taskCard }), { max: 50 }) }),
  file: block({ source: oneOf('remote'), external_id: string({ min: 1 }) }),
  video: block(
    {
      video_url: string({ min: 1 }),
      thumbnail_url: string({ min: 1 }),
      alt_text: string({ min: 1 }),
      title: plainText(199),
    },
    {
      title_url: string(),
      author_name: string({ max: 49 }),
      provider_name: string(),
      provider_icon_url: string(),
      description: plainText(200),
    },
  ),
};

const inContainer = [
  'actions',
  'context',
  'divider',
  'file',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
];

export const kinds: Record<string, Rule> = {
  ...simple,
  container: block(
    { child_blocks: list(typed(simple, inContainer), { min: 1, max: 10 }) },
    {
      title: plainText(150),
      rich_text_title: richText,
      subtitle: anyText(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: typed({ image: imageElement }),
      is_collapsible: boolean,
      default_collapsed: boolean,
      has_header_divider: boolean,
    },
    (value, at, report) => {
      if (value.title === undefined && value.rich_text_title === undefined)
        report('missing required field: title', at);
    },
  ),
};

const notEverywhere: Record<string, readonly Surface[]> = {
  alert: ['modal'],
  markdown: ['message'],
  plan: ['message'],
  task_card: ['message'],
  container: ['message'],
  table: ['message'],
  data_visualization: ['message'],
  carousel: ['message', 'home'],
  file: ['message'],
};

/** The kinds of block that may stand on a surface. */
export const kindsOn = (surface: Surface): string[] =>
  Object.keys(kinds).filter((kind) => notEverywhere[kind]?.includes(surface) ?? true);
