/** What the second of the two real reports holds, heading by heading, asked of the form `pydis` for a night in the sandbox. */
import { expect } from 'vitest';
import type { Event } from '../../../src/incidents/events.ts';
import { timeline } from '../../../src/incidents/timeline.ts';
import { report } from '../../../src/report/report.ts';
import { read } from '../../support/markdown.ts';

interface Row {
  /** What the real report says, in other words. */
  readonly seed: string;
  readonly under: string;
  readonly by: 'bot' | 'person';
  readonly says: RegExp;
}

/** Its nine headings, in its order. */
const HEADINGS = [
  '⚠️ Leadup',
  '🥏 Impact',
  '👁️ Detection',
  '🙋🏿‍♂️ Response',
  '🙆🏽‍♀️ Recovery',
  "🔎 Five Why's",
  '🌱 Blameless root cause',
  '🤔 Lessons learned',
  '☑️ Follow-up tasks',
] as const;

const rows: readonly Row[] = [
  {
    seed: 'the bot stopped, we began to look',
    under: 'Leadup',
    by: 'person',
    says: /Commands of bot stopped/,
  },
  { seed: 'for how long', under: 'Impact', by: 'bot', says: /From \d{4}-\d\d-\d\d \d\d:\d\d to \d\d:\d\d/ },
  { seed: 'who could not do what', under: 'Impact', by: 'person', says: /its API were unavailable.*CDN/ },
  { seed: 'HTTP 524 from the CDN', under: 'Detection', by: 'person', says: /HTTP 524 from the CDN/ },
  {
    seed: 'the number of clients should be watched',
    under: 'Detection',
    by: 'person',
    says: /An alert before the limit/,
  },
  { seed: 'who responded', under: 'Response', by: 'bot', says: /2 people took part/ },
  { seed: 'one person knew the way out', under: 'Response', by: 'person', says: /one person knew/ },
  {
    seed: 'each command of the recovery',
    under: 'Recovery',
    by: 'bot',
    says: /“End 80 connections that nobody owns” \(made, verified\)\. By hand: `kubectl .*pg_terminate_backend/,
  },
  { seed: 'why: unavailable', under: "Five Why's", by: 'person', says: /postgres was unavailable/ },
  {
    seed: 'why: as many clients as it takes',
    under: "Five Why's",
    by: 'person',
    says: /as many clients as it takes/,
  },
  {
    seed: 'why: of earlier rollouts; beyond it nobody knows',
    under: "Five Why's",
    by: 'person',
    says: /Nobody knows yet/,
  },
  { seed: 'not certain, suspected', under: 'root cause', by: 'person', says: /Not certain\. We suspect/ },
  {
    seed: 'access, alerts, backups, a pooler',
    under: 'Lessons',
    by: 'person',
    says: /password manager[^]*alert[^]*no backups[^]*pooler/,
  },
  { seed: 'alerts at 32 and 90', under: 'Lessons', by: 'person', says: /32 connections of site and at 90/ },
  {
    seed: 'backups as a task',
    under: 'Follow-up',
    by: 'person',
    says: /- \[ \] Set up backups .*due \d{4}-\d\d-\d\d/,
  },
];

/** What the bot itself saw and did that night, with its numbers: lines of the timeline that nobody typed. */
const seen: readonly RegExp[] = [
  /^Checked “The last lines of site”: bad\. .*takes no more connections/,
  /9[89] of 100 connections used, 0 free for services/,
  /80 of 9[89] belong to nobody/,
  /^Changed “End 80 connections that nobody owns”: .*ended: 80.*verified/,
  /(18|19) of 100 connections used, (79|78) free for services/,
];

/** Throws, with what is missing. */
export function expectSecondReport(events: readonly Event[]): void {
  const { markdown, fileName } = report(events, { profile: 'pydis', people: 'names', zone: 'UTC' });
  expect(read(markdown).problems).toEqual([]);
  expect(fileName).toMatch(/^\d{4}-\d\d-\d\d-site-is-unavailable[a-z-]*\.md$/);
  expect(markdown).toMatch(
    /^# \d{4}-\d\d-\d\d: site is unavailable.*\n\nAt \*\*\d\d:\d\d UTC\*\*, we noticed/,
  );
  const headings = markdown.split('\n').flatMap((line) => (line.startsWith('## ') ? [line.slice(3)] : []));
  expect(headings.slice(0, HEADINGS.length)).toEqual(HEADINGS);
  const sections = new Map(
    markdown
      .split(/^## /m)
      .slice(1)
      .map((text) => [text.split('\n')[0] ?? '', text] as const),
  );
  for (const { seed, under, says } of rows) {
    const [, text = ''] = [...sections].find(([heading]) => heading.includes(under)) ?? [];
    expect(says.test(text), `${under}: ${seed}`).toBe(true);
    // The prompt of the form stands above what is written.
    expect(text.split('\n')[2], under).toMatch(/^_.*[.?]_$/);
  }
  const typed = new Set(events.flatMap((event) => (event.type === 'note_added' ? [event.body.entry] : [])));
  const entries = timeline(events);
  for (const words of seen) {
    const found = entries.find(({ text }) => words.test(text));
    expect(found, `no line of the timeline says ${words.source}`).toBeDefined();
    expect(typed.has(found?.id ?? ''), `${words.source} is not typed by a person`).toBe(false);
  }
}
