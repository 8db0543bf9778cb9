// A command, a modal with a mistake in it, a channel, a click: through a real Bolt app, over Socket Mode and over HTTP.

import { afterEach, describe, expect, it } from 'vitest';
import { button, type Mode, plain, type Running, section, start, until } from './bot.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  expect(running?.bugs ?? []).toEqual([]);
  running = undefined;
});

const modal = {
  type: 'modal' as const,
  callback_id: 'declare',
  private_metadata: 'from-here',
  title: plain('Declare'),
  submit: plain('Declare'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'title',
      label: plain('Title'),
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
    {
      type: 'input' as const,
      block_id: 'severity',
      label: plain('Severity'),
      element: {
        type: 'static_select' as const,
        action_id: 'choice',
        options: ['SEV1', 'SEV2'].map((name) => ({ text: plain(name), value: name.toLowerCase() })),
      },
    },
  ],
};

async function journey(mode: Mode) {
  const joins: string[] = [];
  running = await start(mode, (app) => {
    app.command('/incident', async ({ ack, client, command }) => {
      await client.views.open({ trigger_id: command.trigger_id, view: modal });
      await ack(`opening for ${command.text}`);
    });
    app.view('declare', async ({ ack, view, client, body }) => {
      const title = view.state.values.title?.text?.value ?? '';
      if (title.length < 5) return ack({ response_action: 'errors', errors: { title: 'Say a little more' } });
      await ack();
      const { channel } = await client.conversations.create({ name: 'inc-1-checkout' });
      const id = channel?.id ?? '';
      await client.conversations.invite({ channel: id, users: body.user.id });
      await client.conversations.setTopic({ channel: id, topic: title });
      const severity = view.state.values.severity?.choice?.selected_option?.value;
      await client.chat.postMessage({
        channel: id,
        text: title,
        blocks: [section(`*${title}* ${severity} ${view.private_metadata}`), button('step', 'one')],
        metadata: { event_type: 'card', event_payload: { incident: 1 } },
      });
    });
    app.action('step', async ({ ack, client, body, action }) => {
      await ack();
      if (body.type !== 'block_actions' || action.type !== 'button') return;
      await client.chat.update({
        channel: body.channel?.id ?? '',
        ts: body.message?.ts ?? '',
        text: 'done',
        blocks: [section(`done ${action.value} by <@${body.user.id}>`)],
      });
    });
    app.event('member_joined_channel', async ({ event }) => {
      joins.push(event.user);
    });
  });
  const { slack } = running;
  const ann = slack.as('ann');

  expect(await ann.slash('incidents', '/incident', 'start')).toEqual({ ok: true });
  expect(ann.ephemerals('incidents').map((each) => each.text)).toEqual(['opening for start']);
  expect(ann.currentView()).toMatchObject({ callback_id: 'declare', type: 'modal' });

  expect(await ann.submitView()).toMatchObject({
    ok: false,
    error: 'incomplete',
    errors: { title: expect.any(String) },
  });
  await ann.fill(undefined, { title: 'abc', severity: 'SEV1' });
  expect(await ann.submitView()).toMatchObject({ ok: false, errors: { title: 'Say a little more' } });
  await ann.fill(undefined, { text: 'Checkout is slow' });
  expect(await ann.submitView()).toEqual({ ok: true });
  expect(ann.openViews()).toEqual([]);

  const card = await until(() =>
    [...slack.state.channels.values()].some((each) => each.name === 'inc-1-checkout')
      ? ann.history('inc-1-checkout').find((each) => each.bot_id !== undefined)
      : undefined,
  );
  expect(card.text).toBe('Checkout is slow');
  expect(JSON.stringify(card.blocks)).toContain('sev1 from-here');
  const ts = String(card.ts);
  await expect(ann.click('inc-1-checkout', ts, { action_id: 'step', value: 'two' })).rejects.toThrow(
    'shows no step',
  );
  expect(await ann.click('inc-1-checkout', ts, { action_id: 'step', value: 'one' })).toEqual({ ok: true });
  await until(() => ann.history('inc-1-checkout').find((each) => each.ts === ts)?.text === 'done');
  await expect(ann.click('inc-1-checkout', ts, { action_id: 'step' })).rejects.toThrow('nothing to click');

  // A click that was on its way when the message changed reaches the app with the old message.
  expect(await ann.click('inc-1-checkout', ts, { action_id: 'step' }, { stale: card })).toEqual({ ok: true });
  const stale = slack.log.deliveries.findLast((each) => each.payload.type === 'block_actions')?.payload;
  expect(stale).toMatchObject({ message: { text: 'Checkout is slow' }, container: { message_ts: ts } });

  await slack.settled();
  expect(joins).toContain(ann.user.id);
  expect(slack.state.channels.get(slack.channel('inc-1-checkout'))?.topic.value).toBe('Checkout is slow');
  return slack;
}

describe('declaring an incident', () => {
  it('works over Socket Mode', async () => {
    await journey('socket');
  });

  it('works over signed HTTP, and the address is verified', async () => {
    const slack = await journey('http');
    expect(await slack.verifyEventsUrl()).toBe(true);
  });
});

describe('payloads', () => {
  it('have the fields of the published samples', async () => {
    running = await start(
      'socket',
      (app) => {
        app.command('/incident', async ({ ack, client, command }) => {
          await ack();
          await client.views.open({
            trigger_id: command.trigger_id,
            view: { ...modal, notify_on_close: true },
          });
        });
        app.view({ callback_id: 'declare', type: 'view_closed' }, async ({ ack }) => ack());
        app.shortcut('declare-from', async ({ ack }) => ack());
      },
      { shortcuts: [{ type: 'message', callbackId: 'declare-from', name: 'Declare an incident' }] },
    );
    const { slack } = running;
    const ann = slack.as('ann');
    await ann.slash('incidents', '/incident', 'role lead @ben in #general & more');
    const [slash] = slack.log.deliveries;
    expect(Object.keys(slash?.payload ?? {})).toEqual(
      expect.arrayContaining(
        'token team_id team_domain channel_id channel_name user_id user_name command text api_app_id response_url trigger_id'.split(
          ' ',
        ),
      ),
    );
    const ben = slack.as('ben').user.id;
    expect(slash?.payload.text).toBe(
      `role lead <@${ben}|ben> in <#${slack.channel('general')}|general> & more`,
    );

    await until(() => ann.currentView());
    await ann.closeView();
    const closed = slack.log.deliveries.at(-1)?.payload;
    expect(closed).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      user: { id: ann.user.id, username: 'ann' },
    });
    expect(Object.keys(closed?.view ?? {})).toEqual(
      expect.arrayContaining(
        'id team_id type blocks private_metadata callback_id state hash title close submit clear_on_close notify_on_close previous_view_id root_view_id app_id external_id app_installed_team_id bot_id'.split(
          ' ',
        ),
      ),
    );

    const ts = ann.say('incidents', 'is it <slow> & https://example.com/a for @ben?');
    expect(ann.history('incidents').at(-1)?.text).toBe(
      `is it &lt;slow&gt; &amp; <https://example.com/a> for <@${ben}>?`,
    );
    expect(await ann.messageShortcut('declare-from', 'incidents', ts)).toEqual({ ok: true });
    expect(slack.log.deliveries.at(-1)?.payload).toMatchObject({
      type: 'message_action',
      callback_id: 'declare-from',
      message_ts: ts,
      message: { text: expect.stringContaining('slow'), user: ann.user.id },
      channel: { name: 'incidents' },
      trigger_id: expect.any(String),
      response_url: expect.stringContaining(slack.url),
    });
  });
});
