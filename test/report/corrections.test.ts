/** What somebody corrected is corrected everywhere in the report: lengths, milestones, summary, decisions, changes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bodies, Event } from '../../src/incidents/events.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { model } from '../../src/report/model.ts';
import { report } from '../../src/report/report.ts';
import { read } from '../support/markdown.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, note, type Story, story } from '../support/story.ts';

const write = (events: readonly Event[]): string =>
  report(events, { profile: 'default', people: 'names' }).markdown;
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
const begin = (): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
};
/** The line of the event that was added last. */
const last = (s: Story): string => `v${s.events.length}`;
type Correction = Omit<Bodies['entry_corrected'], 'why'>;
const correct = (s: Story, correction: Correction, time = '16:00', by = marek): Story =>
  s.at(time).add(by, 'entry_corrected', { why: 'corrected', ...correction });

describe('lengths and milestones', () => {
  it('“cause found” at 09:52, corrected to 09:45, is 09:45 in the length as well', () => {
    const s = begin().at('09:52');
    s.add(marek, 'status_changed', { to: 'cause found', at: s.instant('09:52') });
    const before = section(write(s.events), 'How long it took');
    expect(before).toContain('| First sign to “cause found” | 09:34 | 09:52 | 18 min |');
    correct(s, { entry: last(s), at: s.instant('09:45') });
    const markdown = write(s.events);
    expect(section(markdown, 'How long it took')).toContain(
      '| First sign to “cause found” | 09:34 | 09:45 | 11 min |',
    );
    expect(markdown).not.toContain('09:52');
  });

  it('the first sign, corrected, moves the start and every length from it', () => {
    const s = begin();
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:34') });
    correct(s, { entry: 'v1-since', at: s.instant('09:04') });
    const markdown = write(s.events);
    expect(markdown).toContain('| When | 2024-01-10 09:04 to 10:34 |');
    expect(markdown).toContain('| Duration | 1 h 30 min |');
    expect(section(markdown, 'Detection')).toContain('36 min after the first sign at 09:04.');
    expect(section(markdown, 'Timeline')).toContain('counts from 09:04');
  });

  it('the end, corrected, moves the duration; a later resolve has its own time', () => {
    const s = begin();
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:40') });
    const first = last(s);
    correct(s, { entry: first, at: s.instant('10:20') }, '10:45');
    expect(write(s.events)).toContain('| Duration | 46 min |');
    s.at('11:00').add(marek, 'reopened', {});
    s.at('12:00').add(marek, 'resolved', { at: s.instant('12:00') });
    expect(write(s.events)).toContain('| Duration | 2 h 26 min |');
    correct(s, { entry: first, at: s.instant('10:25') }, '12:10');
    expect(write(s.events)).toContain('| Duration | 2 h 26 min |');
  });

  it('the lead and the target have the corrected times', () => {
    const s = begin();
    s.at('09:50').add(marek, 'role_set', { role: 'lead', person: lena });
    correct(s, { entry: last(s), at: s.instant('09:43') });
    s.at('10:10').add(marek, 'target_confirmed', {
      target: { namespace: 'n', kind: 'service', name: 'db', says: 'It is it.' },
    });
    correct(s, { entry: last(s), at: s.instant('10:04') });
    const markdown = write(s.events);
    const lengths = section(markdown, 'How long it took');
    expect(lengths).toContain('somebody in the lead | 09:34 | 09:43 | 9 min |');
    expect(lengths).toContain('the right system found | 09:34 | 10:04 | 30 min |');
    expect(markdown).toContain('confirmed by Marek Dvořák at 10:04.');
  });

  it('a status that was taken off the timeline has no length, and comes back with its line', () => {
    const s = begin().at('09:52');
    s.add(marek, 'status_changed', { to: 'cause found', at: s.instant('09:52') });
    const entry = last(s);
    correct(s, { entry, hidden: true });
    expect(write(s.events)).not.toMatch(/cause found/);
    correct(s, { entry, hidden: false }, '16:10');
    expect(section(write(s.events), 'How long it took')).toContain('18 min');
  });

  it('takes the next one where the first was taken off', () => {
    const s = begin().at('09:52');
    s.add(marek, 'status_changed', { to: 'cause found', at: s.instant('09:52') });
    const entry = last(s);
    s.at('10:30').add(marek, 'status_changed', { to: 'cause found', at: s.instant('10:30') });
    correct(s, { entry, hidden: true });
    expect(section(write(s.events), 'How long it took')).toContain('| 10:30 | 56 min |');
  });
});

