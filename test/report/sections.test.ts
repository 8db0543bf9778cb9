/** What people write for the report: in its place in every form, below the facts, a question while nobody wrote. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { lint, reviewOf } from '../../src/report/lint/lint.ts';
import { readReport } from '../../src/report/lint/report-read.ts';
import { type ProfileName, profileNames } from '../../src/report/profiles.ts';
import { report } from '../../src/report/report.ts';
import { ownSectionNamed, ownSections } from '../../src/report/sections.ts';
import { read } from '../support/markdown.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { declaration, note, type Story, story } from '../support/story.ts';
import { goingOn, writtenNight } from './written-night.ts';

const write = (events: readonly Event[], profile: ProfileName = 'default'): string =>
  report(events, { profile, people: 'names', version: '0.0.0' }).markdown;
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
const begin = (): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
};

describe.each(profileNames)('the written night as %s', (profile) => {
  const markdown = write(writtenNight(), profile);
  const file = new URL(`golden/written-${profile}.md`, import.meta.url);

  it('is what it was (write it anew with HANDRAIL_WRITE_GOLDEN=1)', () => {
    if (process.env.HANDRAIL_WRITE_GOLDEN) writeFileSync(file, markdown);
    expect(markdown).toBe(readFileSync(file, 'utf8'));
  });

  it('is clean for markdownlint, and no section is missing or only its prompt', () => {
    expect(read(markdown).problems).toEqual([]);
    const { problems } = reviewOf(readReport(markdown));
    expect(problems.filter(({ code }) => code === 'PIR001')).toEqual([]);
  });

  it('holds every section that people wrote, and asks for none of them', () => {
    for (const { name, prompt } of ownSections) {
      expect(markdown.includes(`_${prompt}_`), `asks for ${name}`).toBe(false);
    }
    for (const words of [
      'Nobody could log in for five hours.',
      'The nodes were upgraded on Monday.',
      '1,200 clinicians',
      'an alert on the members of Patroni',
      'The image was hard to find.',
      'A list of images that are known to start.',
      'The base image was rebuilt without PyYAML.',
      '- Nobody rebuilds it on purpose\n  - not even once a year',
      '- Two people looked at it',
      '2. Which image to use',
      'The dump fitted on the volume.',
      'The runbook told us what to look at.',
      'web-api uses Patroni, not CrunchyDB.',
    ])
      expect(markdown.includes(words), words).toBe(true);
  });

  it('waived questions stand at the end with their reason, without the words that they were about', () => {
    const waived = section(markdown, 'Waived questions');
    expect(waived).toMatch(/- PIR018 \([^)]+\): She was on call, said Marek Dvořák on 2024-01-10\./);
    expect(waived).not.toContain('lena strand');
  });
});

describe('a section', () => {
  it('stands below the facts, and takes the place of its question', () => {
    const s = begin();
    const asked = section(write(s.events), 'Impact');
    expect(asked).toMatch(/\n_Who was affected, [^_]+\?_\n/);
    s.add(lena, 'section_written', { section: 'impact', text: 'Twelve people could not log in.' });
    expect(section(write(s.events), 'Impact')).toBe(
      `${asked.split('\n\n')[0]}\n\nIn the team's words:\n\nTwelve people could not log in.\n`,
    );
  });

  it('is the last text; an empty one takes it away', () => {
    const s = begin();
    s.add(lena, 'section_written', { section: 'lessons', text: 'First.' });
    s.add(marek, 'section_written', { section: 'lessons', text: 'Second.' });
    expect(section(write(s.events), 'Lessons')).toMatch(/^\nSecond\.\n/);
    s.add(marek, 'section_written', { section: 'lessons', text: ' \n' });
    expect(section(write(s.events), 'Lessons')).toMatch(/^\n_What should the team/);
  });

  it('of a later version of Handrail is shown under its own name', () => {
    const s = begin().add(lena, 'section_written', { section: 'costs', text: 'None.' });
    for (const profile of profileNames)
      expect(write(s.events, profile)).toMatch(/(?:## costs|\*\*costs:\*\*)\n\nNone\./);
  });

  it('has a name, a title and a question that ends', () => {
    expect(new Set(ownSections.map(({ name }) => name)).size).toBe(ownSections.length);
    for (const { name, title, prompt } of ownSections) {
      expect(ownSectionNamed(name)?.title).toBe(title);
      expect(prompt).toMatch(/^[A-Z].*\?$/);
    }
    expect(ownSectionNamed('toString')).toBeUndefined();
  });

  it('of the root cause ends the question for it, everywhere', () => {
    const s = begin();
    expect(write(s.events)).toContain('Why it happened is not known.');
    s.add(lena, 'section_written', { section: 'root cause', text: 'A full disk.' });
    const markdown = write(s.events);
    expect(section(markdown, 'Cause')).toMatch(/^\nA full disk\.\n/);
    expect(markdown).not.toContain('is not known');
    expect(section(markdown, 'Open questions')).not.toContain('What was the cause');
  });
});

describe('the status', () => {
  const status = (events: readonly Event[]): string | undefined =>
    /\| Report status \| ([^|]+) \|/.exec(write(events))?.[1];

  it('is what people set, not that the incident is closed', () => {
    const s = begin();
    s.at('11:00').add(marek, 'resolved', { at: s.now() });
    s.add(marek, 'closed', { at: s.now() });
    expect(status(s.events)).toBe('draft');
    s.add(marek, 'report_status_set', { to: 'in review', problems: [] });
    expect(status(s.events)).toBe('in review');
    s.add(marek, 'report_status_set', { to: 'final', problems: [] });
    expect(status(s.events)).toBe('final');
    s.add(marek, 'reopened', {});
    expect(status(s.events)).toBe('final');
    s.add(marek, 'report_status_set', { to: 'draft', problems: [] });
    expect(status(s.events)).toBe('draft');
  });

  it('says which questions were open when it was made final; a word that is none is a draft', () => {
    expect(status(writtenNight())).toBe('final; open questions of the review: PIR007');
    const s = begin().add(marek, 'report_status_set', { to: 'published', problems: [] });
    expect(status(s.events)).toBe('draft');
  });
});

describe('follow-ups', () => {
  it('have owner, day, link and how one can tell, as they were changed last', () => {
    expect(section(write(writtenNight()), 'Follow-ups')).toContain(
      '- [ ] Pin the image by its digest (Lena Strand, due 2024-02-01, <https://tracker.example.org/OPS-12>; done when the StatefulSet names a digest (in git))\n',
    );
  });

  it('ask for what is missing', () => {
    const s = begin();
    s.add(lena, 'follow_up_added', { id: 'P1', text: 'Add an alert', dueOn: '2024-02-01' });
    s.add(lena, 'follow_up_added', { id: 'P2', text: 'Test it', owner: lena, doneWhen: 'it is green' });
    const text = section(write(s.events), 'Follow-ups');
    expect(text).toContain('- [ ] Add an alert (due 2024-02-01, _who?_)');
    expect(text).toContain('- [ ] Test it (Lena Strand, _until when?_; done when it is green)');
  });

  it('that were dropped stay, closed, with the reason', () => {
    expect(section(write(writtenNight()), 'Follow-ups')).toContain(
      '- [x] Dropped: Rewrite it all (nobody will do it: It is no use)',
    );
  });

  it('that the record asks for can be taken over, also when their words change', () => {
    const asked = "Find out why it happened: ModuleNotFoundError: No module named 'yaml'";
    const on = goingOn(pidpNight());
    expect(section(write(on.events), 'Follow-ups')).toContain(`- [ ] ${asked} (_who, and until when?_)`);
    on.add(lena, 'follow_up_added', { id: 'P1', text: asked, owner: lena, dueOn: '2024-02-01' });
    const taken = section(write(on.events), 'Follow-ups');
    expect(taken.split(asked)).toHaveLength(2);
    expect(taken).toContain(`- [ ] ${asked} (Lena Strand, due 2024-02-01)`);
    on.add(lena, 'follow_up_changed', { id: 'P1', text: 'Find out who rebuilt the image' });
    expect(section(write(on.events), 'Follow-ups')).not.toContain(asked);
  });

  it('are read again by the review as they are meant', () => {
    const { followUps } = readReport(write(writtenNight()));
    const pin = followUps.find(({ text }) => text.startsWith('Pin the image'));
    expect(pin).toMatchObject({ text: 'Pin the image by its digest', owner: true, due: true, link: true });
    expect(followUps.find(({ text }) => text.startsWith('Dropped'))?.done).toBe(true);
    const s = begin().add(lena, 'follow_up_added', { id: 'P', text: 'Test it', doneWhen: 'it is green' });
    const [one] = readReport(write(s.events)).followUps;
    expect(one).toMatchObject({ owner: false, due: false });
  });
});

describe('what was said to others', () => {
  it('updates have their date, and what was promised', () => {
    const text = section(write(writtenNight()), 'Updates');
    expect(text).toMatch(
      /^\n- 2024-01-10 17:31 Logging in works again\. \(Marek Dvořák; the next one was promised for 18:31\)\n/,
    );
  });

  it('updates that were taken off the timeline are not there; a rewritten one has the new words', () => {
    const on = goingOn(begin().events);
    on.add(marek, 'update_posted', { update: 'u', text: 'Old words.' });
    const entry = `v${on.events.length}`;
    on.add(lena, 'entry_corrected', { entry, why: 'corrected', text: 'Update for everybody: New words.' });
    expect(section(write(on.events), 'Updates')).toContain('New words.');
    on.add(lena, 'entry_corrected', { entry, why: 'corrected', hidden: true });
    expect(write(on.events)).not.toContain('## Updates');
  });

  it('handovers say who, and what the next person needs to know', () => {
    expect(section(write(writtenNight()), 'Handovers')).toContain(
      'lead from Marek Dvořák to Lena Strand: The report is left to write.',
    );
    const on = goingOn(writtenNight());
    const handed = on.events.find(({ type }) => type === 'handed_over');
    const text = 'Marek Dvořák handed lead over to Lena Strand. Nothing is left.';
    on.add(lena, 'entry_corrected', { entry: `v${handed?.version}`, why: 'corrected', text });
    expect(section(write(on.events), 'Handovers')).toContain(' to Lena Strand: Nothing is left.\n');
  });

  it('a promise in an update was for that night: the review asks for no follow-up', () => {
    const promise = 'We should have the queue drained by noon.';
    const on = goingOn(begin().events);
    on.add(marek, 'update_posted', { update: 'u', text: promise });
    const asked = () => lint(write(on.events)).filter(({ code }) => code === 'PIR009');
    expect(asked()).toEqual([]);
    on.add(marek, 'section_written', { section: 'lessons', text: promise });
    expect(asked()).toHaveLength(1);
  });

  it('none of it is there when nobody did it', () => {
    const s = begin().add(marek, 'note_added', note('x', 0));
    for (const name of ['Updates', 'Handovers', 'Waived questions', 'Leadup'])
      expect(write(s.events)).not.toContain(`## ${name}`);
  });
});
