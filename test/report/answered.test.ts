/** What the report takes for recovery, for answered, for a length of time and for a person who did something. */
import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/incidents/events.ts';
import { type ReportOptions, report } from '../../src/report/report.ts';
import { read } from '../support/markdown.ts';
import { check, plan, begin as run } from '../support/night/steps.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, note, runbook, type Story, story } from '../support/story.ts';

const options: ReportOptions = { profile: 'default', people: 'names', version: '0.0.0' };
const write = (events: readonly Event[], more: Partial<ReportOptions> = {}): string =>
  report(events, { ...options, ...more }).markdown;
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
const begin = (more = {}): Story => {
  const s = story('2024-01-10', 'America/Vancouver').at('09:40');
  return s.add(marek, 'incident_declared', declaration({ since: s.instant('09:34'), ...more }));
};

interface Try {
  readonly step: string;
  readonly number?: number;
  readonly outcome?: 'made' | 'failed' | 'unknown';
  readonly held?: boolean;
  readonly undoes?: number;
  readonly unknowns?: readonly string[];
}

/** One try of a change, from its opening to its verification. */
function change(s: Story, { step, number = 1, outcome = 'made', held, undoes, unknowns = [] }: Try): void {
  const at = { run: 1, step, try: number };
  const made = plan(
    `op-${step}-${number}`,
    { kind: 'deployment', name: step },
    { field: 'replicas', before: '1', after: '2' },
  );
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'act',
    title: `Change ${step}`,
    uses: 'k8s.scale',
    namespace: 'n',
    byHand: [],
    ...(undoes === undefined ? {} : { undoes }),
  });
  s.add(bot, 'plan_made', { ...at, ...made, plan: { ...made.plan, unknowns: [...unknowns] } });
  s.add(marek, 'act_started', {
    ...at,
    operation: `op-${step}-${number}`,
    executeBy: s.now() + 1,
    attempt: step,
  });
  s.add(bot, 'act_done', { ...at, outcome, says: 'Said.', seconds: 1 });
  if (held !== undefined)
    s.add(bot, 'verified', { ...at, held, says: held ? 'Verified.' : 'Not so.', seconds: 1 });
}

/** A step that somebody did by hand in run 5. */
function byHand(s: Story): void {
  const at = { run: 5, step: 'repair', try: 1 };
  s.add(marek, 'step_opened', {
    ...at,
    kind: 'manual',
    title: 'Give db-0 an image',
    namespace: 'n',
    byHand: [],
  });
  s.add(marek, 'by_hand_claimed', at);
  s.add(bot, 'verified', { ...at, held: true, says: 'Verified.', seconds: 1 });
}

/** The form of run 5 that says who has the access. */
function whoDoesIt(s: Story, who: string): void {
  const at = { run: 5, step: 'image', try: 1 };
  s.add(marek, 'step_opened', { ...at, kind: 'ask', title: 'Which image?', namespace: 'n', byHand: [] });
  s.add(marek, 'choice_made', {
    ...at,
    choice: 'answered',
    label: 'answered',
    options: [],
    form: { image: 'a:1', who },
  });
}

describe('Recovery', () => {
  it('of the night is the repair alone: no dump, no utility pod, nothing that was taken back', () => {
    const recovery = section(write(pidpNight()), 'Recovery');
    expect(recovery.split('\n').filter((line) => line.startsWith('- '))).toEqual([
      expect.stringContaining('14:23 “Move prod-patroni to the new image” (by hand, verified).'),
    ]);
  });

  it('holds what was made and stayed: not what failed, what did not work, or what came after the end', () => {
    const s = begin();
    change(s, { step: 'wrong', held: false });
    change(s, { step: 'failed', outcome: 'failed' });
    change(s, { step: 'right', held: true });
    change(s, { step: 'unlooked' });
    change(s, { step: 'back', held: true });
    change(s, { step: 'back', number: 2, undoes: 1, held: true });
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:40') });
    change(s, { step: 'later', held: true });
    const recovery = section(write(s.events), 'Recovery');
    expect([...recovery.matchAll(/“Change (\w+)”/g)].map(([, step]) => step)).toEqual(['right', 'unlooked']);
    // Nothing is lost: all of them are changes.
    expect(section(write(s.events), 'Changes made').match(/Change \w+/g)).toHaveLength(7);
  });

  it('asks what brought the service back when nothing lasting was done', () => {
    const s = begin();
    change(s, { step: 'wrong', held: false });
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:40') });
    const markdown = write(s.events);
    expect(section(markdown, 'Recovery')).toContain('No change that lasted is recorded');
    expect(section(markdown, 'Recovery')).toContain('_What brought the service back?_');
    expect(read(markdown).problems).toEqual([]);
  });
});