describe('words', () => {
  it('what was noticed and what brought it back', () => {
    const s = begin();
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:34'), summary: 'We rebooted it.' });
    correct(s, { entry: 'v1-since', text: 'First noticed: the portal is slow.' }, '11:00');
    correct(s, { entry: 'v2', text: 'Service restored. The new image runs.' }, '11:01', lena);
    const markdown = write(s.events);
    expect(section(markdown, 'Detection')).toContain('Noticed: the portal is slow.');
    // Who wrote these words, and when, not who wrote the first ones.
    expect(section(markdown, 'Summary')).toContain(`${lena.name} wrote at 11:01: The new image runs.`);
    expect(markdown).not.toMatch(/rebooted|Metabase/);
    expect(section(markdown, 'Timeline')).toContain('**Service restored. The new image runs.**');
  });

  it('a decision, a change and what became of a thing left behind', () => {
    const events = [...pidpNight()];
    const s = story('2024-01-10', 'America/Vancouver').at('16:00');
    s.events.push(...events);
    const version = (type: Event['type']): string =>
      `v${events.find((event) => event.type === type)?.version}`;
    correct(
      s,
      { entry: version('choice_made'), text: 'Two members first.', at: s.instant('10:29') },
      '16:40',
    );
    correct(s, { entry: version('act_started'), text: 'Scaled the utility pod.' }, '16:41');
    correct(s, { entry: version('by_hand_claimed'), at: s.instant('14:05') }, '16:42');
    const markdown = write(s.events);
    const decisions = section(markdown, 'Decisions');
    expect(decisions).toMatch(/\| 10:29[^|]*\| [^|]+ \| [^|]+ \| Two members first\. \| — \| — \|/);
    expect(decisions).not.toContain('Upgrade all members');
    expect(section(markdown, 'Changes made')).toMatch(/\| Scaled the utility pod\. \|/);
    expect(section(markdown, 'Changes made')).toMatch(/\| 14:05 \| Move prod-patroni/);
    expect(section(markdown, 'By hand')).toContain('Reported done about 14:05');
    expect(read(markdown).problems).toEqual([]);
  });

  it('a decision that was taken off the timeline is not in the table', () => {
    const events = pidpNight();
    const s = story('2024-01-10', 'America/Vancouver').at('16:00');
    s.events.push(...events);
    const choice = events.find((event) => event.type === 'choice_made');
    correct(s, { entry: `v${choice?.version}`, hidden: true }, '16:40');
    expect(section(write(s.events), 'Decisions')).not.toContain('Upgrade all members');
    // A change was made whoever shows its line.
    const act = events.find((event) => event.type === 'act_started');
    const changes = section(write(s.events), 'Changes made');
    correct(s, { entry: `v${act?.version}`, hidden: true }, '16:41');
    expect(section(write(s.events), 'Changes made')).toBe(changes);
  });

  it('what a check said, where it is asked again', () => {
    const s = begin();
    const at = { run: 1, step: 'c', try: 1 };
    s.add(marek, 'step_opened', { ...at, kind: 'check', title: 'Is it well?', namespace: 'n', byHand: [] });
    s.add(bot, 'check_done', { ...at, verdict: 'unknown', says: 'No answr.', seconds: 1, milestone: false });
    correct(s, { entry: last(s), text: 'Checked “Is it well?”: unknown. The port was closed.' });
    const questions = section(write(s.events), 'Open questions');
    expect(questions).toContain('“Is it well?” stayed without an answer: The port was closed.');
  });
});

