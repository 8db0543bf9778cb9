// The review of an incident's own report: what blocks final, with what it is answered, and what a posted file says of itself.
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/actions/redact.ts';
import { type Bodies, type Event, type EventType, type Person } from '../../src/incidents/events.ts';
import { sha256 } from '../../src/incidents/hash.ts';
import { finishedReport, reviewReport } from '../../src/perform/report-review.ts';
import { renderReport, reviewInThread } from '../../src/perform/report-thread.ts';
import { stampOf, withWaivers } from '../../src/report/finished.ts';
import { lint } from '../../src/report/lint/lint.ts';
import { profileNames } from '../../src/report/profiles.ts';
import type { Reviewed } from '../../src/report/reviewed.ts';
import { read } from '../support/markdown.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { declaration, story } from '../support/story.ts';

const now = Date.UTC(2024, 1, 1);
const head = { version: 500, hash: 'ab'.repeat(32) };

function and<T extends EventType>(events: readonly Event[], by: Person, type: T, body: Bodies[T]): Event[] {
  const version = events.length + 1;
  const at = (events.at(-1)?.at ?? 0) + 1000;
  return [...events, { incident: 1, version, at, by, command: `c${version}`, type, body } as Event];
}
const review = (events: readonly Event[], profile: 'default' | 'bcgov' | 'pydis' = 'default'): Reviewed =>
  reviewReport({ events, options: { profile, people: 'names', head }, now, others: [] });
const codes = ({ blocks }: Reviewed): string[] => blocks.map(({ code }) => code);

/** Answers every question of the gate through the form that it names, as a person would. */
function answered(given: readonly Event[], profile: 'default' | 'bcgov' | 'pydis'): readonly Event[] {
  let events: readonly Event[] = given;
  for (let turn = 0; turn < 20; turn++) {
    const [question] = review(events, profile).blocks;
    if (!question) return events;
    const remedy = question.with;
    const milestone = /^Nobody has said when it was (\w+): \/incident milestone/.exec(question.says)?.[1];
    if (milestone) {
      const declared = given[0]?.at ?? 0;
      const at = declared + (milestone === 'detected' ? 0 : milestone === 'acknowledged' ? 60_000 : 120_000);
      events = and(events, lena, 'milestone_set', { milestone, at, precision: 'about' });
      continue;
    }
    if (!remedy) throw new Error(`nothing answers ${question.code} ${question.says}`);
    const before = events;
    if (remedy.write === 'section')
      events = and(events, lena, 'section_written', {
        section: remedy.section,
        text: 'Four clinics waited two hours.',
      });
    if (remedy.write === 'whys')
      events = and(events, lena, 'why_written', { id: `W${turn}`, text: 'A package was gone.', open: false });
    if (remedy.write === 'follow-up' && remedy.id !== undefined)
      events = and(events, lena, 'follow_up_changed', { id: remedy.id, owner: marek, dueOn: '2024-02-01' });
    if (remedy.write === 'follow-up' && remedy.id === undefined)
      events = and(events, lena, 'follow_up_added', {
        id: `P${turn}`,
        text: remedy.text ?? 'Watch replication',
        owner: marek,
        dueOn: '2024-02-01',
      });
    expect(events).not.toBe(before);
  }
  throw new Error('the questions do not end');
}

