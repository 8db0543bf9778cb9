// Views, triggers and response addresses: their limits in time and number, and what the answers to a submission do.

import { afterEach, describe, expect, it } from 'vitest';
import { button, plain, type Running, section, start, until } from './bot.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  expect(running?.bugs ?? []).toEqual([]);
  running = undefined;
});

const view = (callback_id: string, more: object = {}) => ({
  type: 'modal' as const,
  callback_id,
  title: plain(callback_id),
  submit: plain('Go'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      optional: true,
      label: plain('Why'),
      element: { type: 'plain_text_input' as const, action_id: 'text' },
    },
  ],
  ...more,
});

type Failure = { data?: { error?: string; response_metadata?: { messages?: string[] } } };
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: Failure) => error.data?.error,
  );

describe('trigger ids', () => {
  it('work once, for three seconds', async () => {
    let now = Date.now();
    const triggers: string[] = [];
    running = await start(
      'socket',
      (app) =>
        app.command('/incident', async ({ ack, command }) => {
          triggers.push(command.trigger_id);
          await ack();
        }),
      { clock: () => now },
    );
    const { slack, app } = running;
    const open = (trigger_id: string) => codeOf(app.client.views.open({ trigger_id, view: view('a') }));
    await slack.as('ann').slash('general', '/incident', '');
    await slack.as('ann').slash('general', '/incident', '');
    expect(await open('made-up')).toBe('invalid_trigger_id');
    // A view with a mistake in it does not use the trigger up.
    const wrong = app.client.views.open({
      trigger_id: triggers[0] ?? '',
      view: view('a', { title: plain('x'.repeat(25)) }),
    });
    await expect(wrong).rejects.toMatchObject({
      data: {
        error: 'invalid_arguments',
        response_metadata: {
          messages: [
            expect.stringContaining('must be less than 25 characters [json-pointer:/view/title/text]'),
          ],
        },
      },
    });
    expect(await open(triggers[0] ?? '')).toBe('ok');
    expect(await open(triggers[0] ?? '')).toBe('exchanged_trigger_id');
    now += 3001;
    expect(await open(triggers[1] ?? '')).toBe('expired_trigger_id');
  });
});

describe('a stack of modals', () => {
  it('is pushed, updated by hash, and cleared', async () => {
    running = await start('socket', (app) => {
      app.command('/incident', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: view('first') });
      });
      app.view('first', async ({ ack }) => ack({ response_action: 'push', view: view('second') }));
      app.view('second', async ({ ack }) => ack({ response_action: 'update', view: view('third') }));
      app.view('third', async ({ ack }) => ack({ response_action: 'clear' }));
    });
    const { slack, app } = running;
    const ann = slack.as('ann');
    await ann.slash('general', '/incident', '');
    const first = await slack.until(() => ann.currentView());
    const hash = first.hash;
    await ann.fill(first, { why: 'kept' });
    const updated = await app.client.views.update({
      view_id: first.id,
      hash,
      view: view('first', { title: plain('Changed') }),
    });
    expect(updated.view?.title?.text).toBe('Changed');
    expect(ann.currentView()?.state.values).toEqual({
      why: { text: { type: 'plain_text_input', value: 'kept' } },
    });
    expect(await codeOf(app.client.views.update({ view_id: first.id, hash, view: view('first') }))).toBe(
      'hash_conflict',
    );
    expect(await codeOf(app.client.views.update({ view_id: 'V404', view: view('first') }))).toBe('not_found');
    await ann.submitView();
    expect(ann.openViews().map((each) => each.callback_id)).toEqual(['first', 'second']);
    expect(ann.currentView()).toMatchObject({ root_view_id: first.id, previous_view_id: first.id });
    await ann.submitView();
    expect(ann.openViews().map((each) => each.callback_id)).toEqual(['first', 'third']);
    await ann.submitView();
    expect(ann.openViews()).toEqual([]);
  });

  it('shows nobody else’s, and a wrong answer keeps it open', async () => {
    running = await start('socket', (app) => {
      app.command('/incident', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: view('first') });
      });
      app.view('first', async ({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'lost' } }));
    });
    const ann = running.slack.as('ann');
    await ann.slash('general', '/incident', '');
    const open = await until(() => ann.currentView());
    expect(running.slack.as('ben').openViews()).toEqual([]);
    await expect(running.slack.as('ben').submitView(open.id)).rejects.toThrow('ben has no view');
    expect(await ann.submitView()).toMatchObject({ ok: false, error: 'invalid_response' });
    expect(ann.openViews().length).toBe(1);
  });
});

