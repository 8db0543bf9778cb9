/** The two forms of our reference users: what they must have, in which order, and that nothing typed breaks them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { profileNamed, profileNames } from '../../src/report/profiles.ts';
import { report } from '../../src/report/report.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { read } from '../support/markdown.ts';
import { marek, pidpNight } from '../support/pidp-night.ts';
import { declaration, note, story } from '../support/story.ts';

const write = (events: Parameters<typeof report>[0], profile: 'bcgov' | 'pydis') =>
  report(events, { profile, people: 'names', version: '0.0.0' });
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';

function begin() {
  const night = story('2024-01-10', 'America/Vancouver').at('09:40');
  return night.add(marek, 'incident_declared', declaration({ since: night.instant('09:34') }));
}

it('are known by their names, and no other is', () => {
  expect(profileNames).toEqual(['default', 'bcgov', 'pydis']);
  expect(profileNamed('bcgov')).toBe('bcgov');
  expect(profileNamed('toString')).toBeUndefined();
});

describe.each(['bcgov', 'pydis'] as const)('the form %s', (profile) => {
  const file = new URL(`golden/${profile}.md`, import.meta.url);

  it('is what the night gives (write it anew with HANDRAIL_WRITE_GOLDEN=1)', () => {
    const { markdown } = write(pidpNight(), profile);
    if (process.env.HANDRAIL_WRITE_GOLDEN) writeFileSync(file, markdown);
    expect(markdown).toBe(readFileSync(file, 'utf8'));
  });

  it('is clean for markdownlint, also of the shortest incident', () => {
    expect(read(write(pidpNight(), profile).markdown).problems).toEqual([]);
    expect(read(write(begin().events, profile).markdown).problems).toEqual([]);
  });

  it('keeps its shape whatever people type', () => {
    const headings = (text: string) => read(write(hostileNight(text), profile).markdown).headings.slice(1);
    const plain = headings('x');
    for (const text of [
      '# heading\n\n---',
      '| a | b |\n| - | - |',
      '```sh\nx',
      '- [ ] todo',
      '<!-- x',
      '1. one',
    ])
      expect(headings(text)).toEqual(plain);
  });
});

describe('bcgov', () => {
  it('begins with the four lines and the hour as its readers write it', () => {
    const { markdown, fileName } = write(pidpNight(), 'bcgov');
    expect(markdown).toMatch(/^# Post Incident Report\n\n\*\*Project:\*\* \S/);
    expect(markdown).toContain('**Date of incident:** Jan 10, 2024 9:34AM PST\n');
    expect(markdown).toMatch(/\*\*Environment Affected:\*\* \S+/);
    expect(fileName).toBe('inc-1-2024-01-10-web-api-times-out.md');
  });

  it('writes a line for each thing, with ranges, estimates and the day where it changes', () => {
    const night = begin();
    night
      .at('15:30')
      .add(
        marek,
        'note_added',
        note('worked on the members', night.instant('10:30'), { until: night.instant('11:54') }),
      );
    night.add(
      marek,
      'note_added',
      note('talked about risks', night.instant('14:00'), { precision: 'about' }),
    );
    night.at('+1 00:10').add(marek, 'note_added', note('still here', night.instant('+1 00:10')));
    const text = section(write(night.events, 'bcgov').markdown, 'Timeline');
    expect(text).toContain('\n9:34 - ');
    expect(text).toMatch(/\n10:30 to 11:54 - \S.*worked on the members/);
    expect(text).toMatch(/\n14:00ish - \S.*talked about risks/);
    expect(text).toMatch(/\*\*Jan 11, 2024, UTC-08:00\*\*\n\n0:10 - \S.*still here/);
  });

  it('ends with takeaways, follow-ups and what is left, in this order', () => {
    expect(read(write(pidpNight(), 'bcgov').markdown).headings).toEqual([
      'Post Incident Report',
      'Timeline',
      'Takeaways',
      'Follow-ups',
      'Left behind',
    ]);
  });
});

describe('pydis', () => {
  it('has its nine headings in order, each with its prompt in italics', () => {
    const { markdown, fileName } = write(pidpNight(), 'pydis');
    const { headings } = read(markdown);
    expect(headings[0]).toMatch(/^2024-01-10: /);
    expect(headings.slice(1, 10).map((name) => name.replace(/^\S+ /, ''))).toEqual([
      'Leadup',
      'Impact',
      'Detection',
      'Response',
      'Recovery',
      "Five Why's",
      'Blameless root cause',
      'Lessons learned',
      'Follow-up tasks',
    ]);
    for (const name of headings.slice(1, 10))
      expect(section(markdown, name)).toMatch(/^\n_[A-Z][^_]+[.?]_\n/);
    expect(fileName).toBe('2024-01-10-web-api-times-out.md');
  });

  it('tells with the first line when it was noticed, in bold with the zone', () => {
    expect(write(pidpNight(), 'pydis').markdown).toMatch(/\nAt \*\*09:34 UTC-08:00\*\*, we noticed /);
    const utc = story('2020-12-11', 'UTC').at('13:30');
    utc.add(marek, 'incident_declared', declaration({ since: utc.instant('13:24'), zone: 'UTC' }));
    expect(write(utc.events, 'pydis').markdown).toContain('At **13:24 UTC**, we noticed ');
  });

  it('asks why down to what is not known, and says nothing that nobody recorded', () => {
    const whys = section(write(begin().events, 'pydis').markdown, "🔎 Five Why's");
    expect(whys.match(/\*\*Why\?\*\*/g)).toHaveLength(1);
    expect(whys).toContain('_Not known. Who will find out, and until when?_');
  });
});
