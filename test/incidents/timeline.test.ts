/** The timeline: order, corrections, folding, and the plain words for what is not known. */
import { describe, expect, it } from 'vitest';
import type { Event, Person } from '../../src/incidents/events.ts';
import { type Entry, timeline } from '../../src/incidents/timeline.ts';
import { lena, marek, pidpNight, yuki } from '../support/pidp-night.ts';
import { bot, declaration, note, type Story, story } from '../support/story.ts';

const begin = (): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
};

const shown = (events: readonly Event[]): Entry[] =>
  timeline(events).filter((entry) => entry.show !== 'hide');
const withText = (events: readonly Event[], part: string): Entry[] =>
  timeline(events).filter((entry) => entry.text.includes(part));
const only = (events: readonly Event[], part: string): Entry => {
  const found = withText(events, part);
  expect(found.map((entry) => entry.text)).toHaveLength(1);
  return found[0] as Entry;
};

function check(s: Story, number: number, verdict: 'ok' | 'bad', says: string, by: Person = marek): void {
  const at = { run: 1, step: 'c', try: number };
  const args = { service: 'crunchy' };
  s.add(by, 'step_opened', {
    ...at,
    kind: 'check',
    title: 'Is it well?',
    uses: 'x.y',
    args,
    namespace: 'n',
    byHand: [],
  });
  s.add(bot, 'check_done', { ...at, verdict, says, seconds: 1, milestone: false });
}

describe('order', () => {
  it('sorts by when things happened, then by version', () => {
    const s = begin();
    s.at('16:20').add(marek, 'note_added', note('late one', s.instant('11:20'), { precision: 'about' }));
    s.at('16:21').add(marek, 'note_added', note('first of two', s.instant('12:00')));
    s.at('16:22').add(marek, 'note_added', note('second of two', s.instant('12:00')));
    expect(shown(s.events).map((entry) => entry.text)).toEqual([
      'First noticed: Metabase cannot retrieve data.',
      'Incident declared as SEV2.',
      'late one',
      'first of two',
      'second of two',
    ]);
    const late = only(s.events, 'late one');
    expect([late.at, late.recordedAt, late.precision]).toEqual([
      s.instant('11:20'),
      s.instant('16:20'),
      'about',
    ]);
  });

  it('names the writer of a message, and who put it there', () => {
    const s = begin();
    const source = { kind: 'slack', link: 'https://x.example/p1', author: lena } as const;
    s.at('10:00').add(marek, 'note_added', note('look at the nodes', s.instant('09:50'), { source }));
    const entry = only(s.events, 'nodes');
    expect([entry.by, entry.recordedBy, entry.source.link]).toEqual([lena, marek, 'https://x.example/p1']);
  });

  it('leaves bookkeeping out', () => {
    const s = begin();
    s.add(bot, 'channel_opened', { channel: 'C1', name: 'inc-1' });
    s.add(bot, 'message_posted', { what: 'card', channel: 'C1', ts: '1.1' });
    s.add(bot, 'slack_failed', { what: 'invite', says: 'no' });
    s.add(bot, 'report_posted', { file: 'F', hash: 'h' });
    expect(timeline(s.events)).toHaveLength(2);
  });
});