describe('the gate', () => {
  it.each(profileNames)(
    'every question of a real night is answered through what it offers (%s)',
    (profile) => {
      const events = answered(pidpNight(), profile);
      const done = review(events, profile);
      expect(done.blocks).toEqual([]);
      // Nothing was written twice: what the record asked for was taken over, not doubled.
      const items = done.markdown.split('\n').filter((line) => line.startsWith('- [ ]'));
      expect(new Set(items.map((line) => line.replace(/ \([^()]*\)$/, ''))).size).toBe(items.length);
    },
  );

  it('a secret in a section blocks, with its line; the file never holds it', () => {
    const text = 'Nobody could log in.\n\nWe must rotate postgres://app:hunter2hunter2@db:5432/web quickly.';
    const events = and(answered(pidpNight(), 'default'), lena, 'section_written', {
      section: 'impact',
      text,
    });
    const found = review(events);
    expect(codes(found)).toEqual(['PIR016']);
    const [question] = found.blocks;
    expect(question).toMatchObject({
      section: 'Impact',
      waivable: false,
      with: { write: 'section', section: 'impact' },
    });
    expect(found.markdown).not.toContain('hunter2');
    expect(found.markdown.split('\n')[(question?.line ?? 0) - 1]).toContain('We must rotate');
    // The same line is a promise: what is quoted of it holds no secret either.
    expect(found.asks.map(({ code }) => code)).toContain('PIR009');
    for (const { key: _, ...question } of [...found.blocks, ...found.asks])
      expect(JSON.stringify(question)).not.toContain('hunter2');
  });

  it.each<[string, EventType, object]>([
    ['an answer', 'why_written', { id: 'W77', text: 'Write to ana.roe@clinic.example', open: false }],
    [
      'a follow-up',
      'follow_up_added',
      { id: 'P77', text: 'Ask ana.roe@clinic.example', dueOn: '2024-02-01' },
    ],
  ])('so does an address in %s', (_, type, body) => {
    const events = and(answered(pidpNight(), 'default'), lena, type, { ...body, owner: marek } as never);
    const found = review(events);
    expect(codes(found)).toContain('PIR016');
    expect(found.markdown).not.toContain('ana.roe@');
  });

  it('an address in a note is taken out and blocks nothing: it was written on the night', () => {
    const events = answered(pidpNight(), 'default');
    const note = {
      entry: 'n77',
      kind: 'note',
      text: 'Told ana.roe@clinic.example',
      at: events.at(-1)?.at ?? 0,
      precision: 'exact',
      source: { kind: 'slack' },
      late: false,
    } as const;
    const found = review(and(events, lena, 'note_added', note));
    expect(found.blocks).toEqual([]);
    expect(found.markdown).toContain('Told ');
    expect(found.markdown).not.toContain('ana.roe@');
  });

  it('a milestone that is missing or out of order blocks, once; a reason waives it', () => {
    const s = story('2024-01-20', 'UTC').at('09:40');
    s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
    s.at('09:50').add(marek, 'milestone_set', {
      milestone: 'detected',
      at: s.instant('09:45'),
      precision: 'exact',
    });
    s.add(marek, 'milestone_set', { milestone: 'acknowledged', at: s.instant('09:36'), precision: 'exact' });
    s.at('10:00').add(marek, 'resolved', { at: s.now() });
    const asked = (events: readonly Event[]) =>
      review(events).blocks.flatMap(({ code, says }) => (code === 'PIR020' ? [says] : []));
    const order = '“acknowledged” is before “detected”. Correct one of the two times.';
    const missing = 'Nobody has said when it was fixed: /incident milestone fixed at 9:40';
    expect(asked(s.events)).toEqual([order, missing]);
    const question = review(s.events).blocks.find(({ says }) => says === missing);
    const body = { code: 'PIR020', key: question?.key ?? '', reason: 'It healed by itself.' };
    const events = and(s.events, lena, 'lint_waived', body);
    expect(asked(events)).toEqual([order]);
    expect(review(events).waived.map(({ reason }) => reason)).toEqual(['It healed by itself.']);
  });

  it('a promise in a section offers its own words as a follow-up', () => {
    const text = 'It was slow. We should rehearse the failover every quarter! Nobody knew how.';
    const events = and(pidpNight(), lena, 'section_written', { section: 'lessons', text });
    expect(review(events).asks.find(({ code }) => code === 'PIR009')?.with).toEqual({
      write: 'follow-up',
      text: 'We should rehearse the failover every quarter!',
    });
  });

  it('what was moved to a ticket is taken over with its words alone', () => {
    const opened = {
      id: 'wall',
      kind: 'temporary',
      title: 'Rule for a phone in the firewall',
      object: '',
      namespace: '',
      state: 'open',
      source: 'manual',
    } as const;
    const left = and(pidpNight(), lena, 'loose_end_opened', opened);
    const link = 'https://tracker.example.org/17';
    const moved = and(left, lena, 'loose_end_moved', { id: 'wall', link });
    const asked = 'Remove it, or say why it stays: Rule for a phone in the firewall';
    const about = ({ blocks }: Reviewed) => blocks.filter(({ says }) => says.includes('Remove it'));
    expect(about(review(moved)).map((question) => question.with)).toContainEqual({
      write: 'follow-up',
      text: asked,
    });
    const body = { id: 'P1', text: asked, owner: lena, dueOn: '2024-02-01', link };
    expect(about(review(and(moved, lena, 'follow_up_added', body)))).toEqual([]);
  });
});

