/** One line of the timeline in words: its time, who said it, and what is to be known about the line itself. */
import { describe, expect, it } from 'vitest';
import { lineWords } from '../../src/incidents/timeline/in-words.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { lena, marek } from '../support/pidp-night.ts';
import { declaration, note, type Story, story } from '../support/story.ts';

const ZONE = 'America/Vancouver';
const begin = (date: string): Story => {
  const s = story(date, ZONE).at('00:10');
  return s.add(marek, 'incident_declared', declaration({ since: s.now() }));
};
const linesOf = (s: Story) =>
  timeline(s.events)
    .slice(2)
    .map((entry) => lineWords(entry, ZONE));

describe('the time', () => {
  it('has its end, and the day of that when it is another one', () => {
    const s = begin('2024-01-10').at('+1 00:20');
    const about = { until: s.instant('+1 00:10'), precision: 'about' } as const;
    s.add(marek, 'note_added', note('a', s.instant('23:50'), about));
    s.add(marek, 'note_added', note('b', s.instant('23:55'), { until: s.instant('23:55') + 30_000 }));
    expect(linesOf(s).map(({ time }) => time)).toEqual(['about 23:50 to 2024-01-11 00:10', '23:55']);
  });

  it('says which one it is in the hour that comes twice', () => {
    const s = begin('2024-11-03');
    const first = s.instant('00:30') + 3_600_000;
    s.add(marek, 'note_added', note('a', first));
    s.add(marek, 'note_added', note('bb', first + 3_600_000, { until: first + 7_200_000 }));
    expect(linesOf(s).map(({ time }) => time)).toEqual(['01:30 UTC-07:00', '01:30 UTC-08:00 to 02:30']);
  });
});

describe('the marks', () => {
  it('added later, corrected, deleted; a range is added later only when it was over for a while', () => {
    const s = begin('2024-01-10').at('10:00');
    const soon = { entry: 'soon', until: s.instant('09:58'), kind: 'ruled-out' } as const;
    s.add(lena, 'note_added', note('soon', s.instant('09:00'), soon));
    s.add(lena, 'note_added', note('late', s.instant('09:01'), { entry: 'late' }));
    s.add(lena, 'note_added', note('wrong', s.instant('09:59'), { entry: 'wrong' }));
    s.add(lena, 'note_added', note('secret', s.instant('10:00'), { entry: 'gone' }));
    s.at('10:30').add(lena, 'entry_corrected', { entry: 'wrong', why: 'corrected', at: s.instant('09:02') });
    s.add(lena, 'entry_corrected', { entry: 'gone', why: 'deleted in Slack' });
    expect(linesOf(s)).toEqual([
      { time: '09:00 to 09:58', said: { by: lena, how: 'ruled out' }, text: 'soon', marks: [] },
      {
        time: '09:01',
        said: { by: lena, how: '' },
        text: 'late',
        marks: [{ words: 'added 10:00 by', by: lena }],
      },
      {
        time: '09:02',
        said: { by: lena, how: '' },
        text: 'wrong',
        marks: [{ words: 'corrected 10:30' }],
      },
      { time: '10:00', said: { by: lena, how: '' }, marks: [{ words: 'deleted in Slack at 10:30' }] },
    ]);
  });
});
