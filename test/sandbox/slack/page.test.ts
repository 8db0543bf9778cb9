// The page's protocol: acts, history and live changes for one person, and who is kept out.

import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  PageEvent,
  PageHistory,
  PageOutcome,
  PageSession,
  PageSnapshot,
} from '../../../sandbox/slack/page-protocol.ts';
import { plain, type Running, start, until } from './bot.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  expect(running?.bugs ?? []).toEqual([]);
  running = undefined;
});

async function open() {
  running = await start('socket', (app) => {
    app.command('/incident', async ({ ack, client, command }) => {
      await ack({ text: 'opening' });
      await client.views.open({
        trigger_id: command.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'm',
          title: plain('M'),
          submit: plain('Go'),
          blocks: [
            {
              type: 'input',
              block_id: 't',
              label: plain('T'),
              element: { type: 'plain_text_input', action_id: 'v' },
            },
          ],
        },
      });
    });
    app.view('m', async ({ ack, view }) => {
      if (view.state.values.t?.v?.value === 'bad')
        return ack({ response_action: 'errors', errors: { t: 'no' } });
      await ack();
    });
  });
  const { slack } = running;
  const [ann, ben] = slack.people.map((each) => each.id) as [string, string];
  const post = async <T>(path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(slack.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const get = async <T>(path: string) => (await (await fetch(slack.url + path)).json()) as T;
  const act = async (as: string, what: object) =>
    (await post<PageOutcome & { error?: string }>('/page/api/act', { as, act: what })).body;
  return { slack, ann, ben, post, get, act, channel: slack.channel('incidents') };
}

/** Reads server-sent events into a list until the test ends. */
async function listen(url: string) {
  const events: PageEvent[] = [];
  const abort = new AbortController();
  const answer = await fetch(url, { signal: abort.signal });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  const reading = (async () => {
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts)
        if (part.startsWith('data: ')) events.push(JSON.parse(part.slice(6)) as PageEvent);
    }
  })().catch(() => {});
  return {
    events,
    stop: async () => {
      abort.abort();
      await reading;
    },
  };
}

describe('the page', () => {
  it('shows who is there, acts as one of them, and hears of it live', async () => {
    const { slack, ann, ben, get, post, act, channel } = await open();
    const session = await get<PageSession>('/page/api/session');
    expect(session).toMatchObject({ connected: true, commands: [{ command: '/incident' }] });
    expect(session.people.map((each) => each.name)).toEqual(['ann', 'ben', 'cat', 'handrail']);

    const live = await listen(`${slack.url}/page/live?as=${ann}`);
    const other = await listen(`${slack.url}/page/live?as=${ben}`);
    const said = await act(ann, { do: 'say', channel, text: 'hello' });
    expect(said).toEqual({ ok: true, made: expect.any(String) });
    await act(ben, { do: 'react', channel, ts: said.made, emoji: 'eyes' });
    await act(ben, { do: 'say', channel, text: 'in a thread', thread_ts: said.made });
    await until(() => live.events.some((each) => each.type === 'message' && each.message.reply_count === 1));
    expect(live.events).toContainEqual(
      expect.objectContaining({
        type: 'message',
        what: 'changed',
        message: expect.objectContaining({ ts: said.made, reactions: expect.anything() }),
      }),
    );

    expect(await act(ann, { do: 'slash', channel, command: '/incident', text: 'start' })).toEqual({
      ok: true,
    });
    const views = await until(() => live.events.findLast((each) => each.type === 'views'));
    const view = views.views[0]?.id ?? '';
    expect(live.events.filter((each) => each.type === 'ephemeral')).toMatchObject([
      { ephemeral: { text: 'opening' } },
    ]);
    await act(ann, { do: 'fill', view, values: { t: 'bad' } });
    expect(await act(ann, { do: 'submitView', view })).toMatchObject({ ok: false, errors: { t: 'no' } });
    expect(await act(ben, { do: 'submitView', view })).toMatchObject({
      error: expect.stringContaining('has no view'),
    });

    await act(ann, { do: 'createChannel', name: 'private-talk', isPrivate: true });
    await until(() =>
      live.events.some((each) => each.type === 'channel' && each.channel.name === 'private-talk'),
    );
    expect(JSON.stringify(other.events)).not.toMatch(/private-talk|opening|"views"/);

    const before = (await post<PageSnapshot>('/page/api/load', { as: ann })).body;
    expect(before.channels.map((each) => each.name)).toContain('private-talk');
    expect(before.views).toHaveLength(1);
    expect(slack.as('ann').ephemerals()).toEqual([]);
    expect(
      (await post<PageSnapshot>('/page/api/load', { as: ben })).body.channels.map((each) => each.name),
    ).not.toContain('private-talk');

    const history = await get<PageHistory>(`/page/api/history?as=${ben}&channel=${channel}&limit=1`);
    expect(history).toMatchObject({ hasMore: true, messages: [{ text: 'hello', reply_count: 1 }] });
    const thread = await get<PageHistory>(
      `/page/api/history?as=${ben}&channel=${channel}&thread_ts=${said.made}`,
    );
    expect(thread.messages.map((each) => each.text)).toEqual(['hello', 'in a thread']);
    await live.stop();
    await other.stop();
  });

  it('answers a wrong body and an impossible act in words', async () => {
    const { ann, post, channel } = await open();
    expect(await post('/page/api/act', { as: ann, act: { do: 'fly' } })).toMatchObject({ status: 400 });
    expect(await post('/page/api/act', { as: 'U404', act: { do: 'openHome' } })).toMatchObject({
      status: 409,
      body: { error: 'there is nobody called U404' },
    });
    const click = { do: 'click', channel, ts: '1.0', target: { action_id: 'a' } };
    expect(await post('/page/api/act', { as: ann, act: click })).toMatchObject({ status: 409 });
  });
});

describe('who is kept out', () => {
  it('pages of other sites, and names that only point here', async () => {
    const { slack, ann, post } = await open();
    const act = { as: ann, act: { do: 'openHome' } };
    expect((await post('/page/api/act', act, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await post('/page/api/act', act, { origin: slack.url })).status).toBe(200);
    expect((await post('/page/api/act', act, { 'content-type': 'text/plain' })).status).toBe(415);
    for (const path of ['/page/api/session', '/api/auth.test', '/']) {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        request(slack.url + path, { headers: { host: 'rebound.example' } }, (answer) =>
          resolve(answer.resume().statusCode),
        )
          .on('error', reject)
          .end();
      });
      expect(status).toBe(403);
    }
  });

  it('paths outside the page’s folder', async () => {
    const { slack } = await open();
    const statusOf = async (path: string) => (await fetch(slack.url + path)).status;
    expect(await statusOf('/page/..%2fserver.ts')).toBe(404);
    expect(await statusOf('/page/vendor/..%2f..%2fpackage.json')).toBe(404);
    expect(await statusOf('/page/%')).toBe(404);
    for (const name of ['preact.js', 'preact-hooks.js', 'htm.js', 'htm-preact.js']) {
      const answer = await fetch(`${slack.url}/page/vendor/${name}`);
      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([
        name,
        200,
        'text/javascript; charset=utf-8',
      ]);
    }
  });
});
