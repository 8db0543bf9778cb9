// What the first of the two real reports holds, row by row, in the report of its night in the sandbox. Each row is of the
// bot, with what it saw or did, or of a person; none of the bot's rows rests on a note that somebody typed.
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PidpPlan } from '../../../sandbox/scenarios/pidp/plan.ts';
import type { Event } from '../../../src/incidents/events.ts';
import { type Entry, timeline } from '../../../src/incidents/timeline.ts';
import { report } from '../../../src/report/report.ts';
import { read } from '../../support/markdown.ts';
import { changesOf, outlineOf } from '../../support/report-outline.ts';
import { inProject } from '../../support/terminal-world.ts';
import { type Played, played, ZONE } from './played.ts';
import { section } from './report-facts.ts';

interface Row {
  /** What the real report says, in other words. */
  readonly seed: string;
  readonly by: 'bot' | 'person';
  /** A line of the timeline, of this kind. */
  readonly kind: readonly Entry['kind'][];
  readonly text: (plan: PidpPlan) => RegExp;
  /** Of an act: who agreed beside who asked. */
  readonly agreed?: true;
  /** How its time is written in the form of that report. */
  readonly time?: RegExp;
}

const CLOCK = /^\d{1,2}:\d\d - /;
const RANGE = /^\d{1,2}:\d\d to \d{1,2}:\d\d - /;
const ISH = /^\d{1,2}:\d\dish - /;

