/** Kept files stand with the line of their message, with their hash, on the timeline and in the report. */
import { expect, it } from 'vitest';
import { lineWords } from '../../src/incidents/timeline/in-words.ts';
import { sizeWords } from '../../src/incidents/timeline/kept-files.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { type ReportOptions, report } from '../../src/report/report.ts';
import { read } from '../support/markdown.ts';
import { marek } from '../support/pidp-night.ts';
import { bot, declaration, note, type Story, story } from '../support/story.ts';

const sha256 = '1f2e3d4c5b6a7988'.repeat(4);

function shared(): Story {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34') }));
  s.at('09:50').add(marek, 'note_added', note('the disk is full', s.now(), { entry: 'n1' }));
  s.add(bot, 'file_kept', {
    entry: 'n1',
    file: 'F1',
    name: 'disk|_*.png',
    mimetype: 'image/png',
    bytes: 12_345,
    sha256,
  });
  return s.add(bot, 'file_not_kept', { entry: 'n1', file: 'F2', name: 'all.dump', says: 'It has 20.0 MB.' });
}
const profiles = ['default', 'bcgov'] as const;
const write = (s: Story, profile: ReportOptions['profile']): string =>
  report(s.events, { profile, people: 'names', version: '0.0.0' }).markdown;

it('beside the words of the line, which stay as they were written', () => {
  const line = timeline(shared().events).find(({ id }) => id === 'n1');
  if (!line) throw new Error('no line');
  expect(line.text).toBe('the disk is full');
  expect(lineWords(line, 'UTC').marks.map(({ words }) => words)).toEqual([
    'kept: disk|_*.png, 12 kB, sha256 1f2e3d4c5b6a',
    'not kept: all.dump: It has 20.0 MB',
  ]);
  // Neither has a line of its own.
  expect(timeline(shared().events).filter(({ text }) => /disk\|_|all\.dump/.test(text))).toEqual([]);
});

it.each(profiles)('in the report (%s), whose Markdown a name does not break', (profile) => {
  const markdown = write(shared(), profile);
  expect(markdown).toMatch(/the disk is full \(kept: disk.*png, 12 kB, sha256 1f2e3d4c5b6a\)/);
  expect(markdown).toContain('(not kept: all.dump: It has 20.0 MB)');
  expect(read(markdown).problems).toEqual([]);
});

it.each(profiles)('not once the message was deleted or its entry erased (%s)', (profile) => {
  const deleted = shared();
  deleted.add(bot, 'entry_corrected', { entry: 'n1', why: 'deleted in Slack' });
  const erased = shared();
  const [, own] = erased.events;
  const body = JSON.stringify({ ...own?.body, text: '' });
  erased.add(marek, 'entry_erased', {
    erase: 'E1',
    entry: 'n1',
    left: [{ version: own?.version ?? 0, body }],
    reason: 'a patient is named',
    askedBy: bot,
  });
  for (const s of [deleted, erased]) {
    expect(write(s, profile)).not.toMatch(/disk|all\.dump|1f2e3d4c5b6a/);
    const line = timeline(s.events).find(({ id }) => id === 'n1');
    expect(line && lineWords(line, 'UTC').marks.some(({ words }) => /kept/.test(words))).toBe(false);
  }
});

it('says sizes in powers of ten', () => {
  expect([0, 1, 999, 1000, 12_345, 999_499, 1_000_000, 9_999_999].map(sizeWords)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1 kB',
    '12 kB',
    '999 kB',
    '1.0 MB',
    '10.0 MB',
  ]);
});
