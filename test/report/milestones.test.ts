/** Milestones that people set, corrected ends, and what is missing or out of order. */
import { describe, expect, it } from 'vitest';
import { correctedEvents } from '../../src/incidents/timeline/corrected-events.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { type MilestoneProblem, milestoneProblems } from '../../src/report/model/milestone-problems.ts';
import type { Milestones } from '../../src/report/model/milestones.ts';
import { model } from '../../src/report/model.ts';
import { report } from '../../src/report/report.ts';
import { marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, type Story, story } from '../support/story.ts';

const begin = (): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
};
const set = (s: Story, milestone: string, time: string): Story =>
  s.add(marek, 'milestone_set', { milestone, at: s.instant(time), precision: 'exact' });
const momentsOf = (s: Story): Milestones => model(s.events, { people: 'names' }).moments;
const write = (s: Story): string => report(s.events, { profile: 'default', people: 'names' }).markdown;

describe('what a person sets', () => {
  it('is a length in the report, and a line of the timeline', () => {
    const s = begin().at('09:50');
    set(s, 'detected', '09:38');
    set(s, 'acknowledged', '09:45');
    const markdown = write(s);
    expect(markdown).toContain('| First sign to detected | 09:34 | 09:38 | 4 min |');
    expect(markdown).toContain('| First sign to acknowledged | 09:34 | 09:45 | 11 min |');
    expect(markdown).toMatch(/\| 09:45 .*\*\*Acknowledged\.\*\*/);
  });

  it('is not invented: who declares and leads has not acknowledged', () => {
    const { detected, acknowledged, lead } = momentsOf(begin());
    expect([detected, acknowledged, lead]).toEqual([undefined, undefined, undefined]);
  });

  it('the last one of a name counts, and the one before it where the last was taken off the timeline', () => {
    const s = begin().at('10:00');
    set(s, 'detected', '09:36');
    set(s, 'detected', '09:39');
    expect(momentsOf(s).detected).toBe(s.instant('09:39'));
    s.add(marek, 'entry_corrected', { entry: `v${s.events.length}`, why: 'corrected', hidden: true });
    expect(momentsOf(s).detected).toBe(s.instant('09:36'));
  });

  it('is corrected like every line', () => {
    const s = begin().at('10:00');
    set(s, 'detected', '09:36');
    s.add(marek, 'entry_corrected', {
      entry: `v${s.events.length}`,
      why: 'corrected',
      at: s.instant('09:37'),
      precision: 'about',
    });
    expect(momentsOf(s).detected).toBe(s.instant('09:37'));
    expect(write(s)).toContain('about 09:37');
  });

  it('comes before what the record shows of itself', () => {
    const night = pidpNight();
    const first = model(night, { people: 'names' }).moments;
    const { fixed = 0, tidied = 0 } = first;
    expect(fixed).toBeGreaterThan(0);
    expect(tidied).toBeGreaterThan(0);
    const last = night.at(-1);
    if (!last) throw new Error('no night');
    const more = ['fixed', 'tidied'].map((milestone, index) => ({
      ...last,
      version: last.version + 1 + index,
      type: 'milestone_set' as const,
      body: { milestone, at: fixed - 60_000, precision: 'exact' as const },
    }));
    const moments = model([...night, ...more], { people: 'names' }).moments;
    expect([moments.fixed, moments.tidied]).toEqual([fixed - 60_000, fixed - 60_000]);
  });
});

