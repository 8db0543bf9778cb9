// Messages through the Web API as the real WebClient meets it: threads, pages, edits, limits, pins and bookmarks.

import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../../sandbox/slack/server.ts';
import { section } from './bot.ts';
import { code, refusal, withoutBot } from './web-client.ts';

let slack: LocalSlack;
let client: WebClient;
let bugs: Error[];
beforeEach(async () => {
  ({ slack, client, bugs } = await withoutBot());
});
afterEach(async () => {
  await slack.close();
  expect(bugs).toEqual([]);
});

describe('messages', () => {
  let channel: string;
  beforeEach(async () => {
    channel = slack.channel('incidents');
    await client.conversations.join({ channel });
  });

  it('keep metadata, threads and reactions', async () => {
    const metadata = { event_type: 'effect', event_payload: { id: 'e-7' } };
    const { ts } = await client.chat.postMessage({ channel: '#incidents', text: 'card', metadata });
    await client.chat.postMessage({ channel, text: 'evidence', thread_ts: ts as string });
    await client.reactions.add({ channel, timestamp: ts as string, name: 'eyes' });
    const without = (await client.conversations.history({ channel, limit: 1 })).messages?.[0];
    expect(without).toMatchObject({ ts, text: 'card', reply_count: 1, bot_id: slack.state.app.botId });
    expect(without?.metadata).toBeUndefined();
    const [full] =
      (await client.conversations.history({ channel, include_all_metadata: true, limit: 1 })).messages ?? [];
    expect(full?.metadata).toEqual(metadata);
    const { messages } = await client.conversations.replies({ channel, ts: ts as string });
    expect(messages?.map((each) => each.text)).toEqual(['card', 'evidence']);
    expect((await client.reactions.get({ channel, timestamp: ts as string })).message?.reactions).toEqual([
      { name: 'eyes', users: [slack.botUserId], count: 1 },
    ]);
    expect(await code(client.reactions.add({ channel, timestamp: ts as string, name: 'eyes' }))).toBe(
      'already_reacted',
    );
    expect(await code(client.chat.postMessage({ channel, text: 'x', thread_ts: '1.000000' }))).toBe(
      'cannot_reply_to_message',
    );
  });

  it('are read page by page', async () => {
    for (let count = 0; count < 5; count += 1) slack.as('ann').say(channel, `line ${count}`);
    const texts: string[] = [];
    for await (const part of client.paginate('conversations.history', { channel, limit: 2 }))
      for (const message of (part as unknown as { messages: { text: string }[] }).messages)
        texts.push(message.text);
    expect(texts.filter((text) => text.startsWith('line'))).toEqual(
      [4, 3, 2, 1, 0].map((each) => `line ${each}`),
    );
    const oldest = String(slack.as('ann').history(channel).at(-2)?.ts);
    const after = await client.conversations.history({ channel, oldest });
    expect(after.messages?.map((each) => each.text)).toEqual(['line 4']);
    expect(await code(client.conversations.history({ channel, cursor: 'bogus' }))).toBe('invalid_cursor');
  });

  it('are changed and deleted only by their author', async () => {
    const theirs = slack.as('ann').say(channel, 'mine');
    expect(await code(client.chat.update({ channel, ts: theirs, text: 'x' }))).toBe('cant_update_message');
    expect(await code(client.chat.delete({ channel, ts: theirs }))).toBe('cant_delete_message');
    expect(await code(client.chat.update({ channel, ts: '1.000000', text: 'x' }))).toBe('message_not_found');
    const { ts } = await client.chat.postMessage({ channel, text: 'a', blocks: [section('a')] });
    expect(await code(client.chat.update({ channel, ts: ts as string, text: 'x'.repeat(40_001) }))).toBe(
      'msg_too_long',
    );
    await client.chat.update({ channel, ts: ts as string, text: 'b' });
    expect(slack.as('ann').history(channel).at(-1)).toMatchObject({
      text: 'b',
      edited: { user: slack.botUserId },
    });
    expect(() => slack.as('ben').edit(channel, theirs, 'not mine')).toThrow('not by ben');
  });

  it('are refused without text, and cut past 40,000 characters', async () => {
    expect(await code(client.chat.postMessage({ channel, text: '' }))).toBe('no_text');
    const long = await client.chat.postMessage({ channel, text: 'x'.repeat(40_001) });
    expect((long as { warning?: string }).warning).toBe('message_truncated');
    expect(long.message?.text?.length).toBe(40_000);
    const blocks = Array.from({ length: 6 }, () => section('y'.repeat(2900)));
    expect(await code(client.chat.postMessage({ channel, text: 'x', blocks }))).toBe('msg_blocks_too_long');
    const invalid = await refusal(
      client.chat.postMessage({
        channel,
        text: 'x',
        blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })),
      }),
    );
    expect(invalid).toMatchObject({
      error: 'invalid_blocks',
      errors: ['no more than 50 items allowed [json-pointer:/blocks]'],
      response_metadata: { messages: ['[ERROR] no more than 50 items allowed [json-pointer:/blocks]'] },
    });
    expect(await code(client.apiCall('chat.postMessage', { channel, blocks: 'not json' }))).toBe(
      'invalid_blocks_format',
    );
  });

  it('for one person are seen by that person only, and gone at the reload of the page', async () => {
    const [ann] = slack.people.map((each) => each.id) as [string];
    await client.chat.postEphemeral({ channel, user: ann, text: 'only you' });
    expect(
      slack
        .as('ann')
        .ephemerals('incidents')
        .map((each) => each.text),
    ).toEqual(['only you']);
    expect(slack.as('ben').ephemerals()).toEqual([]);
    expect(
      (await client.conversations.history({ channel })).messages?.some((each) => each.text === 'only you'),
    ).toBe(false);
    slack.as('ann').leave('incidents');
    expect(await code(client.chat.postEphemeral({ channel, user: ann, text: 'x' }))).toBe(
      'user_not_in_channel',
    );
  });

  it('are pinned once, and bookmarks hold links', async () => {
    const { ts } = await client.chat.postMessage({ channel, text: 'card' });
    await client.pins.add({ channel, timestamp: ts as string });
    expect(await code(client.pins.add({ channel, timestamp: ts as string }))).toBe('already_pinned');
    expect((await client.pins.list({ channel })).items).toMatchObject([{ message: { text: 'card' } }]);
    await client.pins.remove({ channel, timestamp: ts as string });
    expect(await code(client.pins.remove({ channel, timestamp: ts as string }))).toBe('no_pin');
    await client.bookmarks.add({
      channel_id: channel,
      title: 'Runbook',
      type: 'link',
      link: 'https://example.com',
    });
    expect((await client.bookmarks.list({ channel_id: channel })).bookmarks).toMatchObject([
      { title: 'Runbook' },
    ]);
    expect(
      await code(client.bookmarks.add({ channel_id: channel, title: 'x', type: 'link', link: 'nowhere' })),
    ).toBe('invalid_link');
  });

  it('have permalinks to this server', async () => {
    const { ts } = await client.chat.postMessage({ channel, text: 'card' });
    const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts as string });
    expect(permalink).toBe(`${slack.url}/archives/${channel}/p${ts?.replace('.', '')}`);
  });
});