describe('a waived question', () => {
  const waivedNight = (): readonly Event[] => {
    const events = pidpNight();
    const question = review(events).asks.find(({ code }) => code === 'PIR002');
    if (!question) throw new Error('the night asks nothing about its impact');
    return and(events, lena, 'lint_waived', {
      code: question.code,
      key: question.key,
      reason: 'Nobody can count --> | them',
    });
  };

  it('is asked no more, and its reason stands at the line in the file, where any lint reads it', () => {
    const { asks, waived, markdown } = review(waivedNight());
    expect(asks.map(({ code }) => code)).not.toContain('PIR002');
    expect(waived.map(({ question }) => question.code)).toEqual(['PIR002']);
    expect(markdown).toMatch(/^## Impact <!-- waive PIR002: Nobody can count - them -->$/m);
    const alone = lint(markdown).map(({ code }) => code);
    expect(alone).not.toContain('PIR002');
    expect(alone).not.toContain('PIR000');
    expect(read(markdown).problems).toEqual([]);
  });

  it('stands inside a cell of a table, and never in a block of code', () => {
    const file = '# T\n\n| a | b |\n| - | - |\n| c | d |\n\n```sh\nrm x\n```\n';
    const waive = (line: number) => withWaivers(file, [{ line, code: 'PIR015', reason: 'seen by two' }]);
    expect(waive(5)).toContain('| c | d <!-- waive PIR015: seen by two --> |\n');
    expect(waive(8)).toBe(file);
    expect(waive(7)).toBe(file);
    expect(waive(99)).toBe(file);
  });
});

describe('a posted file', () => {
  it('says in its last line what it is, and the hash is of everything before', () => {
    const { markdown } = finishedReport(pidpNight(), { profile: 'default', people: 'names', head });
    const stamp = stampOf(markdown);
    expect(stamp).toMatchObject({ incident: 1, version: 500 });
    const [before = ''] = markdown.split('\n<!-- handrail ');
    expect(stamp?.hash).toBe(sha256(before));
    expect(markdown.endsWith('-->\n')).toBe(true);
    // Without a head nobody knows how far it goes.
    const without = finishedReport(pidpNight(), { profile: 'default', people: 'names' });
    expect(stampOf(without.markdown)).toBeUndefined();
    expect(stampOf('# Somebody else’s\n')).toBeUndefined();
  });

  it('is not taken for a secret, and reads the same in the thread', async () => {
    const events = pidpNight();
    const options = { profile: 'default', people: 'names', head } as const;
    const { markdown } = finishedReport(events, options);
    const last = markdown.trimEnd().split('\n').at(-1) ?? '';
    expect(redact(last, { exact: true })).toBe(last);
    expect((await renderReport(events, options)).markdown).toBe(markdown);
    expect(await reviewInThread({ events, options, now, others: [] })).toEqual(review(events));
  });
});

describe('other incidents', () => {
  const night = (incident: number, date: string, by = marek): Event[] => {
    const s = story(date, 'UTC', incident);
    s.at('09:00').add(by, 'incident_declared', {
      title: 'web is down',
      severity: 'SEV2',
      namespace: 'prod',
      noticed: 'nobody can log in',
      since: s.now(),
      zone: 'UTC',
      private: false,
      drill: false,
      quiet: false,
      invited: [],
    });
    s.at('09:30').add(by, 'resolved', { at: s.now() });
    return s.events;
  };
  const compare = (others: Event[][], people: 'names' | 'roles', events = night(9, '2024-03-01')): string[] =>
    reviewReport({
      events,
      options: { profile: 'bcgov', people, head },
      now: Date.UTC(2024, 5, 1),
      others,
    }).asks.flatMap(({ code, says, line }) => (code === 'PIR018' ? [`${line} ${says}`] : []));

  it('one person alone three times in a row is asked about, in any form of the report', () => {
    const before = [night(7, '2024-01-01'), night(8, '2024-02-01')];
    for (const people of ['names', 'roles'] as const)
      expect(compare(before, people)).toEqual([
        `undefined “${marek.name}” answered this one and INC-7, INC-8 alone.`,
      ]);
    expect(compare([night(7, '2024-01-01'), night(8, '2024-02-01', lena)], 'names')).toEqual([]);
    expect(compare([night(8, '2024-02-01')], 'names')).toEqual([]);
  });

  it('the same failure with open follow-ups is asked about', () => {
    const later = pidpNight().map((event) => ({
      ...event,
      incident: 9,
      at: event.at + 30 * 86_400_000,
    })) as Event[];
    const declared = later[0];
    if (declared?.type === 'incident_declared')
      later[0] = { ...declared, body: { ...declared.body, since: declared.body.since + 30 * 86_400_000 } };
    const asked = reviewReport({
      events: later,
      options: { profile: 'default', people: 'names', head },
      now: Date.UTC(2024, 5, 1),
      others: [pidpNight()],
    }).asks.filter(({ code }) => code === 'PIR017');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked[0]?.says).toMatch(/was in INC-1 too, where \d+ follow-ups are open/);
  });
});
