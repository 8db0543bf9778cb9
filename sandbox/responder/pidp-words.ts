/** What the people of `pidp-patroni` say and write that night, beside what the bot sees: for the timeline and the report. */
import type { PidpPlan } from '../scenarios/pidp/plan.ts';

/** One note as it is typed, and the words by which it is found again. */
export interface TypedNote {
  readonly typed: string;
  readonly words: string;
}

/** `21:04` in this zone; undefined when that minute lies on another day than `now`. */
function clock(at: Date, now: Date, zone: string): string | undefined {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  if (day.format(at) !== day.format(now)) return undefined;
  return new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeStyle: 'short' }).format(at);
}

/** What was done before anybody thought of the bot, with its times: exact, about, and from one to another. */
export function notesBefore(plan: PidpPlan, now: Date, zone: string): TypedNote[] {
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  const at = (minutes: number, about = false) => {
    const typed = clock(ago(minutes), now, zone);
    return typed === undefined ? `${minutes} minutes ago` : `${typed}${about ? 'ish' : ''}`;
  };
  const [from, to] = [clock(ago(15), now, zone), clock(ago(9), now, zone)];
  const range = from === undefined || to === undefined ? '15 minutes ago' : `${from} to ${to}`;
  const said = (when: string, kind: string, words: string): TypedNote => ({
    typed: `${when} ${kind}${words}`,
    words,
  });
  return [
    said(range, '', `looked at ${plan.unused.name}: its volumes are fine, queries come back in good time`),
    said(at(9), 'ruled out: ', `the volumes: none of them is full`),
    said(at(8, true), 'asked for help: ', 'platform team: did the upgrade of the nodes change the network?'),
    said(
      at(4),
      'got help: ',
      `some pods are on new nodes, and ${plan.api} connects to ${plan.used.service}, not to ${plan.unused.name}`,
    ),
  ];
}

/** The decision that two people took before the members were touched. */
export const riskDecision: TypedNote = {
  typed:
    'decision: all members get the newer image, although one of them may have older data; the dump is the last resort. Risk: rows of this morning could be lost.',
  words: 'the dump is the last resort',
};

/** What follows from the night, as it is typed behind `/incident follow-up`. */
export const followUps = (plan: PidpPlan, owner: string): readonly string[] =>
  [
    `Find out why the image of ${plan.used.name} stopped to import yaml: rebuild it from its tag and compare the layers`,
    `Delete ${plan.unused.name}, or move ${plan.api} to it: one database, not two that look alike`,
    'Update the database image every quarter: a calendar entry and a pull request each time',
    'Give every member of the team access to production for incidents, taken back by itself',
    'Add the page with the architecture to the repository: one drawing, linked from the catalogue',
    'Write down where the backups are, and restore one of them once a quarter',
  ].map((text) => `${text} ${owner} due in 2 weeks`);

/** The sections that people write, as src/report/sections.ts names them. */
export const sections = (plan: PidpPlan): readonly { name: string; title: string; text: string }[] => [
  {
    name: 'impact',
    title: 'Impact',
    text: `Nobody could use ${plan.api}, the whole time, and ${plan.reports} showed no data. No data was lost.`,
  },
  {
    name: 'lessons',
    title: 'Lessons',
    text: [
      `- The image of ${plan.used.name} stopped to import yaml, and nobody knows why; the upgrade of the nodes only restarted its pods.`,
      `- Time went into ${plan.unused.name}, to which ${plan.api} was not connected.`,
      '- The image was four versions old.',
      '- Not everybody who could help had access.',
      '- Nobody found a drawing of the architecture, nor the backups.',
    ].join('\n'),
  },
];

/** Why it happened, from the incident down; the last one nobody knows. */
export const whys = (plan: PidpPlan): readonly string[] => [
  `No member of ${plan.used.name} could start.`,
  'The image could not import yaml any more.',
  'The image in the tools namespace is not the one that was tested: what changed in it is not known.',
];