const rows: readonly Row[] = [
  {
    seed: 'somebody notices that the reports show no data',
    by: 'person',
    kind: ['milestone'],
    text: () => /First noticed: .*shows no data/,
    time: CLOCK,
  },
  {
    seed: 'somebody is alerted and begins to look',
    by: 'person',
    kind: ['milestone'],
    text: () => /Incident declared as SEV1/,
  },
  {
    seed: 'the other database behaves normally, queries come back, volumes are fine',
    by: 'person',
    kind: ['note'],
    text: ({ unused }) => new RegExp(`looked at ${unused.name}: .*queries come back in good time`),
    time: RANGE,
  },
  { seed: 'the volumes are well', by: 'person', kind: ['ruled-out'], text: () => /the volumes/ },
  {
    seed: 'the pods of the API are not ready, its health check fails',
    by: 'bot',
    kind: ['milestone', 'check'],
    text: () => /^Checked “Is web-api ready\?”: bad\. 0 of 3 ready/,
  },
  {
    seed: 'the upgrade of the nodes is suspected, the platform team is asked',
    by: 'person',
    kind: ['help-asked'],
    text: () => /did the upgrade of the nodes/,
    time: ISH,
  },
  {
    seed: 'pods are on new nodes',
    by: 'bot',
    kind: ['check'],
    text: ({ used }) => new RegExp(`pod ${used.name}-\\d moved from \\S+ to \\S+`),
  },
  {
    seed: 'the platform team says which database the API is connected to',
    by: 'person',
    kind: ['help-answered'],
    text: ({ used, unused }) => new RegExp(`connects to ${used.service}, not to ${unused.name}`),
  },
  {
    seed: 'the API connects to the one and not to the other',
    by: 'bot',
    kind: ['milestone'],
    text: ({ used, unused }) =>
      new RegExp(`uses ${used.service} \\(env \\S+ from .*Used by nothing: .*${unused.service}`),
  },
  {
    seed: 'that is confirmed, and they switch to it',
    by: 'person',
    kind: ['milestone'],
    text: ({ used }) => new RegExp(`Target confirmed by .*statefulset ${used.name}`),
  },
  {
    seed: 'the database is not healthy',
    by: 'bot',
    kind: ['milestone'],
    text: () => /one leader, and do the members follow it\?”: unknown\. No member answers/,
  },
  {
    seed: 'Python cannot import yaml',
    by: 'bot',
    kind: ['milestone'],
    text: () => /exit code 1\): ModuleNotFoundError: No module named 'yaml'/,
  },
  {
    seed: 'another version has an image stream and no image behind it',
    by: 'bot',
    kind: ['milestone'],
    text: ({ images }) => new RegExp(`Tags without an image: .*${images.empty.split(':').at(-1)}`),
  },
  {
    seed: 'somebody is let into the namespace',
    by: 'bot',
    kind: ['milestone'],
    text: () => /^Changed “Give \S+ view for 8 h”: .*verified .*may get pods/,
    agreed: true,
  },
  {
    seed: 'timeouts are raised to 30 seconds',
    by: 'bot',
    kind: ['milestone'],
    text: ({ reports }) =>
      new RegExp(`^Changed “Set the readiness timeout of ${reports} to 30 s”: .*1 s → 30 s.*verified`),
  },
  {
    seed: 'the members may pull from the other registry',
    by: 'bot',
    kind: ['loose-end'],
    text: () => /Nobody recorded this: ServiceAccount \S+ gained pull secret/,
  },
  {
    seed: 'a utility pod is started',
    by: 'bot',
    kind: ['milestone', 'act'],
    text: ({ utility }) =>
      new RegExp(`^Changed “Scale ${utility} from 0 to 1”: .*verified .*desired: 1 · ready: 1`),
  },
  {
    seed: 'the members get the newer image',
    by: 'person',
    kind: ['milestone', 'act'],
    text: ({ images }) => new RegExp(`^By hand “Give \\S+ the image ${images.working}”: .*verified`),
  },
  {
    seed: 'which member leads, and that the others follow it',
    by: 'bot',
    kind: ['milestone', 'act'],
    text: ({ used }) =>
      new RegExp(`members: 3 · leaders: 1 · leader: ${used.members[used.leader]?.name} · timelines: 1`),
  },
  {
    seed: 'backups cannot be found',
    by: 'bot',
    kind: ['milestone', 'check'],
    text: () => /“Is there a backup already\?”: unknown\. No backup found\. Looked at:/,
  },
  {
    seed: 'the database is dumped, the dump is read back, and where it lies',
    by: 'bot',
    kind: ['milestone', 'act'],
    text: ({ database }) =>
      new RegExp(
        `^Changed “Dump ${database} from \\S+”: .*\\.dump.*verified .*readable: yes .*sha256: [0-9a-f]{64} · tables: 3`,
      ),
    agreed: true,
  },
  {
    seed: 'the risk that newer data may be lost, and the decision to go on',
    by: 'person',
    kind: ['decision'],
    text: () => /may have older data; the dump is the last resort/,
  },
  { seed: 'back online', by: 'person', kind: ['milestone'], text: () => /^Service restored\./ },
  {
    seed: 'the dump is removed',
    by: 'bot',
    kind: ['loose-end'],
    text: () => /^Gone: Database dump of .*Taken back and checked/,
  },
  {
    seed: 'the utility pod is turned down to 0',
    by: 'bot',
    kind: ['loose-end'],
    text: ({ utility }) => new RegExp(`^Gone: ${utility} runs 1 instead of 0`),
  },
];

/** Events that are somebody's own words. */
const WORDS: ReadonlySet<Event['type']> = new Set(['note_added', 'section_written', 'follow_up_added']);

