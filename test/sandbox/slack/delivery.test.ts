// How events and clicks reach the bot when things go wrong: duplicates, retries, lost acknowledgements, cut sockets, several processes.

import { afterEach, describe, expect, it } from 'vitest';
import { button, connect, type Mode, type Running, start, until } from './bot.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  expect(running?.bugs ?? []).toEqual([]);
  running = undefined;
});

/** A bot that is in #incidents and writes down what it hears. */
async function listening(mode: Mode, options: Parameters<typeof start>[2] = {}) {
  const heard: { text: string; eventId: string; retry: number | undefined }[] = [];
  const events: string[] = [];
  const clicks: string[] = [];
  const build = (app: Running['app']) => {
    app.message(async ({ message, body, context }) => {
      if (message.subtype === undefined)
        heard.push({ text: message.text ?? '', eventId: body.event_id, retry: context.retryNum });
    });
    app.event(/.*/, async ({ event }) => {
      events.push(
        'subtype' in event && event.subtype !== undefined ? `${event.type}:${event.subtype}` : event.type,
      );
    });
    app.action('go', async ({ ack, body }) => {
      clicks.push('trigger_id' in body ? body.trigger_id : '');
      await ack();
    });
  };
  running = await start(mode, build, options);
  const { slack, app } = running;
  await app.client.conversations.join({ channel: slack.channel('incidents') });
  await slack.settled();
  heard.length = 0;
  events.length = 0;
  return { slack, app, heard, events, clicks, build, ann: slack.as('ann') };
}

describe.each<Mode>(['socket', 'http'])('over %s', (mode) => {
  it('tells of messages, edits, deletions, reactions, pins and joins, and of the bot’s own messages', async () => {
    const { slack, app, events, heard, ann } = await listening(mode);
    const channel = slack.channel('incidents');
    const ts = ann.say('incidents', 'it is slow');
    ann.edit('incidents', ts, 'it is very slow');
    ann.react('incidents', ts, ':pushpin:');
    ann.unreact('incidents', ts, 'pushpin');
    ann.pin('incidents', ts);
    ann.delete('incidents', ts);
    ann.leave('incidents');
    ann.join('incidents');
    ann.setTopic('incidents', 'All hands');
    await app.client.chat.postMessage({ channel, text: 'mine' });
    await slack.settled();
    expect(events.sort()).toEqual(
      [
        'member_joined_channel',
        'member_left_channel',
        'message',
        'message:channel_join',
        'message:channel_leave',
        'message:channel_topic',
        'message:message_changed',
        'message:message_deleted',
        'message:pinned_item',
        'pin_added',
        'reaction_added',
        'reaction_removed',
      ].sort(),
    );
    // Bolt keeps the app's own messages from its listeners; Slack sends them all the same.
    expect(heard.map((each) => each.text)).toEqual(['it is slow']);
    const sent = slack.log.deliveries.map((each) => each.payload.event as Record<string, unknown>);
    expect(sent.at(-1)).toMatchObject({
      type: 'message',
      text: 'mine',
      bot_id: slack.state.app.botId,
      user: slack.botUserId,
    });
  });

  it('tells nothing of channels the bot is not in', async () => {
    const { slack, ann } = await listening(mode);
    const before = slack.log.deliveries.length;
    ann.createChannel('secret', { isPrivate: true });
    ann.say('secret', 'nobody else');
    ann.say('general', 'nor here');
    await slack.settled();
    expect(slack.log.deliveries.length).toBe(before);
  });

  it('delivers everything twice with the same ids when asked to', async () => {
    const { slack, app, heard, clicks, ann } = await listening(mode);
    await app.client.chat.postMessage({
      channel: slack.channel('incidents'),
      text: 'x',
      blocks: [button('go')],
    });
    await slack.settled();
    const card = String(ann.history('incidents').at(-1)?.ts);
    slack.faults.duplicateDeliveries(true);
    ann.say('incidents', 'twice');
    const outcome = await ann.click('incidents', card, { action_id: 'go' });
    await slack.settled();
    expect(outcome).toMatchObject({ ok: true, duplicate: { ok: true } });
    expect(heard.map((each) => each.text)).toEqual(['twice', 'twice']);
    expect(new Set(heard.map((each) => each.eventId)).size).toBe(1);
    expect(clicks.length).toBe(2);
    expect(new Set(clicks).size).toBe(1);
    expect(slack.log.deliveries.slice(-4).every((each) => each.outcome === 'acked')).toBe(true);
  });

  it('sends an event again when its acknowledgement is lost, and says so', async () => {
    const { slack, heard, ann } = await listening(mode);
    slack.faults.dropNext('ack', 2);
    ann.say('incidents', 'again');
    await slack.settled();
    expect(heard.map((each) => each.retry ?? 0)).toEqual([0, 1, 2]);
    expect(new Set(heard.map((each) => each.eventId)).size).toBe(1);
  });

  it('does not repeat a click whose acknowledgement is lost: the person sees an error', async () => {
    const { slack, app, clicks, ann } = await listening(mode);
    const { ts } = await app.client.chat.postMessage({
      channel: slack.channel('incidents'),
      text: 'x',
      blocks: [button('go')],
    });
    await slack.settled();
    slack.faults.dropNext('ack');
    expect(await ann.click('incidents', ts ?? '', { action_id: 'go' })).toMatchObject({
      ok: false,
      error: 'operation_timeout',
    });
    expect(clicks.length).toBe(1);
  });

  it('turns the order of events around when asked to', async () => {
    const { slack, heard, ann } = await listening(mode);
    slack.faults.reorder(true);
    for (const text of ['one', 'two', 'three']) ann.say('incidents', text);
    await slack.settled();
    expect(heard.map((each) => each.text)).toEqual(['three', 'two', 'one']);
  });
});