describe('corrections', () => {
  const noted = (): Story => {
    const s = begin();
    return s.at('10:00').add(marek, 'note_added', note('frist', s.instant('10:00'), { entry: 'n1' }));
  };

  it('shows the edited text and keeps the first one', () => {
    const s = noted();
    s.at('10:05').add(bot, 'entry_corrected', { entry: 'n1', why: 'edited in Slack', text: 'second' });
    s.at('10:06').add(bot, 'entry_corrected', { entry: 'n1', why: 'edited in Slack', text: 'third' });
    const entry = only(s.events, 'third');
    expect(entry.original).toEqual({ text: 'frist', at: s.instant('10:00') });
    expect(entry.corrections.map((one) => one.at)).toEqual([s.instant('10:05'), s.instant('10:06')]);
  });

  it('moves a line whose time is corrected', () => {
    const s = noted();
    s.at('10:05').add(marek, 'entry_corrected', { entry: 'n1', why: 'corrected', at: s.instant('09:36') });
    expect(shown(s.events).map((entry) => entry.text)[1]).toBe('frist');
  });

  it('keeps a visible line for a deleted message, with its words in the record', () => {
    const s = noted();
    s.at('10:07').add(bot, 'entry_corrected', { entry: 'n1', why: 'deleted in Slack', hidden: true });
    const entry = only(s.events, 'frist');
    expect([entry.deletedAt, entry.show]).toEqual([s.instant('10:07'), 'keep']);
  });

  it('hides a line whose pushpin was removed, and shows it again', () => {
    const s = noted();
    s.at('10:07').add(bot, 'entry_corrected', { entry: 'n1', why: 'pushpin removed' });
    expect(only(s.events, 'frist').show).toBe('hide');
    s.at('10:08').add(marek, 'entry_corrected', { entry: 'n1', why: 'corrected', hidden: false });
    expect(only(s.events, 'frist').show).toBe('keep');
  });

  it('changes nothing for an entry that is not there', () => {
    const s = noted();
    const before = timeline(s.events);
    s.add(bot, 'entry_corrected', { entry: 'other', why: 'edited in Slack', text: 'x' });
    expect(timeline(s.events)).toEqual(before);
  });
});

describe('corrections of folded checks', () => {
  const three = (): Story => {
    const s = begin();
    for (const [index, time] of ['09:43', '09:45', '09:47'].entries())
      check(s.at(time), index + 1, 'ok', 'All well.');
    return s.at('10:00');
  };
  /** The version of the check with this number. */
  const idOf = (s: Story, number: number): string =>
    `v${s.events.filter((event) => event.type === 'check_done')[number - 1]?.version}`;
  const lines = (s: Story) =>
    shown(s.events)
      .filter((entry) => entry.kind === 'check')
      .map(({ text, times }) => [text, times]);
  const twice = ['Checked “Is it well?” 2 times: ok. All well.', 2];

  it('hides one of them', () => {
    const s = three();
    s.add(marek, 'entry_corrected', { entry: idOf(s, 3), why: 'corrected', hidden: true });
    expect(lines(s)).toEqual([twice]);
    expect(withText(s.events, 'Is it well?').find(({ times }) => times === 2)?.until).toBe(
      s.instant('09:45') + 1000,
    );
    const hidden = timeline(s.events).find(({ id }) => id === idOf(s, 3));
    expect([hidden?.show, hidden?.text]).toEqual(['hide', 'Checked “Is it well?”: ok. All well.']);
    s.add(marek, 'entry_corrected', { entry: idOf(s, 3), why: 'corrected', hidden: false });
    expect(lines(s)).toEqual([['Checked “Is it well?” 3 times: ok. All well.', 3]]);
  });

  it('corrects the words or the time of one in the middle: it is a line of its own', () => {
    const s = three();
    s.add(marek, 'entry_corrected', { entry: idOf(s, 2), why: 'corrected', text: 'It was slow.' });
    expect(lines(s)).toEqual([twice, ['It was slow.', 1]]);
    expect(only(s.events, 'slow').original?.text).toBe('Checked “Is it well?”: ok. All well.');
    const at = s.instant('09:40');
    s.add(marek, 'entry_corrected', { entry: idOf(s, 2), why: 'corrected', at });
    expect([only(s.events, 'slow').at, only(s.events, 'slow').original?.at]).toEqual([
      at,
      s.instant('09:45') + 1000,
    ]);
  });

  it('corrects the whole line by its first, and not what is checked afterwards', () => {
    const s = three();
    s.add(marek, 'entry_corrected', { entry: idOf(s, 1), why: 'corrected', hidden: true });
    expect(lines(s)).toEqual([]);
    check(s.at('10:05'), 4, 'ok', 'All well.');
    expect(lines(s)).toEqual([['Checked “Is it well?”: ok. All well.', 1]]);
    expect(timeline(s.events).find(({ id }) => id === idOf(s, 1))?.times).toBe(3);
  });

  it('a beginning that is corrected to after the end has no end', () => {
    const s = three();
    const at = s.instant('09:50');
    s.add(marek, 'entry_corrected', { entry: idOf(s, 1), why: 'corrected', at });
    expect(only(s.events, '3 times').at).toBe(at);
    expect(only(s.events, '3 times').until).toBeUndefined();
  });
});

