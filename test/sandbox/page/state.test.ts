// What the page makes of live changes and of addresses: pure functions, without a browser.

import { describe, expect, it } from 'vitest';
import { shownValue } from '../../../sandbox/slack/page/blocks/values.ts';
import { afterEvent, afterHistory, markRead } from '../../../sandbox/slack/page/state/changes.ts';
import { firstState, type PageState } from '../../../sandbox/slack/page/state/page-state.ts';
import { addressOf, placeInside, placeOf } from '../../../sandbox/slack/page/state/place.ts';
import {
  channelEntries,
  isUnread,
  mentionsIn,
  threadEntries,
} from '../../../sandbox/slack/page/state/seen.ts';
import { commandIn, suggestionsFor } from '../../../sandbox/slack/page/view/suggestions.ts';
import type { PageChannel, PageMessage, PageUser } from '../../../sandbox/slack/page-protocol.ts';

const person = (id: string, name: string): PageUser => ({
  id,
  name,
  realName: name,
  timeZone: 'UTC',
  bot: false,
});
const channel: PageChannel = {
  id: 'C1',
  name: 'general',
  kind: 'public',
  archived: false,
  isMember: true,
  members: ['U1', 'U2'],
  topic: '',
  purpose: '',
  pins: [],
  bookmarks: [],
  latest: null,
};
const message = (ts: string, more: Partial<PageMessage> = {}): PageMessage => ({
  channel: 'C1',
  ts,
  user: 'U2',
  text: ts,
  ...more,
});
const posted = (state: PageState, ...messages: PageMessage[]): PageState =>
  messages.reduce(
    (before, each) => afterEvent(before, { type: 'message', what: 'posted', message: each }),
    state,
  );

const start = (): PageState => ({
  ...firstState(
    {
      team: { id: 'T1', name: 'T' },
      app: { id: 'A1', name: 'Handrail', botUserId: 'UB', botId: 'B1' },
      people: [person('U1', 'ann'), person('U2', 'ben')],
      userGroups: [{ id: 'S1', handle: 'dbas', name: 'Database people', users: ['U1'] }],
      commands: [{ command: '/incident', usageHint: 'start' }],
      shortcuts: [],
      connected: true,
    },
    { me: person('U1', 'ann'), channels: [channel], views: [], home: null },
    {},
  ),
  loaded: { C1: { from: '0', hasMore: false } },
});
const shown = (state: PageState): string[] => channelEntries(state, 'C1').map((each) => each.ts);

describe('live changes', () => {
  it('put messages into their channel, and answers into their thread', () => {
    const state = posted(
      start(),
      message('2.0'),
      message('1.0', { reply_count: 1 }),
      message('3.0', { thread_ts: '1.0' }),
      message('4.0', { thread_ts: '1.0', subtype: 'thread_broadcast' }),
    );
    expect(shown(state)).toEqual(['1.0', '2.0', '4.0']);
    expect(threadEntries(state, 'C1', '1.0').map((each) => each.ts)).toEqual(['1.0', '3.0', '4.0']);
  });

  it('count as new what others wrote, and call this person by name or group', () => {
    let state = posted(start(), message('1.0', { subtype: 'channel_join' }), message('2.0', { user: 'U1' }));
    const of = () => state.channels.C1 ?? channel;
    expect([isUnread(state, of()), mentionsIn(state, of())]).toEqual([false, 0]);
    state = posted(
      state,
      message('3.0', { text: '<!subteam^S1|@dbas> please' }),
      message('4.0', { text: '<@U2>' }),
    );
    expect([isUnread(state, of()), mentionsIn(state, of())]).toEqual([true, 1]);
    state = markRead(state, 'C1');
    expect([isUnread(state, of()), mentionsIn(state, of())]).toEqual([false, 0]);
    state = posted(state, message('5.0', { thread_ts: '3.0', text: '<@U1>' }));
    expect([isUnread(state, of()), mentionsIn(state, of())]).toEqual([false, 1]);
  });

  it('leave a line where a thread’s first message was deleted, and nothing elsewhere', () => {
    let state = posted(start(), message('1.0', { reply_count: 2 }), message('2.0'));
    for (const ts of ['1.0', '2.0'])
      state = afterEvent(state, { type: 'message_deleted', channel: 'C1', ts });
    expect(shown(state)).toEqual(['1.0']);
    expect(state.messages.C1?.['1.0']).toMatchObject({
      subtype: 'tombstone',
      text: 'This message was deleted.',
    });
  });

  it('are newer than a history that was asked for before them; a gap is not shown', () => {
    const before = posted(
      { ...start(), loaded: {} },
      message('9.0', { text: 'changed' }),
      message('1.0', { text: 'pinned just now' }),
    );
    const state = afterHistory(
      before,
      'C1',
      { messages: [message('8.0'), message('9.0')], hasMore: true },
      false,
    );
    expect(state.messages.C1?.['9.0']?.text).toBe('changed');
    expect(shown(state)).toEqual(['8.0', '9.0']);
    const older = afterHistory(
      state,
      'C1',
      { messages: [message('1.0'), message('7.0')], hasMore: false },
      true,
    );
    expect(shown(older)).toEqual(['1.0', '7.0', '8.0', '9.0']);
  });

  it('replace an ephemeral that was changed', () => {
    const ephemeral = { ts: '1.0', channel: 'C1', text: 'a' };
    let state = afterEvent(start(), { type: 'ephemeral', ephemeral });
    state = afterEvent(state, { type: 'ephemeral', ephemeral: { ...ephemeral, text: 'b' } });
    expect(state.ephemerals).toEqual([{ ...ephemeral, text: 'b' }]);
    expect(afterEvent(state, { type: 'ephemeral_deleted', channel: 'C1', ts: '1.0' }).ephemerals).toEqual([]);
  });
});