describe('marks on a line', () => {
  it('a corrected time does not make a line one that was added later', () => {
    const s = begin().at('09:52');
    s.add(marek, 'status_changed', { to: 'cause found', at: s.instant('09:52') });
    correct(s, { entry: last(s), at: s.instant('09:40') }, '10:05');
    const row = section(write(s.events), 'Timeline')
      .split('\n')
      .find((line) => line.includes('cause found'));
    expect(row).toContain('| 09:40 |');
    expect(row).not.toContain('added');
    expect(row).toContain('(corrected 10:05)');
  });

  it('a line that was late at first still says so', () => {
    const s = begin().at('16:20');
    s.add(marek, 'note_added', note('first alarm', s.instant('11:20'), { entry: 'n' }));
    correct(s, { entry: 'n', at: s.instant('11:15') }, '16:30');
    expect(section(write(s.events), 'Timeline')).toContain(
      '| 11:15 | +1:41 | Marek Dvořák | first alarm (added 16:20 by Marek Dvořák) (corrected 16:30) |',
    );
  });

  it('what was only hidden and shown again was not corrected', () => {
    const s = begin().at('10:00');
    s.add(marek, 'note_added', note('first alarm', s.now(), { entry: 'n' }));
    correct(s, { entry: 'n', hidden: true }, '10:10');
    correct(s, { entry: 'n', hidden: false }, '10:11');
    expect(section(write(s.events), 'Timeline')).toContain('| first alarm |');
  });
});

it('corrections do not change the given events, and the model is the same in any order', () => {
  const s = begin().at('09:52');
  s.add(marek, 'status_changed', { to: 'cause found', at: s.instant('09:52') });
  correct(s, { entry: last(s), at: s.instant('09:45') });
  correct(s, { entry: 'v2', at: s.instant('09:46') }, '16:10');
  const copy = structuredClone(s.events);
  const options = { people: 'names' } as const;
  expect(model(s.events.toReversed(), options)).toEqual(model(s.events, options));
  expect(s.events).toEqual(copy);
  expect(model(s.events, options).moments.causeFound).toBe(s.instant('09:46'));
});

it('whatever is corrected, the report says of a moment what its line says', () => {
  const night = pidpNight();
  const ids = timeline(night).map(({ id }) => id);
  const start = story('2024-01-10', 'America/Vancouver');
  const correction = fc.record(
    {
      entry: fc.constantFrom(...ids),
      at: fc
        .integer({ min: start.instant('09:00'), max: start.instant('17:00') })
        .map((ms) => Math.floor(ms / 60_000) * 60_000),
      text: fc.constantFrom('It was another one.', 'Service restored. It was the image.', ''),
      hidden: fc.boolean(),
    },
    { requiredKeys: ['entry'] },
  );
  fc.assert(
    fc.property(fc.array(correction, { minLength: 1, maxLength: 6 }), fc.nat(), (corrections, seed) => {
      const s = story('2024-01-10', 'America/Vancouver').at('17:10');
      s.events.push(...night);
      for (const one of corrections) s.add(marek, 'entry_corrected', { why: 'corrected', ...one });
      const told = model(s.events, { people: 'names' });
      const shown = new Map(
        timeline(s.events).flatMap((entry) => (entry.show === 'hide' ? [] : [[entry.id, entry.at]])),
      );
      const lineAt = (type: Event['type'], to?: string): number | undefined => {
        const found = night.filter(
          (event) => event.type === type && (event.type !== 'status_changed' || event.body.to === to),
        );
        expect(found).toHaveLength(1);
        return shown.get(`v${found[0]?.version}`);
      };
      const { moments } = told;
      expect(moments.causeFound).toBe(lineAt('status_changed', 'cause found'));
      expect(moments.restored).toBe(lineAt('resolved'));
      const lead = night.find((event) => event.type === 'role_set' && event.body.role === 'lead');
      expect(moments.lead).toBe(shown.get(`v${lead?.version}`));
      for (const { from, to } of told.intervals) expect(from <= to).toBe(true);
      // In another order, too.
      const other = s.events.toSorted(
        (a, b) => ((a.version * (seed | 1)) % 97) - ((b.version * (seed | 1)) % 97),
      );
      expect(model(other, { people: 'names' })).toEqual(told);
    }),
    { numRuns: 60 },
  );
});
