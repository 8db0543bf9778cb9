// The page's own readers of formatted text: mrkdwn, emoji, dates, and the way back to what was typed.

import { describe, expect, it } from 'vitest';
import { dateToken, dayWords, fromWallTime, wallTime } from '../../../sandbox/slack/page/text/dates.ts';
import { emoji, emojiText, quickReactions } from '../../../sandbox/slack/page/text/emoji.ts';
import { inlineOf } from '../../../sandbox/slack/page/text/inline.ts';
import { mrkdwn } from '../../../sandbox/slack/page/text/mrkdwn.ts';
import { plainOf } from '../../../sandbox/slack/page/text/nodes.ts';
import { typedText } from '../../../sandbox/slack/page/text/typed.ts';

const text = (of: string) => ({ t: 'text', text: of });

describe('one line of mrkdwn', () => {
  it('knows bold, italic, strike and code, also inside each other', () => {
    expect(inlineOf('a *b _c_* ~d~ `e*f*`')).toEqual([
      text('a '),
      { t: 'bold', inner: [text('b '), { t: 'italic', inner: [text('c')] }] },
      text(' '),
      { t: 'strike', inner: [text('d')] },
      text(' '),
      { t: 'code', text: 'e*f*' },
    ]);
  });

  it.each(['2 * 3 * 4', 'a_b_c', '* a *', 'snake_case_name', '5*6*7', '**', '~~', '``', '10:30:15', '*a'])(
    'leaves %s as it is',
    (line) => {
      expect(inlineOf(line)).toEqual([text(line)]);
    },
  );

  it('closes a mark before punctuation and at the end, never inside a token', () => {
    expect(inlineOf('(*now*),')).toEqual([text('('), { t: 'bold', inner: [text('now')] }, text('),')]);
    expect(inlineOf('*<https://a.example/x*y|z>*')).toEqual([
      { t: 'bold', inner: [{ t: 'link', url: 'https://a.example/x*y', inner: [text('z')] }] },
    ]);
    expect(inlineOf('_`a_b`_')).toEqual([{ t: 'italic', inner: [{ t: 'code', text: 'a_b' }] }]);
  });

  it('knows mentions, channels, groups and broadcasts', () => {
    expect(inlineOf('<@U1> <@U2|ben> <#C1|general> <!here> <!subteam^S1|@dbas>')).toEqual([
      { t: 'user', id: 'U1' },
      text(' '),
      { t: 'user', id: 'U2', label: 'ben' },
      text(' '),
      { t: 'channel', id: 'C1', label: 'general' },
      text(' '),
      { t: 'broadcast', range: 'here' },
      text(' '),
      { t: 'group', id: 'S1', label: '@dbas' },
    ]);
  });

  it('knows links with and without a label, and bare addresses without their full stop', () => {
    expect(inlineOf('<https://a.example/?x=1&amp;y=2|*p* q>')).toEqual([
      { t: 'link', url: 'https://a.example/?x=1&y=2', inner: [text('*p* q')] },
    ]);
    expect(inlineOf('see https://a.example/b.')).toEqual([
      text('see '),
      { t: 'link', url: 'https://a.example/b', inner: [text('https://a.example/b')] },
      text('.'),
    ]);
    expect(inlineOf('<mailto:a@b.example>')).toMatchObject([{ t: 'link', inner: [text('a@b.example')] }]);
  });

  it('makes no link of an address that could run', () => {
    expect(inlineOf('<javascript:alert(1)|click>')).toEqual([text('click')]);
    expect(inlineOf('<javascript:alert(1)>')).toEqual([text('<javascript:alert(1)>')]);
    expect(inlineOf('<data:text/html,x|y>')).toEqual([text('y')]);
  });

  it('reads entities once', () => {
    expect(inlineOf('&lt;b&gt; &amp;amp; &amp;lt;')).toEqual([text('<b> &amp; &lt;')]);
    expect(inlineOf('`a &lt; b`')).toEqual([{ t: 'code', text: 'a < b' }]);
  });

  it('knows emoji by name, not times or ports', () => {
    expect(inlineOf('ok :white_check_mark: at 10:15:20 on db:5432:x')).toEqual([
      text('ok '),
      { t: 'emoji', name: 'white_check_mark' },
      text(' at 10:15:20 on db:5432:x'),
    ]);
    expect(emojiText('pushpin')).toBe('📌');
    expect(emojiText('+1::skin-tone-3')).toBe('👍');
    expect(emojiText('our-logo')).toBe(':our-logo:');
    expect(quickReactions.filter((each) => emoji[each] === undefined)).toEqual([]);
  });

  it('knows date tokens with a link and a fallback', () => {
    expect(inlineOf('<!date^1795169700^{date_num} {time}^https://a.example|then>')).toEqual([
      { t: 'date', at: 1795169700, format: '{date_num} {time}', url: 'https://a.example', fallback: 'then' },
    ]);
  });
});

