// A Slack message in words: no id of a person, a group or a channel is left, and pictures and files are named.
import { webApi } from '@slack/bolt';
import { afterEach, describe, expect, it } from 'vitest';
import { reserveFile } from '../../sandbox/slack/state/files.ts';
import { postMessage } from '../../sandbox/slack/state/messages.ts';
import { filesOf, withFiles } from '../../src/slack/message-files.ts';
import { plainText, readableText } from '../../src/slack/message-text.ts';
import { declare, until } from './steps.ts';
import { startWorld, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  const bugs = world?.bugs ?? [];
  await world?.stop();
  world = undefined;
  expect(bugs).toEqual([]);
});
const notes = () => world?.of('note_added').map(({ body }) => body.text) ?? [];

const anyId = /\b[UWCGDS](?=[A-Z0-9]{5,})[A-Z]*\d[A-Z0-9]*\b/;

describe('names', () => {
  it('of people, groups and channels stand where the ids stood, asked once', async () => {
    world = await startWorld({ slack: { userGroups: [{ handle: 'dba', users: ['ben'] }] } });
    const channel = await declare(world);
    const { slack } = world;
    const client = new webApi.WebClient(slack.botToken, { slackApiUrl: slack.apiUrl });
    const group = [...slack.state.userGroups.values()][0]?.id ?? '';
    const incidents = [...slack.state.channels.values()].find(({ name }) => name === 'incidents')?.id ?? '';
    const ben = slack.as('ben').user.id;
    const secret = slack.as('ann').createChannel('redundancies', { isPrivate: true });
    slack.as('ann').invite('redundancies', slack.botUserId);
    const text = `<!subteam^${group}> and <@${ben}> look into <#${incidents}> and <#${secret}>, &lt;b&gt;`;
    for (const one of [1, 2]) {
      const { ts = '' } = await client.chat.postMessage({ channel, text: `${one} ${text}` });
      slack.as('ann').react(channel, ts, 'pushpin');
      await until(() => notes().length === one);
    }
    // The name of a private channel stays inside.
    expect(notes()).toEqual([
      '1 @dba and @ben look into #incidents and a channel, <b>',
      '2 @dba and @ben look into #incidents and a channel, <b>',
    ]);
    const asked = slack.log.calls.filter(({ method }) => method === 'usergroups.list');
    expect(asked).toHaveLength(1);
    slack.as('ann').say(channel, 'x');
    await slack.as('ann').slash(channel, '/incident', 'note @ben restores it');
    await until(() => notes().length === 3);
    expect(notes()[2]).toBe('@ben restores it');
  });

  it('that nobody knows are words, and never ids', async () => {
    const text =
      'ask <@U0NOBODY1>, <!subteam^S0NOBODY1>, <#C0NOBODY1> or <#C0NOBODY2|>; see <https://x.example/U0ABCDE1|this>';
    const silent = {
      name: async (id: string) => id,
      group: async () => undefined,
      channel: async () => undefined,
    };
    const words = await readableText(text, silent);
    expect(words).toBe(
      'ask @somebody, a group, a channel or a channel; see this (https://x.example/U0ABCDE1)',
    );
    expect(plainText('<@U0NOBODY1> in <#C0NOBODY1>', (id) => id)).not.toMatch(anyId);
    expect(await readableText('<!here> <!subteam^S1|@dba> <#C1|ops> <@U1|ann>', silent)).toBe(
      '@here @dba #ops @ann',
    );
  });

  it('are words when Slack refuses to say them', async () => {
    world = await startWorld({ slack: { plan: 'free' } });
    const channel = await declare(world);
    const client = new webApi.WebClient(world.slack.botToken, { slackApiUrl: world.slack.apiUrl });
    const { ts = '' } = await client.chat.postMessage({ channel, text: '<!subteam^S0123ABC> look' });
    world.slack.as('ann').react(channel, ts, 'pushpin');
    await until(() => notes().length === 1);
    expect(notes()[0]).toBe('a group look');
  });
});

describe('pictures and files', () => {
  it('are named with their link; their bytes stay where they are', async () => {
    world = await startWorld();
    const channel = await declare(world);
    const { slack } = world;
    const ann = slack.as('ann');
    const ws = slack.state;
    const place = ws.channels.get(channel);
    if (!place) throw new Error('no channel');
    const upload = (name: string, text: string): string => {
      const file = reserveFile(ws, { name, length: 3, user: ann.user.id });
      Object.assign(file, { content: Buffer.from('png'), complete: true, channels: [channel] });
      return postMessage(ws, place, { user: ann.user.id, text, fileIds: [file.id], subtype: 'file_share' })
        .ts;
    };
    const picture = upload('disk full.png', '');
    const log = upload('pod.log', 'the log of the pod');
    for (const [count, ts] of [picture, log].entries()) {
      ann.react(channel, ts, 'pushpin');
      await until(() => notes().length === count + 1);
    }
    expect(notes()[0]).toMatch(/^a picture: disk full\.png \(http\S+\/files\/\S+disk%20full\.png\)$/);
    expect(notes()[1]).toMatch(/^the log of the pod \[a file: pod\.log \(http\S+\)\]$/);
    const read = slack.log.calls.map(({ method }) => method);
    expect(read.filter((method) => /^files\.(info|sharedPublicURL)/.test(method))).toEqual([]);
    await ann.messageShortcut('handrail-keep-message', channel, upload('graph.jpg', ''));
    await until(() => notes().length === 3);
    expect(notes()[2]).toMatch(/^a picture: graph\.jpg /);
  });

  it('that are gone, nameless or many are said in words', () => {
    expect(withFiles('', filesOf([{ mode: 'tombstone' }]))).toBe('a file that was deleted');
    expect(withFiles('', filesOf([{ mimetype: 'image/png' }, 'nonsense', null]))).toBe('a picture');
    expect(withFiles(' x ', filesOf(undefined))).toBe('x');
    const many = withFiles('', filesOf(Array.from({ length: 14 }, (_, n) => ({ name: `f${n}` }))));
    expect(many).toContain('a file: f9; and 4 more');
    expect(many).not.toContain('f10');
  });
});
