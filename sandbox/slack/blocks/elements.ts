// Rules of Block Kit's elements: buttons, menus, pickers, inputs and images (limits from @slack/types 3.2).

import {
  confirm,
  dispatchConfig,
  markedOption,
  optionGroup,
  optionsOf,
  overflowOption,
  plainOption,
  plainText,
  slackFile,
} from './compositions.ts';
import { richText } from './rich-text.ts';
import {
  anything,
  boolean,
  integer,
  isRecord,
  type Json,
  list,
  matches,
  object,
  oneOf,
  type Report,
  type Rule,
  string,
} from './rule.ts';

const actionId = string({ min: 1, max: 255 });
const placeholder = plainText(150);
const type = anything;
const date = matches(/^\d{4}-\d{2}-\d{2}$/, 'a date as YYYY-MM-DD');
const time = matches(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time as HH:mm');

type Check = (value: Json, at: string, report: Report) => void;

const element = (required: Record<string, Rule>, optional: Record<string, Rule>, check?: Check): Rule =>
  object({ required: { type, ...required }, optional: { action_id: actionId, ...optional } }, check);

const menu = { placeholder, confirm, focus_on_load: boolean };
const several = { ...menu, max_selected_items: integer({ min: 1 }) };

/** A preselected option must be, exactly, one that is offered. */
const offered: Check = (value, at, report) => {
  const known = new Set(optionsOf(value).map((option) => option.value));
  const first = isRecord(value.initial_option) ? [value.initial_option] : [];
  const more = Array.isArray(value.initial_options) ? value.initial_options.filter(isRecord) : [];
  for (const option of [...first, ...more])
    if (!known.has(option.value)) report('initial option is not one of the options', at);
};

const optionsOrGroups: Check = (value, at, report) => {
  const both = value.options !== undefined && value.option_groups !== undefined;
  if (value.options === undefined && value.option_groups === undefined)
    report('missing required field: options', at);
  if (both) report('must define either `options` or `option_groups`, not both', at);
  offered(value, at, report);
};

const staticOptions = {
  options: list(plainOption, { min: 1, max: 100 }),
  option_groups: list(optionGroup, { min: 1, max: 100 }),
};
const filter = object({
  optional: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), { min: 1 }),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
});
const feedback = object({
  required: { text: plainText(75), value: string({ max: 2000 }) },
  optional: { accessibility_label: string({ max: 75 }) },
});
const textInput = {
  initial_value: string(),
  placeholder,
  focus_on_load: boolean,
  dispatch_action_config: dispatchConfig,
};

const lengths: Check = (value, at, report) => {
  const { min_length: min, max_length: max } = value;
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    report('`min_length` must be less than `max_length`', at);
};

const onlyOneImageSource: Check = (value, at, report) => {
  if ((value.image_url === undefined) === (value.slack_file === undefined))
    report('must define one of `image_url` or `slack_file`', at);
};

export const imageElement: Rule = object(
  {
    required: { type, alt_text: string({ min: 1, max: 2000 }) },
    optional: { image_url: string({ min: 1, max: 3000 }), slack_file: slackFile },
  },
  onlyOneImageSource,
);

export const button: Rule = element(
  { text: plainText(75) },
  {
    value: string({ max: 2000 }),
    url: string({ max: 3000 }),
    style: oneOf('primary', 'danger'),
    confirm,
    accessibility_label: string({ max: 75 }),
  },
);

export const urlSource: Rule = object({
  required: { type, url: string({ min: 1 }), text: string({ min: 1 }) },
});