describe('a text in mrkdwn', () => {
  it('keeps line breaks and lists as they were typed', () => {
    expect(mrkdwn('a\n• b\n\n- c')).toEqual([
      {
        t: 'paragraph',
        inner: [text('a'), { t: 'break' }, text('• b'), { t: 'break' }, { t: 'break' }, text('- c')],
      },
    ]);
  });

  it('takes code blocks out first, with their marks and entities as text', () => {
    expect(mrkdwn('see\n```\nkubectl get *po* &gt; x\n&gt; no quote\n```\nafter')).toEqual([
      { t: 'paragraph', inner: [text('see')] },
      { t: 'code', text: 'kubectl get *po* > x\n> no quote' },
      { t: 'paragraph', inner: [text('after')] },
    ]);
    expect(mrkdwn('```psql <https://a.example|a.example>```')).toEqual([
      { t: 'code', text: 'psql a.example' },
    ]);
    expect(mrkdwn('``` open')).toEqual([{ t: 'paragraph', inner: [text('``` open')] }]);
  });

  it('knows quotes of a line and of the rest', () => {
    expect(mrkdwn('&gt; one\n&gt;*two*\nthree')).toEqual([
      {
        t: 'quote',
        parts: [
          {
            t: 'paragraph',
            inner: [text('one'), { t: 'break' }, { t: 'bold', inner: [text('two')] }],
          },
        ],
      },
      { t: 'paragraph', inner: [text('three')] },
    ]);
    expect(mrkdwn('a\n&gt;&gt;&gt;b\nc')).toEqual([
      { t: 'paragraph', inner: [text('a')] },
      { t: 'quote', parts: [{ t: 'paragraph', inner: [text('b'), { t: 'break' }, text('c')] }] },
    ]);
  });

  it('does not hang on long runs of marks', () => {
    for (const run of ['*', '_', '`', '<', '&gt;', ':a', '~', '```', '*a ', '_x'])
      expect(mrkdwn(run.repeat(3000)).length).toBeGreaterThan(0);
  });

  it('gives its words without marks', () => {
    const [part] = mrkdwn('*a* <@U1> <https://x.example|x> :eyes: <!date^1^{date}|long ago>');
    expect(part?.t === 'paragraph' && plainOf(part.inner)).toBe('a @U1 x :eyes: long ago');
  });
});

describe('moments in the zone of the person', () => {
  const now = new Date('2026-11-20T10:00:00Z');

  it('fills date tokens', () => {
    const at = new Date('2026-11-20T02:05:06Z');
    expect(dateToken('{date_num} {time_secs}', at, 'America/New_York', now)).toBe('2026-11-19 21:05:06');
    expect(dateToken('{date_short_pretty} at {time}', at, 'Europe/Zurich', now)).toBe('Today at 03:05');
    expect(dateToken('since {date_pretty}', at, 'America/New_York', now)).toBe('since yesterday');
    expect(dateToken('{date_long} {nonsense}', at, 'UTC', now)).toBe('Friday 20 November 2026 {nonsense}');
  });

  it('names days, with the year where it is another one', () => {
    expect(dayWords(new Date('2026-11-19T12:00:00Z'), 'UTC', now)).toBe('Yesterday');
    expect(dayWords(new Date('2026-11-02T12:00:00Z'), 'UTC', now)).toBe('Monday 2 November');
    expect(dayWords(new Date('2025-11-02T12:00:00Z'), 'UTC', now)).toBe('Sunday 2 November 2025');
  });

  it('goes from clock to seconds and back, also around the change of the hour', () => {
    for (const [wall, zone, seconds] of [
      ['2026-11-20T10:15', 'America/New_York', '2026-11-20T15:15:00Z'],
      ['2026-07-01T00:00', 'Europe/Zurich', '2026-06-30T22:00:00Z'],
      ['2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00Z'],
      ['2026-11-01T02:30', 'America/New_York', '2026-11-01T07:30:00Z'],
      ['2026-03-08T03:30', 'America/New_York', '2026-03-08T07:30:00Z'],
    ] as const) {
      expect([wall, fromWallTime(wall, zone)]).toEqual([wall, Date.parse(seconds) / 1000]);
      expect(wallTime(Date.parse(seconds) / 1000, zone)).toBe(wall);
    }
    expect(fromWallTime('', 'UTC')).toBeUndefined();
  });
});

describe('a stored message, to edit it', () => {
  it('is what its author typed', () => {
    const nameOf = (id: string) => ({ U1: 'ann' })[id];
    expect(typedText('<@U1> a &lt; b <#C1|general> <!here> <https://a.example/?a&amp;b> <@U9>', nameOf)).toBe(
      '@ann a < b #general @here https://a.example/?a&b <@U9>',
    );
  });
});