describe('an open question', () => {
  const uses = 'patroni.cluster';
  const args = { statefulset: 'db' };
  const questions = (s: Story): string => section(write(s.events), 'Open questions');
  const unknown = { verdict: 'unknown', says: 'No member answers.' } as const;

  it('of a check is answered by the same check later, whatever its title was', () => {
    const s = begin();
    check(s, marek, [1, 'leader', 1], 'Is there a leader?', uses, args, unknown);
    expect(questions(s)).toContain('“Is there a leader?” stayed without an answer: No member answers.');
    check(
      s,
      marek,
      [2, 'before', 1],
      'How does it stand?',
      uses,
      { statefulset: 'other' },
      { verdict: 'ok', says: 'One.' },
    );
    expect(questions(s)).toContain('stayed without an answer');
    check(s, marek, [3, 'before', 1], 'How does it stand?', uses, args, {
      verdict: 'ok',
      says: 'One leader.',
    });
    expect(questions(s)).not.toContain('stayed without an answer');
    // What is asked again and not known again is open again, once.
    check(s, marek, [4, 'leader', 1], 'Is there a leader?', uses, args, unknown);
    expect(questions(s).match(/stayed without an answer/g)).toHaveLength(1);
  });

  it('of a check is answered when it was asked again at the end, and what was bad then by a later look', () => {
    const s = begin();
    check(s, marek, [1, 'leader', 1], 'Is there a leader?', uses, args, unknown);
    const one = {
      run: 1,
      step: 'leader',
      try: 1,
      attempt: '1.1.leader',
      title: 'Is there a leader?',
    } as const;
    s.at('10:40').add(marek, 'resolved', { at: s.instant('10:40'), repeats: [{ ...one, was: 'bad' }] });
    const repeated = { ...one, was: 'bad', resolve: s.events.length, seconds: 1, left: 0 } as const;
    s.at('10:41').add(bot, 'check_repeated', { ...repeated, verdict: 'bad', says: 'None leads.' });
    expect(questions(s)).not.toContain('stayed without an answer');
    expect(questions(s)).toContain('bad when the service was said to be back: None leads.');
    s.at('10:50');
    check(s, marek, [2, 'again', 1], 'And now?', uses, args, { verdict: 'ok', says: 'db-0 leads.' });
    expect(questions(s)).not.toContain('said to be back');
  });

  it('of a change is answered by the next try of its step, by an undo, or by a person who says so', () => {
    const s = begin();
    change(s, { step: 'a', outcome: 'unknown' });
    change(s, { step: 'b', outcome: 'unknown' });
    change(s, { step: 'c' });
    expect(questions(s)).toContain('Was the change “Change a” made? Nobody knows.');
    change(s, { step: 'a', number: 2, held: true });
    change(s, { step: 'b', number: 2, undoes: 1, held: true });
    s.add(marek, 'step_closed', {
      run: 1,
      step: 'c',
      try: 1,
      state: 'accepted',
      reason: 'Seen in the console',
    });
    const open = questions(s);
    expect(open).not.toContain('Change a');
    expect(open).not.toContain('Change b');
    expect(open).toContain(
      'Did the change “Change c” work? It was made and not verified. Marek Dvořák went on all the same: Seen in the console.',
    );
  });

  it('of a plan is answered by a later plan for the same object that knows it', () => {
    const s = begin();
    const unknowns = ['whether an autoscaler manages it'];
    change(s, { step: 'a', held: true, unknowns });
    change(s, { step: 'b', held: true, unknowns: ['who else uses it'] });
    expect(questions(s)).toContain('Not known when a change was planned: whether an autoscaler manages it.');
    change(s, { step: 'a', number: 2, held: true });
    expect(questions(s)).not.toContain('autoscaler');
    expect(questions(s)).toContain('who else uses it');
  });
});

describe('lengths of time', () => {
  it('are those of the shown times: one span has one length', () => {
    const s = story('2024-01-10', 'America/Vancouver').at('06:31:10');
    const since = s.instant('06:11:05');
    s.add(marek, 'incident_declared', declaration({ since }));
    s.at('06:31:50').add(marek, 'resolved', { at: s.now() });
    const markdown = write(s.events);
    expect(markdown).toContain('| Duration | 20 min |');
    expect(markdown).toContain('| First sign to declared | 06:11 | 06:31 | 20 min |');
    expect(markdown).toContain('| First sign to service restored | 06:11 | 06:31 | 20 min |');
    expect(markdown).not.toContain('21 min');
  });

  it('are seconds below one minute, also over a full minute of the clock', () => {
    const s = story('2024-01-10', 'America/Vancouver').at('06:12:10');
    s.add(marek, 'incident_declared', declaration({ since: s.instant('06:11:40') }));
    expect(write(s.events)).toContain('| First sign to declared | 06:11 | 06:12 | 30 s |');
  });
});

describe('the summary', () => {
  it('says whose words it begins with, and who told of the first sign', () => {
    const summary = section(write(pidpNight()), 'Summary').trim();
    expect(summary).toMatch(/^Marek Dvořák wrote at 14:41: prod-patroni runs on the new image\./);
    expect(summary).toContain(
      'Inés Okafor declared INC-1 (SEV2) at 09:40 and gave 09:34 as the time of the first sign.',
    );
  });
});

describe('who did something by hand', () => {
  const people = (markdown: string): string =>
    read(markdown)
      .tables[0]?.find(([fact]) => fact?.trim() === 'People')?.[1]
      ?.trim() ?? '';

  it('is in People as the run names them, once the step was done', () => {
    const s = begin();
    run(s, marek, 5, runbook('repair', 'Repair'), [0, 0, 1]);
    whoDoesIt(s, 'Dana Whitfield');
    expect(people(write(s.events))).toBe('Marek Dvořák');
    byHand(s);
    expect(people(write(s.events))).toBe('Marek Dvořák, Dana Whitfield (by hand)');
    expect(section(write(s.events), 'Response')).toContain('1 person took part; by hand: Dana Whitfield.');
    for (const style of ['roles', 'initials'] as const)
      expect(write(s.events, { people: style })).not.toMatch(/Dana|Whitfield/);
  });

  it('is not twice there when the name is one that acted', () => {
    const s = begin();
    s.add(lena, 'note_added', note('on it', s.now()));
    run(s, marek, 5, runbook('repair', 'Repair'), [0, 0, 1]);
    whoDoesIt(s, ' lena  strand');
    byHand(s);
    expect(people(write(s.events))).toBe('Marek Dvořák, Lena Strand (by hand)');
  });
});