describe('folding of equal checks', () => {
  it('is one line from the first to the last, with a note in between kept', () => {
    const s = begin();
    for (const [index, time] of ['09:43', '09:45', '09:47'].entries())
      check(s.at(time), index + 1, 'ok', 'All well.');
    s.add(marek, 'note_added', note('between', s.instant('09:46')));
    const entry = only(s.events, 'Is it well?');
    expect(entry.text).toBe('Checked “Is it well?” 3 times: ok. All well.');
    expect([entry.at, entry.until, entry.times]).toEqual([
      s.instant('09:43') + 1000,
      s.instant('09:47') + 1000,
      3,
    ]);
  });

  it.each([
    ['another answer in between', (s: Story) => check(s.at('09:45'), 2, 'bad', 'Broken.'), 3],
    ['a change in between', (s: Story) => act(s, '09:45'), 2],
    ['half an hour in between', (s: Story) => s.at('10:20'), 2],
  ])('starts anew after %s', (_, between, lines) => {
    const s = begin();
    check(s.at('09:43'), 1, 'ok', 'All well.');
    between(s);
    s.at(s.now() < s.instant('09:47') ? '09:47' : '10:21');
    check(s, 9, 'ok', 'All well.');
    expect(withText(s.events, 'Checked')).toHaveLength(lines);
  });
});

const at = { run: 2, step: 'scale', try: 1 };

/** Opens and plans a change; `level` decides how it is confirmed. */
function planned(s: Story, time: string, level: 'click' | 'two-person' = 'click'): void {
  s.at(time).add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title: 'Scale utility',
    uses: 'k8s.scale',
    namespace: 'n',
    byHand: [],
  });
  s.add(bot, 'plan_made', {
    ...at,
    operation: 'op',
    plan: {
      target: { kind: 'deployment', namespace: 'n', name: 'utility' },
      changes: [{ field: 'replicas', before: '0', after: '1' }],
      values: {},
      notes: [],
      unknowns: [],
    },
    hash: 'h',
    level,
    from: [],
    expiresMs: 600_000,
    undo: '',
    leaves: [],
    locks: [],
    byHand: [],
  });
}

