// A small bot for the tests of the page: it declares an incident through a modal, and works with buttons, menus and files.

import type { App, types } from '@slack/bolt';
import type { LocalSlackOptions } from '../../../sandbox/slack/server.ts';
import { plain, section } from '../slack/bot.ts';

export const crew: LocalSlackOptions['people'] = [
  { name: 'robin', realName: 'Robin Okafor', timeZone: 'America/Vancouver' },
  { name: 'sam', realName: 'Sam Lindqvist', timeZone: 'Europe/Zurich' },
  {
    name: 'alex',
    realName: 'Alexandria-Maximiliana Featherstonehaugh-Montgomery',
    timeZone: 'America/Vancouver',
  },
];

export const options: Partial<LocalSlackOptions> = {
  people: crew,
  userGroups: [{ handle: 'dbas', name: 'Database people', users: ['sam'] }],
  commands: [
    {
      command: '/incident',
      description: 'Declare and work on incidents',
      usageHint: 'start | note | run | status | update | left | resolve | report',
      shouldEscape: true,
    },
  ],
  shortcuts: [
    { type: 'message', callbackId: 'note_message', name: 'Add to the timeline' },
    { type: 'global', callbackId: 'declare', name: 'Declare an incident' },
  ],
};

export const report = `# INC-1 web-api: timeouts

| Field | Value |
| --- | --- |
| Severity | SEV2 |
| Lead | Robin Okafor |

## Timeline

- **10:15** noticed: *connections are refused*
- **10:24** ruled out: the \`network\`

> Why the image broke is an open question.
`;

const options_ = (...names: string[]) => names.map((name) => ({ text: plain(name), value: name }));
const input = (
  block_id: string,
  label: string,
  element: types.InputBlockElement,
  more: Partial<types.InputBlock> = {},
): types.InputBlock => ({
  type: 'input',
  block_id,
  label: plain(label),
  element: { action_id: 'v', ...element },
  ...more,
});

export const declareView = (): types.ModalView => ({
  type: 'modal',
  callback_id: 'declare',
  title: plain('Start an incident'),
  submit: plain('Start'),
  close: plain('Not now'),
  blocks: [
    input('title', 'What is wrong?', {
      type: 'plain_text_input',
      placeholder: plain('web-api answers with timeouts'),
      max_length: 60,
    }),
    input('severity', 'Severity', {
      type: 'static_select',
      options: options_('SEV1', 'SEV2', 'SEV3', 'SEV4'),
    }),
    input(
      'invite',
      'Invite',
      { type: 'multi_users_select' },
      { optional: true, hint: plain('They are invited at once.') },
    ),
    input('since', 'Since when?', { type: 'datetimepicker' }, { optional: true }),
    input('kind', 'Is this real?', {
      type: 'radio_buttons',
      options: options_('It is real', 'It is a drill'),
      initial_option: { text: plain('It is real'), value: 'It is real' },
    }),
    input(
      'more',
      'More',
      {
        type: 'checkboxes',
        options: [
          {
            text: plain('Private'),
            value: 'private',
            description: plain('Only its members see the channel'),
          },
        ],
      },
      { optional: true },
    ),
  ],
});

export const card = (state: string, by?: string): types.KnownBlock[] => [
  { type: 'header', text: plain('INC-1: timeouts of web-api') },
  {
    type: 'section',
    block_id: 'facts',
    fields: [
      { type: 'mrkdwn', text: '*Severity*\nSEV2' },
      { type: 'mrkdwn', text: `*Status*\n${state}` },
      { type: 'mrkdwn', text: `*Lead*\n${by === undefined ? 'nobody yet' : `<@${by}>`}` },
      { type: 'mrkdwn', text: '*Target*\n`prod-patroni` in `a1b2c3-prod`' },
    ],
    accessory: { type: 'overflow', action_id: 'more', options: options_('Severity', 'Status') },
  },
  {
    type: 'actions',
    block_id: 'work',
    elements: [
      { type: 'button', action_id: 'lead', style: 'primary', text: plain('Take the lead'), value: 'lead' },
      { type: 'button', action_id: 'note', text: plain('Note'), value: 'note' },
      {
        type: 'button',
        action_id: 'scale',
        style: 'danger',
        text: plain('Scale to 0'),
        value: 'scale',
        confirm: {
          title: plain('Scale web-api to 0?'),
          text: { type: 'mrkdwn', text: '*4 pods* in `a1b2c3-prod` stop. Undo brings them back.' },
          confirm: plain('Scale to 0'),
          deny: plain('Not now'),
          style: 'danger',
        },
      },
      {
        type: 'static_select',
        action_id: 'status',
        placeholder: plain('Status'),
        options: options_('investigating', 'cause found', 'fixing', 'watching'),
      },
    ],
  },
  {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: 'Started <!date^1795169700^{date_short_pretty} at {time}|then>' }],
  },
];

