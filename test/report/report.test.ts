/** The default report: the golden file, what it answers, and what it must not invent. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { NoIncident } from '../../src/report/model.ts';
import { type ReportOptions, report } from '../../src/report/report.ts';
import { UnknownZone } from '../../src/report/times.ts';
import { read } from '../support/markdown.ts';
import { marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, note, type Story, story } from '../support/story.ts';

const options: ReportOptions = { profile: 'default', people: 'names', version: '0.0.0' };
const write = (events: readonly Event[], more: Partial<ReportOptions> = {}): string =>
  report(events, { ...options, ...more }).markdown;
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
const begin = (more = {}): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34'), ...more }));
};

describe('the golden file', () => {
  const file = new URL('golden/default.md', import.meta.url);

  it('is what the night gives (write it anew with HANDRAIL_WRITE_GOLDEN=1)', () => {
    const markdown = write(pidpNight());
    if (process.env.HANDRAIL_WRITE_GOLDEN) writeFileSync(file, markdown);
    expect(markdown).toBe(readFileSync(file, 'utf8'));
  });

  it('is clean for markdownlint, in every way to call people', () => {
    for (const people of ['names', 'roles', 'initials'] as const)
      expect(read(write(pidpNight(), { people })).problems).toEqual([]);
  });
});

describe('purity', () => {
  it('gives the same bytes for the same events and options, and says the options in its last line', () => {
    expect(write(pidpNight())).toBe(write(structuredClone(pidpNight())));
    expect(
      write(pidpNight(), { people: 'initials', zone: 'Asia/Kathmandu' }).trimEnd().split('\n').at(-1),
    ).toBe('Report version 4 (Handrail 0.0.0), profile default, people initials, zone Asia/Kathmandu.');
  });

  it('refuses events without a declaration, and a zone that is none', () => {
    expect(() => write([])).toThrow(NoIncident);
    expect(() => write(pidpNight(), { zone: 'Vancouver' })).toThrow(UnknownZone);
  });

  it('names the file by incident, date and title', () => {
    expect(report(pidpNight(), options).fileName).toBe('inc-1-2024-01-10-web-api-times-out.md');
    expect(report(begin({ title: 'Überlast: Žižkov/ÅÄÖ??' }).events, options).fileName).toBe(
      'inc-1-2024-01-10-uberlast-zizkov-aao.md',
    );
    expect(report(begin({ title: '障害' }).events, options).fileName).toBe('inc-1-2024-01-10.md');
    const long = 'The registration service answers slowly since this noon';
    expect(report(begin({ title: long }).events, options).fileName).toBe(
      'inc-1-2024-01-10-the-registration-service-answers-slowly-since-this.md',
    );
  });
});

describe('what it answers', () => {
  const markdown = write(pidpNight());

  it('names the crash and leaves the cause open', () => {
    const cause = section(markdown, 'Cause');
    for (const part of [
      '`Error`',
      '`1`',
      "`ModuleNotFoundError: No module named 'yaml'`",
      '`python-module-missing`',
    ])
      expect(cause).toContain(part);
    expect(cause).toContain('Why it happened is not known.');
    expect(section(markdown, 'Open questions')).toContain('Why did it happen?');
  });

  it('gives the cause that somebody recorded, and asks no more', () => {
    const s = begin();
    s.add(marek, 'note_added', note('Cause: the base image was rebuilt without PyYAML.', s.now()));
    const one = write(s.events);
    expect(section(one, 'Cause')).toContain('the base image was rebuilt without PyYAML.');
    expect(one).not.toContain('is not known');
  });

  it('makes follow-ups of what is permanent, of backups not found and of the open why', () => {
    const followUps = section(markdown, 'Follow-ups');
    expect(followUps).toContain('- [ ] Put the image of prod-patroni in git: ');
    expect(followUps).toContain('No backup found at /backups on backup-storage');
    expect(followUps).toContain('- [ ] Find out why it happened: ModuleNotFoundError');
    expect(followUps).toContain('remove the other one (Inés Okafor, 2024-02-15)');
  });

  it('says when nothing was left behind, and when that was looked at', () => {
    expect(section(markdown, 'Left behind')).toContain('Nothing left behind (checked 15:20).');
    // Whose change it was, not who approved it.
    expect(section(markdown, 'Left behind')).toMatch(
      /\| 12:23 \| 15:05 \| gone: The file is gone \| Marek Dvořák \|/,
    );
  });

  it('says that something may exist, and does not call that tidy', () => {
    const s = begin();
    const end = { id: 'L1', kind: 'temporary', title: 'A dump', object: 'pod/a', namespace: 'n' } as const;
    s.add(marek, 'loose_end_opened', { ...end, state: 'may exist', sensitivity: 'personal-data' });
    const left = section(write(s.events), 'Left behind');
    expect(left).toContain('may exist: nobody has looked yet');
    expect(left).not.toContain('Nothing left behind');
  });

  it('knows lengths only when both ends are known', () => {
    const s = begin();
    expect(section(write(s.events), 'How long it took')).not.toContain('restored');
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:34') });
    expect(section(write(s.events), 'How long it took')).toContain(
      '| First sign to service restored | 09:34 | 10:34 | 1 h |',
    );
    s.at('11:00').add(marek, 'reopened', { reason: 'again' });
    const again = write(s.events);
    expect(section(again, 'How long it took')).not.toContain('restored');
    expect(again).toContain('| Report status | draft |');
  });

  it('says what the checks that were bad found at resolve, and nothing before they did', () => {
    const s = begin();
    const asked = (step: string, title: string) =>
      ({ run: 1, step, try: 1, attempt: `1.1.${step}`, title, was: 'bad' }) as const;
    const [ready, leader] = [asked('ready', 'Is web-api ready?'), asked('leader', 'Is there a leader?')];
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:40'), repeats: [ready, leader] });
    const answer = { resolve: s.events.length, seconds: 1 };
    const draft = section(write(s.events), 'Checked again');
    expect(draft).toContain('- “Is web-api ready?” (was bad): no answer yet.');
    expect(draft).not.toMatch(/still|ok/);
    s.at('10:41').add(bot, 'check_repeated', { ...leader, ...answer, verdict: 'bad', says: 'None', left: 1 });
    s.at('10:42').add(bot, 'check_repeated', { ...ready, ...answer, verdict: 'ok', says: 'All 3.', left: 0 });
    const markdown = write(s.events);
    expect(section(markdown, 'Checked again')).toContain(
      '- 10:42 “Is web-api ready?” (ok, was bad): All 3.\n- 10:41 “Is there a leader?” (still bad): None.\n',
    );
    expect(section(markdown, 'Timeline')).toContain(
      'Checked again at resolve “Is web-api ready?”: ok (was bad). All 3.',
    );
    expect(section(markdown, 'Open questions')).toContain(
      '“Is there a leader?” was still bad when the service was said to be back: None. Is it well now?',
    );
    expect(section(markdown, 'Open questions')).not.toContain('web-api ready');
    expect(read(markdown).problems).toEqual([]);
    s.at('11:00').add(marek, 'reopened', {});
    expect(section(write(s.events), 'Checked again')).not.toContain('once more');
  });

  it('asks about half an hour of silence while it is open, not after', () => {
    const s = begin();
    s.at('10:09').add(marek, 'note_added', note('29 minutes', s.instant('10:09')));
    s.at('10:39').add(marek, 'note_added', note('30 minutes', s.instant('10:39')));
    s.at('10:45').add(marek, 'resolved', { at: s.instant('10:45') });
    s.at('12:00').add(marek, 'closed', { at: s.instant('12:00') });
    const rows = write(s.events)
      .split('\n')
      .filter((line) => line.includes('Nothing is written down'));
    expect(rows).toEqual([
      '| 10:09 to 10:39 | +0:35 | — | _Nothing is written down for 30 min. What happened?_ |',
    ]);
  });

  it('marks late, edited, deleted and hidden lines', () => {
    const rows = section(markdown, 'Timeline');
    expect(rows).toContain('| about 11:20 | +1:46 |');
    expect(rows).toContain('(added 16:20 by Marek Dvořák)');
    expect(rows).toContain('(edited in Slack 15:30)');
    expect(rows).not.toContain('lunch');
    const s = begin();
    s.at('10:00').add(marek, 'note_added', note('a secret word', s.now(), { entry: 'n1' }));
    s.at('10:01').add(bot, 'entry_corrected', { entry: 'n1', why: 'deleted in Slack' });
    const one = write(s.events);
    expect(one).toContain('A note of Marek Dvořák stood here; it was deleted in Slack at 10:01.');
    expect(one).not.toContain('secret');
  });

  it('marks a drill in its title', () => {
    expect(write(begin({ drill: true }).events)).toMatch(/^# Drill: INC-1 web-api times out\n/);
  });
});

describe('people', () => {
  const s = begin();
  s.add(marek, 'role_set', { role: 'lead', person: marek });
  s.add(
    { id: 'slack:U0ANA', name: 'Ana Kovač' },
    'note_added',
    note('<@U0MAREK> asked Ana Kovač &amp; me', s.now(), {
      source: { kind: 'slack', ts: '1.1' },
    }),
  );

  it('are named, and mentions are names', () => {
    expect(write(s.events)).toContain('Marek Dvořák asked Ana Kovač & me');
  });

  it('are roles or initials, also within what people typed', () => {
    const roles = write(s.events, { people: 'roles' });
    expect(roles).toContain('lead asked responder 1 & me');
    expect(write(s.events, { people: 'initials' })).toContain('MD asked AK & me');
    for (const people of ['roles', 'initials'] as const)
      expect(write(s.events, { people })).not.toMatch(/Marek|Ana|Kova/);
  });
});

describe('times', () => {
  const rowsOf = (markdown: string): string => section(markdown, 'Timeline');

  it('shows that the clocks went forward, and counts real time', () => {
    const s = story('2024-03-10', 'America/Vancouver').at('01:30');
    s.add(marek, 'incident_declared', declaration({ since: s.instant('01:30') }));
    s.at('03:10').add(marek, 'note_added', note('after', s.instant('03:10')));
    s.at('03:20').add(marek, 'resolved', { at: s.instant('03:20') });
    const markdown = write(s.events);
    expect(rowsOf(markdown)).toContain(
      '| — | — | — | The clocks went forward by 1 h: UTC-08:00 → UTC-07:00 |',
    );
    expect(rowsOf(markdown)).toContain('| 03:10 | +0:40 |');
    expect(markdown).toContain('| Duration | 50 min |');
    expect(markdown).toContain('| Zone | America/Vancouver (UTC-08:00, at the end UTC-07:00) |');
    expect(read(markdown).problems).toEqual([]);
  });

  it('shows that the clocks went back, where a time comes twice', () => {
    const s = story('2024-11-03', 'America/Vancouver').at('01:40');
    const first = s.instant('01:40');
    s.add(marek, 'incident_declared', declaration({ since: first }));
    s.add(marek, 'note_added', note('an hour later', first + 3_600_000));
    const rows = rowsOf(write(s.events));
    expect(rows).toContain('The clocks went back by 1 h: UTC-07:00 → UTC-08:00');
    expect(rows).toContain('| 01:40 | +1:00 |');
  });

  it('has date rows and counts over 24 hours', () => {
    const s = begin();
    s.at('+1 11:44').add(marek, 'resolved', { at: s.now() });
    const markdown = write(s.events);
    expect(rowsOf(markdown)).toContain('| **2024-01-10** | — | — | Wednesday |');
    expect(rowsOf(markdown)).toContain('| **2024-01-11** | — | — | Thursday |');
    expect(rowsOf(markdown)).toContain('| 11:44 | +26:10 |');
    expect(markdown).toContain('| When | 2024-01-10 09:34 to 2024-01-11 11:44 |');
    expect(markdown).toContain('| Duration | 26 h 10 min |');
  });

  it('is written in another zone when asked', () => {
    const markdown = write(pidpNight(), { zone: 'Asia/Kathmandu' });
    expect(markdown).toContain('Times are Asia/Kathmandu (UTC+05:45)');
    expect(rowsOf(markdown)).toContain('| 23:19 | +0:00 |');
    expect(rowsOf(markdown)).toContain('| **2024-01-11** |');
  });
});