describe('Socket Mode', () => {
  it('comes back after a refresh and after a cut, with the event that was missed', async () => {
    const { slack, heard, ann } = await listening('socket', { retryScheduleMs: [0, 5_000, 5_000] });
    for (const reason of ['refresh_requested', 'cut'] as const) {
      slack.faults.disconnect(reason);
      await until(() => slack.connections === 0);
      ann.say('incidents', `during ${reason}`);
      expect(await ann.slash('incidents', '/incident', '')).toMatchObject({
        ok: false,
        error: 'not_connected',
      });
      await until(() => slack.connections === 1);
      await slack.settled();
    }
    expect(heard.map(({ text, retry }) => [text, retry])).toEqual([
      ['during refresh_requested', 1],
      ['during cut', 1],
    ]);
    expect(slack.log.lost).toEqual([]);
  });

  it('loses an event for good when nobody comes before the schedule ends', async () => {
    const { slack, app, ann } = await listening('socket', { retryScheduleMs: [0, 20, 20] });
    await app.stop();
    await until(() => slack.connections === 0);
    ann.say('incidents', 'into the void');
    await slack.settled();
    expect(slack.log.lost.map((each) => (each.event as { text: string }).text)).toEqual(['into the void']);
  });

  it('is gone as a whole and comes back', async () => {
    const { slack, app, heard, ann } = await listening('socket', { retryScheduleMs: [0, 5_000, 5_000] });
    slack.faults.down(true);
    await until(() => slack.connections === 0);
    await expect(app.client.auth.test()).rejects.toThrow();
    const ts = ann.say('incidents', 'while it was away');
    slack.faults.down(false);
    await until(() => heard.length > 0);
    expect(heard[0]?.text).toBe('while it was away');
    const { messages } = await app.client.conversations.history({
      channel: slack.channel('incidents'),
      limit: 1,
    });
    expect(messages?.[0]?.ts).toBe(ts);
  });

  it('gives each envelope to one of several processes', async () => {
    const { slack, heard, build, ann } = await listening('socket');
    const second = await connect(slack, 'socket', build);
    for (let count = 0; count < 6; count += 1) ann.say('incidents', `message ${count}`);
    await slack.settled();
    expect(heard.map((each) => each.text).sort()).toEqual(
      [0, 1, 2, 3, 4, 5].map((each) => `message ${each}`),
    );
    await second.stop();
    await until(() => slack.connections === 1);
    ann.say('incidents', 'to the one left');
    await slack.settled();
    expect(heard.at(-1)?.text).toBe('to the one left');
  });

  it('takes a connection address once', async () => {
    const { slack } = await listening('socket');
    const opened = await fetch(`${slack.apiUrl}apps.connections.open`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.appToken}` },
    });
    const { url } = (await opened.json()) as { url: string };
    const first = new WebSocket(url);
    await new Promise((resolve) => first.addEventListener('message', resolve, { once: true }));
    const second = new WebSocket(url);
    await new Promise((resolve) => second.addEventListener('error', resolve, { once: true }));
    first.close();
    await until(() => slack.connections === 1);
  });

  it('tells the person when nobody acknowledged in time', async () => {
    running = await start('socket', (app) => app.command('/incident', async () => {}), { ackTimeoutMs: 50 });
    expect(await running.slack.as('ann').slash('general', '/incident', 'help')).toMatchObject({
      ok: false,
      error: 'operation_timeout',
      text: '/incident failed because the app did not respond',
    });
  });
});

describe('HTTP', () => {
  it('never leaves this machine', async () => {
    const { slack, ann } = await listening('http');
    slack.setEventsUrl('http://192.0.2.1:80/slack/events');
    expect(await ann.slash('general', '/incident', 'help')).toMatchObject({
      ok: false,
      error: 'not_connected',
    });
  });

  it('signs what it sends: an app with another secret refuses it', async () => {
    const { slack, ann } = await listening('http');
    const other = await connect({ ...slack, signingSecret: 'another' }, 'http', (app) =>
      app.command('/incident', async ({ ack }) => ack()),
    );
    expect(await ann.slash('general', '/incident', 'help')).toMatchObject({
      ok: false,
      error: 'dispatch_failed',
    });
    await other.stop();
  });
});
