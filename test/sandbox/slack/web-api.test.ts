// The Web API as the real WebClient meets it: tokens, channels, files, people, limits; and the errors Slack documents for what is wrong.

import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack, LocalSlackOptions } from '../../../sandbox/slack/server.ts';
import { logger } from './bot.ts';
import { code, refusal, withoutBot } from './web-client.ts';

let slack: LocalSlack;
let client: WebClient;
let bugs: Error[];

async function begin(options: Partial<LocalSlackOptions> = {}) {
  const begun = await withoutBot(options);
  ({ slack, bugs } = begun);
  return begun.client;
}
beforeEach(async () => {
  client = await begin();
});
afterEach(async () => {
  await slack.close();
  expect(bugs).toEqual([]);
});

describe('tokens and scopes', () => {
  it('says who the bot is and what it may do', async () => {
    const answer = await client.auth.test();
    expect(answer).toMatchObject({ ok: true, user_id: slack.botUserId, team_id: slack.teamId });
    expect(answer.response_metadata?.scopes).toContain('chat:write');
  });

  it('refuses no token, a wrong one and the wrong kind', async () => {
    const as = (token: string) =>
      new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, logger });
    expect(await code(as('').auth.test())).toBe('not_authed');
    expect(await code(as('xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await code(client.apps.connections.open({}))).toBe('not_allowed_token_type');
  });

  it('names the scope that is missing', async () => {
    await slack.close();
    client = await begin({ grantedScopes: ['chat:write', 'channels:read'] });
    expect(await refusal(client.pins.add({ channel: 'C1', timestamp: '1.1' }))).toMatchObject({
      error: 'missing_scope',
      needed: 'pins:write',
      provided: 'chat:write,channels:read',
    });
    expect(await code(client.conversations.list({ types: 'private_channel' }))).toBe('missing_scope');
    expect(await code(client.conversations.create({ name: 'x', is_private: true }))).toBe('missing_scope');
    const { user } = await begin2(['users:read'], (other) =>
      other.users.info({ user: slack.people[0]?.id ?? '' }),
    );
    expect(user?.profile?.email).toBeUndefined();
  });

  it('knows no other methods, and no free workspace has user groups', async () => {
    expect(await code(client.apiCall('canvases.create', {}))).toBe('unknown_method');
    await slack.close();
    client = await begin({ plan: 'free' });
    expect(await code(client.usergroups.list())).toBe('plan_upgrade_required');
  });
});

async function begin2<T>(grantedScopes: string[], use: (other: WebClient) => Promise<T>): Promise<T> {
  await slack.close();
  client = await begin({ grantedScopes });
  return use(client);
}

describe('channels', () => {
  it('are created with Slack’s rules for names', async () => {
    const create = (name: string) => client.conversations.create({ name });
    expect((await create('inc-1')).channel).toMatchObject({
      name: 'inc-1',
      is_member: true,
      is_private: false,
    });
    expect(await code(create('inc-1'))).toBe('name_taken');
    expect(await code(create(''))).toBe('invalid_name_required');
    expect(await code(create('Inc 2'))).toBe('invalid_name_specials');
    expect(await code(create('--'))).toBe('invalid_name_punctuation');
    expect(await code(create('a'.repeat(81)))).toBe('invalid_name_maxlength');
  });

  it('invites all or nobody, unless forced', async () => {
    const [ann, ben] = slack.people.map((each) => each.id) as [string, string];
    const { channel } = await client.conversations.create({ name: 'inc-2' });
    const id = channel?.id ?? '';
    const refused = await refusal(client.conversations.invite({ channel: id, users: `${ann},U404` }));
    expect(refused).toMatchObject({ error: 'user_not_found', errors: [{ user: 'U404', ok: false }] });
    expect((await client.conversations.members({ channel: id })).members).toEqual([slack.botUserId]);
    await client.conversations.invite({ channel: id, users: `${ann},${ben}` });
    expect(await code(client.conversations.invite({ channel: id, users: ann }))).toBe('already_in_channel');
    expect(await code(client.conversations.invite({ channel: id, users: slack.botUserId }))).toBe(
      'cant_invite_self',
    );
  });

  it('refuses from outside, from archives and from afar', async () => {
    const general = slack.channel('general');
    expect(await code(client.chat.postMessage({ channel: general, text: 'x' }))).toBe('not_in_channel');
    expect(await code(client.conversations.history({ channel: general }))).toBe('not_in_channel');
    expect(await code(client.chat.postMessage({ channel: 'C404', text: 'x' }))).toBe('channel_not_found');
    const secret = slack.as('ann').createChannel('secret', { isPrivate: true });
    expect(await code(client.chat.postMessage({ channel: secret, text: 'x' }))).toBe('channel_not_found');
    const { channel } = await client.conversations.create({ name: 'inc-3' });
    const id = channel?.id ?? '';
    expect(await code(client.conversations.setTopic({ channel: id, topic: 'x'.repeat(251) }))).toBe(
      'too_long',
    );
    await client.conversations.archive({ channel: id });
    expect(await code(client.chat.postMessage({ channel: id, text: 'x' }))).toBe('is_archived');
    expect(await code(client.conversations.archive({ channel: id }))).toBe('already_archived');
  });
});

describe('files', () => {
  it('are uploaded, shared, read back with the token, and hidden without it', async () => {
    const channel = slack.channel('incidents');
    await client.conversations.join({ channel });
    const { ts } = await client.chat.postMessage({ channel, text: 'report' });
    const content = '# Report\n\nAll quiet: é 🚒\n';
    const uploaded = await client.files.uploadV2({
      channel_id: channel,
      thread_ts: ts as string,
      filename: 'report.md',
      title: 'Draft',
      initial_comment: 'Here it is',
      content,
    });
    const id = (uploaded as unknown as { files: { files: { id: string }[] }[] }).files[0]?.files[0]?.id ?? '';
    const [, shared] = slack.as('ann').thread(channel, ts as string);
    expect(shared).toMatchObject({
      subtype: 'file_share',
      text: 'Here it is',
      files: [{ id, title: 'Draft', filetype: 'markdown' }],
    });
    const { file } = await client.files.info({ file: id });
    const address = file?.url_private ?? '';
    const read = await fetch(address, { headers: { authorization: `Bearer ${slack.botToken}` } });
    expect(await read.text()).toBe(content);
    expect(await (await fetch(address)).text()).toContain('Sign in');
    expect(await code(client.files.info({ file: 'F404' }))).toBe('file_not_found');
  });
});

describe('people', () => {
  it('are found by id, e-mail and user group', async () => {
    await slack.close();
    client = await begin({ userGroups: [{ handle: 'oncall', users: ['ann', 'cat'] }] });
    const [ann, , cat] = slack.people.map((each) => each.id) as [string, string, string];
    expect((await client.users.info({ user: ann })).user).toMatchObject({ name: 'ann', is_bot: false });
    expect((await client.users.lookupByEmail({ email: 'CAT@example.com' })).user?.id).toBe(cat);
    expect(await code(client.users.lookupByEmail({ email: 'nobody@example.com' }))).toBe('users_not_found');
    const { usergroups } = await client.usergroups.list();
    expect((await client.usergroups.users.list({ usergroup: usergroups?.[0]?.id ?? '' })).users).toEqual([
      ann,
      cat,
    ]);
    const { channel } = await client.conversations.open({ users: ann });
    await client.chat.postMessage({ channel: channel?.id ?? '', text: 'psst' });
    expect(
      slack
        .as('ann')
        .history(channel?.id ?? '')
        .map((each) => each.text),
    ).toEqual(['psst']);
    expect(() => slack.as('cat').history(channel?.id ?? '')).toThrow('sees no channel');
  });
});

describe('limits and faults', () => {
  it('lets a small burst of messages through, then asks to wait', async () => {
    const channel = slack.channel('incidents');
    await client.conversations.join({ channel });
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, (_, each) => client.chat.postMessage({ channel, text: `${each}` })),
    );
    const refused = all.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as { retryAfter?: number }] : [],
    );
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(3);
    expect(refused[0]?.retryAfter).toBeGreaterThanOrEqual(1);
  });

  it('answers injected errors, limits and silence, as often as asked', async () => {
    slack.faults.error('auth.test', 'fatal_error', 2);
    expect(await code(client.auth.test())).toBe('fatal_error');
    expect(await code(client.auth.test())).toBe('fatal_error');
    expect((await client.auth.test()).ok).toBe(true);
    expect(() => slack.faults.error('pins.add', 'name_taken')).toThrow(
      'documents no error name_taken for pins.add',
    );
    slack.faults.rateLimit('auth.test', 7);
    await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
    slack.faults.dropNext('conversations.create', 1, 'before');
    await expect(client.conversations.create({ name: 'a' })).rejects.toThrow();
    slack.faults.dropNext('conversations.create', 1, 'after');
    await expect(client.conversations.create({ name: 'b' })).rejects.toThrow();
    // Nobody can tell the two apart from outside; one of them happened.
    expect([...slack.state.channels.values()].map((each) => each.name)).toEqual([
      'general',
      'incidents',
      'b',
    ]);
  });

  it('takes JSON bodies and says what is missing', async () => {
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${slack.botToken}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify({ text: 'x' }),
    });
    expect(await answer.json()).toEqual({
      ok: false,
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel [json-pointer:/channel]'] },
    });
    expect(answer.headers.get('x-oauth-scopes')).toContain('chat:write');
  });
});