describe('the night of the first report', { timeout: 240_000 }, () => {
  let night: Played;
  let entries: readonly Entry[];
  let bcgov: string;
  beforeAll(async () => {
    night = await played({ seed: 1, whole: true });
    entries = timeline(night.events).filter(({ show }) => show !== 'hide');
    bcgov = report(night.events, { profile: 'bcgov', people: 'names', zone: ZONE }).markdown;
  }, 240_000);

  it.each(rows.map((row) => [row.by, row.seed, row] as const))('%s: %s', (by, _seed, row) => {
    const pattern = row.text(night.plan);
    const found = entries.find((entry) => row.kind.includes(entry.kind) && pattern.test(entry.text));
    expect(found, `no line of the timeline says ${pattern.source}`).toBeDefined();
    const event = night.events.find(({ version }) => version === found?.version);
    if (by === 'bot') {
      expect(WORDS.has(event?.type ?? 'note_added'), `${event?.type} is somebody's own words`).toBe(false);
      // What it stands on: kept answers, or the values that were read when it was made and verified.
      const stands =
        (found?.evidence.length ?? 0) > 0 ||
        /verified \(|Nobody recorded this|Taken back and checked/.test(found?.text ?? '');
      expect(stands, 'with evidence').toBe(true);
    }
    if (row.agreed) expect(found?.text).toMatch(/confirmed by Ana Ferreira; approved by Ben Osei/);
    // And in the form of that report, where it has its own ways to write times.
    const line = bcgov.split('\n').find((one) => pattern.test(plain(one)) || starts(one, pattern));
    expect(line, `the form of the report has no line for ${pattern.source}`).toBeDefined();
    if (row.time) expect(line).toMatch(row.time);
  });

  it('begins as that report does: project, date with its zone, environment', () => {
    expect(bcgov).toMatch(/^# Post Incident Report\n/);
    expect(bcgov).toContain('**Project:** Example Project');
    expect(bcgov).toMatch(/\*\*Date of incident:\*\* [A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d[AP]M P[SD]T/);
    expect(bcgov).toContain(`**Environment Affected:** ${night.plan.namespace} (stand-in cluster)`);
  });

  it('says of every change who made it and when', () => {
    const acts = entries.filter(({ text }) => /^(Changed|Undid|By hand) “/.test(text));
    expect(acts.length).toBe(9);
    for (const { text, by } of acts) {
      expect(by.name).toMatch(/^(Ana Ferreira|Ben Osei)$/);
      expect(text).toMatch(/confirmed by (Ana Ferreira|Ben Osei)|says Ana Ferreira/);
    }
  });

  it('person: its six takeaways are follow-ups with an owner and a day, and its lessons stand in their own words', () => {
    for (const form of [bcgov, night.report]) {
      const tasks = form.split('\n').filter((line) => line.startsWith('- [ ] '));
      const owned = tasks.filter((line) => /\(Ben Osei, due \d{4}-\d\d-\d\d\)/.test(line));
      expect(
        owned.map((line) => /yaml|crunchy-db|quarter|access|architecture|backups/.exec(line)?.[0]),
      ).toEqual(['yaml', 'crunchy-db', 'quarter', 'access', 'architecture', 'backups']);
      expect(form).toContain('Time went into crunchy-db, to which web-api was not connected.');
    }
    expect(section(night.report, 'Five whys')).toMatch(/The image in the tools namespace .*not known/);
  });

  it('is the example among the documents, in its outline', () => {
    const file = inProject('docs/examples/sandbox-pir.md');
    if (process.env.HANDRAIL_WRITE_EXAMPLES === '1') writeFileSync(file, night.report);
    const example = readFileSync(file, 'utf8');
    expect(outlineOf(night.report)).toEqual(outlineOf(example));
    expect(changesOf(night.report)).toEqual(changesOf(example));
    expect(read(night.report).problems).toEqual([]);
  });

  it('bot: what the night left behind is a table, each thing with its end', () => {
    const left = section(night.report, 'Left behind');
    for (const what of [/utility runs 1/, /view in/, /readiness timeout/, /Database dump/, /pull secret/])
      expect(left).toMatch(what);
    expect(left.match(/\| gone: /g)).toHaveLength(4);
  });
});

/** Without Markdown's marks. */
const plain = (line: string): string => line.replace(/\*\*|\\/g, '');
/** A pattern that begins with what the timeline's line begins with, where the form puts the time and the person first. */
const starts = (line: string, pattern: RegExp): boolean =>
  new RegExp(pattern.source.replace(/^\^/, '')).test(plain(line));