function act(s: Story, time: string): Story {
  planned(s, time);
  s.add(marek, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
  s.add(bot, 'act_done', { ...at, outcome: 'made', says: 'Done.', seconds: 2 });
  return s.add(bot, 'verified', { ...at, held: true, says: 'Verified. 1 ready.', seconds: 80 });
}

describe('a change is one line', () => {
  it('says who confirmed, before and after, and the verification', () => {
    const entry = only(act(begin(), '10:00').events, 'Scale utility');
    expect(entry.text).toBe(
      'Changed “Scale utility”: replicas 0 → 1 on deployment utility in n; confirmed by Marek Dvořák; made in 2 s; verified (1 min 20 s): 1 ready.',
    );
    expect((entry.until ?? 0) - entry.at).toBe(2000);
  });

  it('says who asked and who approved', () => {
    const s = begin();
    planned(s, '10:00', 'two-person');
    s.add(marek, 'approval_requested', { ...at, hash: 'h', expiresAt: 0, aloneAt: 0 });
    s.add(yuki, 'approved', { ...at, hash: 'h', alone: false });
    s.add(yuki, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
    s.add(bot, 'act_done', { ...at, outcome: 'failed', says: 'Forbidden: no right to scale.', seconds: 0.2 });
    const entry = only(s.events, 'Scale utility');
    expect(entry.text).toContain(
      'confirmed by Marek Dvořák; approved by 田中 有紀; failed: Forbidden: no right to scale.',
    );
    expect(entry.text).not.toContain('verif');
    expect(entry.by).toEqual(marek);
  });

  it('says that somebody went on alone, with the reason', () => {
    const s = begin();
    planned(s, '10:00', 'two-person');
    s.add(marek, 'approval_requested', { ...at, hash: 'h', expiresAt: 0, aloneAt: 0 });
    s.add(marek, 'approved', { ...at, hash: 'h', alone: true, reason: 'Nobody answers at night.' });
    s.add(marek, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
    const { text } = only(s.events, 'Scale utility');
    expect(text).toContain('Marek Dvořák went on alone: “Nobody answers at night”');
    expect(text).toContain('no outcome was recorded; not verified');
  });

  it('says plainly that a worker stopped, what a look found, and that an answer came late', () => {
    const s = begin();
    planned(s, '10:00');
    s.add(marek, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
    s.add(bot, 'attempt_lost', { ...at, attempt: '1', says: 'No answer.' });
    s.add(bot, 'act_found', { ...at, happened: 'made', says: 'Looked for its trace: the change was made.' });
    s.at('10:20').add(bot, 'outcome_late', { ...at, attempt: '1', says: 'The first worker came back.' });
    const [line, late] = withText(s.events, 'Scale utility');
    expect(line?.text).toContain(
      'the worker stopped; it was not known whether the change was made; looked: made; not verified.',
    );
    expect(late?.text).toBe('A late answer to “Scale utility”: The first worker came back.');
    expect(late?.at).toBe(s.instant('10:20'));
  });

  it.each(['not made', 'still running', 'cannot tell'] as const)('does not call “%s” made', (happened) => {
    const s = begin();
    planned(s, '10:00');
    s.add(marek, 'act_started', { ...at, operation: 'op', executeBy: 0, attempt: '1' });
    s.add(bot, 'act_done', { ...at, outcome: 'unknown', says: 'Timed out.', seconds: 30 });
    s.add(bot, 'act_found', { ...at, happened, says: 'x' });
    const { text } = only(s.events, 'Scale utility');
    expect(text).toContain(
      `it is not known whether it was made: Timed out; looked: ${happened}: x; not verified.`,
    );
  });

  it('has lines for a lapsed approval, a failed plan and a skipped step', () => {
    const s = begin();
    planned(s, '10:00', 'two-person');
    s.add(bot, 'approval_lapsed', { ...at, why: 'expired', says: 'Nobody answered.' });
    s.add(bot, 'plan_failed', { ...at, says: 'The deployment is not there.' });
    s.add(marek, 'step_closed', { ...at, state: 'skipped', reason: 'not worth it' });
    expect(withText(s.events, 'Scale utility').map((entry) => entry.text)).toEqual([
      'The approval of “Scale utility” lapsed (expired): Nobody answered.',
      'No plan for “Scale utility”: The deployment is not there.',
      '“Scale utility” skipped: not worth it.',
    ]);
  });
});

describe('the whole night', () => {
  it('is pure, ordered and uses the names it is given', () => {
    const events = pidpNight();
    expect(timeline(events)).toEqual(timeline(structuredClone(events)));
    const lines = timeline(events, (person) => `<${person.id}>`);
    for (const [index, line] of lines.entries())
      expect(line.at).toBeGreaterThanOrEqual(lines[index - 1]?.at ?? 0);
    const ours = lines.filter((line) => line.kind !== 'note' && line.text.includes('Marek'));
    expect(ours).toEqual([]);
    expect(
      lines.some((line) => line.text.includes('confirmed by <slack:U0MAREK>; approved by <slack:U0YUKI>')),
    ).toBe(true);
  });
});