/** Furnishes the app. What it heard is put into `heard`, for the tests to look at. */
export function furnish(app: App, heard: string[]): void {
  app.command('/incident', async ({ ack, client, command, respond }) => {
    if (command.text === 'silence') return;
    await ack();
    if (command.text === 'start')
      await client.views.open({ trigger_id: command.trigger_id, view: declareView() });
    else await respond(`*Commands:* \`start\`, \`note\`. You typed _${command.text}_.`);
  });
  app.shortcut('declare', async ({ ack, client, shortcut }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: declareView() });
  });
  app.shortcut('note_message', async ({ ack, shortcut }) => {
    await ack();
    if (shortcut.type === 'message_action') heard.push(`noted: ${shortcut.message.text}`);
  });
  app.view('declare', async ({ ack, view, body, client }) => {
    const title = view.state.values.title?.v?.value ?? '';
    if (/^test/i.test(title))
      return ack({ response_action: 'errors', errors: { title: 'Say what is wrong, not “test”.' } });
    await ack();
    heard.push(JSON.stringify(view.state.values));
    const made = await client.conversations.create({ name: 'inc-1-web-api-timeouts' });
    const channel = made.channel?.id ?? '';
    const invited = view.state.values.invite?.v?.selected_users ?? [];
    await client.conversations.invite({ channel, users: [...new Set([body.user.id, ...invited])].join(',') });
    await client.conversations.setTopic({ channel, topic: `SEV2 · ${title} · nobody leads yet` });
    await client.bookmarks.add({
      channel_id: channel,
      title: 'web-api in the catalogue',
      type: 'link',
      link: 'https://docs.example/web-api',
      emoji: ':books:',
    });
    const posted = await client.chat.postMessage({ channel, text: 'INC-1', blocks: card('investigating') });
    await client.pins.add({ channel, timestamp: posted.ts ?? '' });
    await client.chat.postMessage({
      channel: body.user.id,
      text: `<#${channel}> is open.`,
    });
  });
  app.action('lead', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || body.channel === undefined) return;
    const channel = body.channel.id;
    await client.chat.update({
      channel,
      ts: body.message?.ts ?? '',
      text: 'INC-1',
      blocks: card('fixing', body.user.id),
    });
    await client.chat.postMessage({
      channel,
      text: `<@${body.user.id}> leads. <!subteam^S0000000001> may approve.`,
    });
  });
  app.action('note', async () => {});
  app.action('scale', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions' || body.channel === undefined) return;
    await client.chat.postMessage({
      channel: body.channel.id,
      text: 'web-api: 4 -> 0',
      thread_ts: body.message?.ts,
    });
    await client.files.uploadV2({
      channel_id: body.channel.id,
      filename: 'inc-1-report.md',
      title: 'Report of INC-1',
      content: report,
      initial_comment: 'The draft of the report.',
    });
  });
  app.action('status', async ({ ack, action }) => {
    await ack();
    if (action.type === 'static_select') heard.push(`status: ${action.selected_option?.value}`);
  });
  app.action('more', async ({ ack, action }) => {
    await ack();
    if (action.type === 'overflow') heard.push(`more: ${action.selected_option.value}`);
  });
  app.event('app_home_opened', async ({ client, event }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [
          { type: 'header', text: plain('Open incidents') },
          section('None. Type `/incident start` in any channel.'),
          {
            type: 'actions',
            block_id: 'h',
            elements: [{ type: 'button', action_id: 'home_start', text: plain('Start an incident') }],
          },
        ],
      },
    });
  });
  app.action('home_start', async ({ ack, body, client }) => {
    await ack();
    if (body.type === 'block_actions')
      await client.views.open({ trigger_id: body.trigger_id, view: declareView() });
  });
}