describe('addresses', () => {
  it('say where one is and are read again', () => {
    for (const place of [
      {},
      { channel: 'C1' },
      { channel: 'C1', ts: '1732000000.000100' },
      { channel: 'C1', ts: '1732000000.000100', thread: '1731000000.000100' },
      { channel: 'D1', tab: 'home' as const },
    ])
      expect(placeOf(addressOf(place, 'ann'))).toEqual({ ...place, as: 'ann' });
    expect(placeOf('/archives/nonsense/p12?thread_ts=x&as=')).toEqual({});
  });

  it('lead into the page by any name of this machine, and nowhere else', () => {
    const here = 'http://127.0.0.1:4000/?as=ann';
    expect(placeInside('http://localhost:4000/archives/C1/p1732000000000100', here)).toEqual({
      channel: 'C1',
      ts: '1732000000.000100',
    });
    for (const url of [
      'http://localhost:4001/archives/C1',
      'https://x.example/archives/C1',
      'http://127.0.0.1:4000/files/F1',
    ])
      expect([url, placeInside(url, here)]).toEqual([url, undefined]);
  });
});

describe('the message box', () => {
  it('offers commands at the start, people, groups and channels anywhere', () => {
    const state = start();
    const inserts = (text: string) =>
      suggestionsFor(state, text, text.length)?.list.map((each) => each.insert);
    expect(inserts('/i')).toEqual(['/incident ']);
    expect(inserts('see /i')).toBeUndefined();
    expect(inserts('hello @')).toEqual(['@ann ', '@ben ', '@dbas ']);
    expect(inserts('mail a@b')).toBeUndefined();
    expect(inserts('(#gen')).toEqual(['#general ']);
    expect(inserts('/incident start')).toBeUndefined();
  });

  it('knows a command from a message', () => {
    expect(commandIn('/incident  note  a\nb ')).toEqual({ command: '/incident', rest: 'note  a\nb' });
    expect(commandIn('/var/log is full')).toBeUndefined();
    expect(commandIn('no /incident')).toBeUndefined();
  });
});

describe('what an element holds', () => {
  const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
  it.each([
    [{ type: 'static_select', initial_option: option('a') }, undefined, 'a'],
    [
      { type: 'static_select', initial_option: option('a') },
      { type: 'static_select', selected_option: null },
      null,
    ],
    [
      { type: 'checkboxes' },
      { type: 'checkboxes', selected_options: [option('a'), option('b')] },
      ['a', 'b'],
    ],
    [{ type: 'multi_users_select', initial_users: ['U1'] }, undefined, ['U1']],
    [{ type: 'datetimepicker', initial_date_time: 1795169700 }, undefined, 1795169700],
    [{ type: 'plain_text_input', initial_value: 'x' }, { type: 'plain_text_input', value: 'y' }, 'y'],
    [{ type: 'timepicker' }, undefined, null],
  ])('%j with %j shows %j', (element, kept, value) => {
    expect(shownValue(element, kept)).toEqual(value);
  });
});