export const elements: Record<string, Rule> = {
  button,
  image: imageElement,
  static_select: element({}, { ...menu, ...staticOptions, initial_option: plainOption }, optionsOrGroups),
  multi_static_select: element(
    {},
    { ...several, ...staticOptions, initial_options: list(plainOption) },
    optionsOrGroups,
  ),
  users_select: element({}, { ...menu, initial_user: string() }),
  multi_users_select: element({}, { ...several, initial_users: list(string()) }),
  conversations_select: element(
    {},
    {
      ...menu,
      initial_conversation: string(),
      default_to_current_conversation: boolean,
      response_url_enabled: boolean,
      filter,
    },
  ),
  multi_conversations_select: element(
    {},
    { ...several, initial_conversations: list(string()), default_to_current_conversation: boolean, filter },
  ),
  channels_select: element({}, { ...menu, initial_channel: string(), response_url_enabled: boolean }),
  multi_channels_select: element({}, { ...several, initial_channels: list(string()) }),
  external_select: element(
    {},
    { ...menu, initial_option: plainOption, min_query_length: integer({ min: 0 }) },
  ),
  multi_external_select: element(
    {},
    { ...several, initial_options: list(plainOption), min_query_length: integer({ min: 0 }) },
  ),
  overflow: element({ options: list(overflowOption, { min: 1, max: 5 }) }, { confirm }),
  radio_buttons: element(
    { options: list(markedOption, { min: 1, max: 10 }) },
    { confirm, focus_on_load: boolean, initial_option: markedOption },
    offered,
  ),
  checkboxes: element(
    { options: list(markedOption, { min: 1, max: 10 }) },
    { confirm, focus_on_load: boolean, initial_options: list(markedOption, { max: 10 }) },
    offered,
  ),
  datepicker: element({}, { ...menu, initial_date: date }),
  timepicker: element({}, { ...menu, initial_time: time, timezone: string() }),
  datetimepicker: element(
    {},
    {
      confirm,
      focus_on_load: boolean,
      initial_date_time: integer({ min: 1_000_000_000, max: 9_999_999_999 }),
    },
  ),
  plain_text_input: element(
    {},
    {
      ...textInput,
      initial_value: string({ max: 3000 }),
      multiline: boolean,
      min_length: integer({ min: 0, max: 3000 }),
      max_length: integer({ min: 1, max: 3000 }),
    },
    lengths,
  ),
  number_input: element(
    { is_decimal_allowed: boolean },
    { ...textInput, min_value: string(), max_value: string() },
  ),
  email_text_input: element({}, textInput),
  url_text_input: element({}, textInput),
  rich_text_input: element(
    {},
    {
      ...textInput,
      initial_value: richText,
      min_lines: integer({ min: 1, max: 100 }),
      max_lines: integer({ min: 1, max: 100 }),
    },
  ),
  file_input: element({}, { filetypes: list(string()), max_files: integer({ min: 1, max: 10 }) }),
  feedback_buttons: element({ positive_button: feedback, negative_button: feedback }, {}),
  icon_button: element(
    { icon: oneOf('trash'), text: plainText(75) },
    {
      value: string({ max: 2000 }),
      confirm,
      accessibility_label: string({ max: 75 }),
      visible_to_user_ids: list(string()),
    },
  ),
  workflow_button: element(
    { text: plainText(75), workflow: anything },
    { style: oneOf('primary', 'danger'), confirm, accessibility_label: string({ max: 75 }) },
  ),
};

const menus = ['static', 'users', 'conversations', 'channels', 'external'].flatMap((kind) => [
  `${kind}_select`,
  `multi_${kind}_select`,
]);
const pickers = ['datepicker', 'timepicker', 'datetimepicker', 'radio_buttons', 'checkboxes'];

/** Which elements each place takes. */
export const accessories = [
  ...menus,
  ...pickers.filter((name) => name !== 'datetimepicker'),
  'button',
  'image',
  'overflow',
  'workflow_button',
];
export const actionElements = [
  ...menus,
  ...pickers,
  'button',
  'overflow',
  'workflow_button',
  'rich_text_input',
];
export const inputElements = [
  ...menus,
  ...pickers,
  'plain_text_input',
  'number_input',
  'email_text_input',
  'url_text_input',
  'rich_text_input',
  'file_input',
];