describe('elements that tell at once', () => {
  it('send block_actions from a modal and from the App Home', async () => {
    const seen: unknown[] = [];
    running = await start('socket', (app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        await client.views.publish({
          user_id: event.user,
          view: { type: 'home', blocks: [section('Open incidents'), button('open', 'INC-1')] },
        });
      });
      app.action('open', async ({ ack, client, body }) => {
        await ack();
        if (body.type !== 'block_actions') return;
        await client.views.open({
          trigger_id: body.trigger_id,
          view: view('pick', {
            blocks: [
              {
                type: 'input',
                block_id: 'system',
                dispatch_action: true,
                label: plain('System'),
                element: {
                  type: 'static_select',
                  action_id: 'choice',
                  options: [{ text: plain('Web'), value: 'web' }],
                },
              },
            ],
          }),
        });
      });
      app.action('choice', async ({ ack, body, action }) => {
        await ack();
        seen.push({ action, container: (body as { container?: unknown }).container });
      });
    });
    const ann = running.slack.as('ann');
    ann.openHome();
    const home = await until(() => ann.home());
    expect(await ann.clickInView(home, { action_id: 'open', value: 'INC-1' })).toEqual({ ok: true });
    const modal = await until(() => ann.currentView());
    await expect(ann.fill(modal, { system: 'mainframe' })).rejects.toThrow(
      '"mainframe" is not offered; there are: web',
    );
    expect(await ann.fill(modal, { system: 'Web' })).toEqual({ ok: true });
    expect(seen).toMatchObject([
      {
        action: {
          type: 'static_select',
          block_id: 'system',
          action_id: 'choice',
          selected_option: { value: 'web' },
        },
        container: { type: 'view', view_id: modal.id },
      },
    ]);
  });
});

describe('response addresses', () => {
  it('answer to the one who clicked, replace and delete, five times in thirty minutes', async () => {
    let now = Date.now();
    const urls: string[] = [];
    running = await start(
      'socket',
      (app) => {
        app.action('go', async ({ ack, body, respond }) => {
          await ack();
          urls.push((body as { response_url: string }).response_url);
          await respond({ replace_original: true, text: 'replaced', blocks: [section('replaced')] });
        });
      },
      { clock: () => now },
    );
    const { slack, app } = running;
    const channel = slack.channel('incidents');
    await app.client.conversations.join({ channel });
    const { ts } = await app.client.chat.postMessage({ channel, text: 'x', blocks: [button('go')] });
    const ann = slack.as('ann');
    await ann.click(channel, ts ?? '', { action_id: 'go' });
    await until(() => ann.history(channel).at(-1)?.text === 'replaced');
    const post = async (body: object) => {
      const answer = await fetch(urls[0] ?? '', { method: 'POST', body: JSON.stringify(body) });
      return [answer.status, await answer.text()];
    };
    expect(await post({ text: 'for you' })).toEqual([200, 'ok']);
    expect(ann.ephemerals(channel).map((each) => each.text)).toEqual(['for you']);
    expect(await post({ text: 'for all', response_type: 'in_channel' })).toEqual([200, 'ok']);
    expect(ann.history(channel).at(-1)?.text).toBe('for all');
    expect((await post({ blocks: [{ type: 'bogus' }] }))[0]).toBe(400);
    expect(await post({ delete_original: true })).toEqual([200, 'ok']);
    expect(ann.history(channel).some((each) => each.ts === ts)).toBe(false);
    expect(await post({ text: 'the fifth' })).toEqual([200, 'ok']);
    expect((await post({ text: 'one too many' }))[0]).toBe(404);

    const second = await app.client.chat.postMessage({ channel, text: 'y', blocks: [button('go')] });
    await ann.click(channel, second.ts ?? '', { action_id: 'go' });
    await until(() => urls.length === 2);
    now += 30 * 60_000 + 1;
    const late = await fetch(urls[1] ?? '', { method: 'POST', body: JSON.stringify({ text: 'late' }) });
    expect([late.status, ((await late.json()) as { error: string }).error]).toEqual([404, 'expired_url']);
  });
});