describe('an end that somebody corrected', () => {
  it('of a change is when its outcome was known, in its line and in the length to the fix', () => {
    const night = pidpNight();
    const { fixed = 0 } = model(night, { people: 'names' }).moments;
    const verified = night.find((event) => event.type === 'verified' && event.at === fixed);
    if (verified?.type !== 'verified') throw new Error('the night has no fix');
    const started = night.find(
      ({ type, body }) =>
        (type === 'act_started' || type === 'by_hand_claimed') &&
        (body as { step: string }).step === verified.body.step &&
        (body as { try: number }).try === verified.body.try &&
        (body as { run: number }).run === verified.body.run,
    );
    const last = night.at(-1);
    if (!started || !last) throw new Error('the fix was not begun');
    const until = fixed - 30_000;
    expect(until).toBeGreaterThan(started.at);
    const correction = {
      ...last,
      version: last.version + 1,
      type: 'entry_corrected' as const,
      body: { entry: `v${started.version}`, why: 'corrected' as const, until, precision: 'about' as const },
    };
    const corrected = model([...night, correction], { people: 'names' });
    expect(corrected.moments.fixed).toBe(until);
    expect(corrected.rows.find(({ at, until: end }) => at === started.at && end === until)).toMatchObject({
      about: true,
    });
  });

  it('of folded checks is the end of their one line', () => {
    const s = begin().at('09:43');
    const at = { run: 1, step: 'look', try: 1 };
    const opened = { kind: 'check', title: 'Is it up?', uses: 't.up', namespace: 'n', byHand: [] } as const;
    s.add(bot, 'step_opened', { ...at, ...opened, byHand: [] });
    for (const minute of [43, 44, 45])
      s.at(`09:${minute}`).add(bot, 'check_done', {
        ...at,
        verdict: 'ok',
        says: 'Yes.',
        seconds: 1,
        milestone: false,
      });
    const folded = () => timeline(s.events).find(({ kind }) => kind === 'check');
    expect(folded()).toMatchObject({ times: 3, id: 'v3', folds: [3, 4, 5], until: s.instant('09:45') });
    s.add(marek, 'entry_corrected', {
      entry: 'v3',
      why: 'corrected',
      until: s.instant('09:50'),
      precision: 'about',
    });
    expect(folded()).toMatchObject({
      times: 3,
      at: s.instant('09:43'),
      until: s.instant('09:50'),
      precision: 'about',
      original: { until: s.instant('09:45') },
    });
    expect(write(s)).toContain('about 09:43 to 09:50');
  });

  it('of a note is given on, and one from before its corrected beginning is gone', () => {
    const s = begin().at('10:10');
    s.add(marek, 'note_added', {
      entry: 'n',
      kind: 'note',
      text: 'Upgrading.',
      at: s.instant('10:00'),
      until: s.instant('10:05'),
      precision: 'exact',
      source: { kind: 'slack' },
      late: false,
    });
    const note = () => {
      const found = correctedEvents(s.events).events.find(({ type }) => type === 'note_added');
      return found?.type === 'note_added' ? found.body : undefined;
    };
    s.add(marek, 'entry_corrected', {
      entry: 'n',
      why: 'corrected',
      until: s.instant('10:07'),
      precision: 'about',
    });
    expect(note()).toMatchObject({ until: s.instant('10:07'), precision: 'about' });
    s.add(marek, 'entry_corrected', { entry: 'n', why: 'corrected', at: s.instant('10:08') });
    expect(note()).not.toHaveProperty('until');
  });
});

describe('milestoneProblems', () => {
  const names = (problems: readonly MilestoneProblem[]): string[] =>
    problems.map(({ problem, milestone }) => `${problem} ${milestone}`);

  it('says what is missing, and how it is added', () => {
    const problems = milestoneProblems(momentsOf(begin()));
    expect(names(problems)).toEqual([
      'missing detected',
      'missing acknowledged',
      'missing fixed',
      'missing restored',
    ]);
    expect(problems[0]?.says).toBe(
      'Nobody has said when it was detected: /incident milestone detected at 9:40',
    );
  });

  it('finds what is out of order, with both times', () => {
    const s = begin().at('11:00');
    set(s, 'detected', '09:50');
    set(s, 'acknowledged', '09:45');
    set(s, 'fixed', '10:20');
    s.add(marek, 'resolved', { at: s.instant('10:10') });
    const problems = milestoneProblems(momentsOf(s));
    expect(names(problems)).toEqual(['order acknowledged', 'order restored']);
    expect(problems[0]).toMatchObject({
      before: 'detected',
      beforeAt: s.instant('09:50'),
      at: s.instant('09:45'),
    });
    expect(problems[1]?.says).toBe('“restored” is before “fixed”. Correct one of the two times.');
  });

  it('finds the future, and says nothing about an incident in order', () => {
    const s = begin().at('11:00');
    set(s, 'detected', '09:35');
    set(s, 'acknowledged', '09:41');
    set(s, 'fixed', '10:00');
    s.add(marek, 'resolved', { at: s.instant('10:10') });
    s.add(marek, 'closed', { at: s.instant('10:30') });
    set(s, 'tidied', '11:30');
    expect(milestoneProblems(momentsOf(s))).toEqual([]);
    expect(names(milestoneProblems(momentsOf(s), s.instant('11:10')))).toEqual(['future tidied']);
  });
});
