/** Waits, the wrong system, what was known at a decision, what is asked afterwards and what was learnt: all from events. */
import { describe, expect, it } from 'vitest';
import type { Bodies, Event } from '../../src/incidents/events.ts';
import { model } from '../../src/report/model.ts';
import { report } from '../../src/report/report.ts';
import { lena, marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, note, runbook, type Story, story } from '../support/story.ts';

const write = (events: readonly Event[]): string =>
  report(events, { profile: 'default', people: 'names' }).markdown;
const section = (markdown: string, name: string): string =>
  markdown.split(`## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
const begin = (): Story => {
  const s = story('2024-01-10', 'UTC').at('10:00');
  s.add(marek, 'incident_declared', declaration({ since: s.now(), zone: 'UTC', noticed: 'It is slow.' }));
  return s.add(marek, 'run_started', {
    run: 1,
    runbook: runbook('r', 'r'),
    hash: 'h',
    params: {},
    counts: { checks: 1, changes: 0, byHand: 0 },
  });
};
const at = { run: 1, step: 'look', try: 1 };
const target = (name: string) => ({ namespace: 'n', kind: 'service', name, says: `It is ${name}.` });

const opened = (step: string, kind: Bodies['step_opened']['kind'], title: string): Bodies['step_opened'] => ({
  ...at,
  step,
  title,
  kind,
  namespace: 'n',
  byHand: [],
});

function says(s: Story, step: string, words: string, more: object = {}): void {
  s.add(marek, 'step_opened', opened(step, 'check', `Look at ${step}`));
  s.add(bot, 'check_done', {
    ...at,
    step,
    verdict: 'bad',
    says: words,
    seconds: 1,
    milestone: false,
    ...more,
  });
}

describe('waiting for others', () => {
  const lengths = (s: Story): string => section(write(s.events), 'How long it took');

  it('is from asking for help to the answer, and what was never answered is no length', () => {
    const s = begin();
    const ask = (time: string, kind: 'help-asked' | 'help-answered', entry: string): unknown =>
      s.at(time).add(marek, 'note_added', note(`${kind} ${entry}`, s.instant(time), { kind, entry }));
    ask('10:10', 'help-asked', 'a');
    expect(lengths(s)).not.toContain('Waiting');
    ask('10:30', 'help-asked', 'b');
    ask('10:40', 'help-answered', 'c');
    // Which of the two it answers is not recorded: the shortest wait that it can have been.
    expect(lengths(s)).toContain('| Waiting for help | 10:30 | 10:40 | 10 min |');
    ask('11:00', 'help-asked', 'd');
    ask('11:20', 'help-answered', 'e');
    expect(lengths(s)).toContain('| Waiting for help (2 times) | 10:30 | 11:20 | 30 min |');
  });

  it('is for a second person and for steps by hand; what overlaps counts once', () => {
    const s = begin();
    s.at('10:10').add(marek, 'step_opened', opened('hand', 'manual', 'By hand'));
    const act = { ...at, step: 'act' };
    s.add(marek, 'step_opened', opened('act', 'act', 'Act'));
    s.at('10:20').add(marek, 'approval_requested', { ...act, hash: 'h', expiresAt: 0, aloneAt: 0 });
    s.at('10:40').add(lena, 'approved', { ...act, hash: 'h', alone: false });
    s.at('10:50').add(marek, 'by_hand_claimed', { ...at, step: 'hand', says: 'Done.' });
    const text = lengths(s);
    expect(text).toContain('| Waiting for an approval | 10:20 | 10:40 | 20 min |');
    expect(text).toContain('| Waiting for steps by hand | 10:10 | 10:50 | 40 min |');
    expect(text).toContain('| Waiting for others, all together (2 times) | 10:10 | 10:50 | 40 min |');
  });
});

describe('time on another system', () => {
  const wrong = 'On another system, until the right one was confirmed';

  it('is from the first target that did not stay to the one that did', () => {
    const s = begin();
    s.at('10:10').add(marek, 'target_confirmed', { target: target('a') });
    expect(write(s.events)).not.toContain(wrong);
    s.at('10:50').add(marek, 'target_confirmed', { target: target('b') });
    expect(section(write(s.events), 'How long it took')).toContain(`| ${wrong} | 10:10 | 10:50 | 40 min |`);
  });

  it('counts a target that was proposed and not confirmed, and none that was confirmed later', () => {
    const s = begin();
    s.at('10:05').add(bot, 'target_proposed', { run: 1, step: 'look', target: target('a') });
    s.at('10:10').add(bot, 'target_proposed', { run: 1, step: 'look', target: target('b') });
    s.at('10:30').add(marek, 'target_confirmed', { target: target('b') });
    expect(section(write(s.events), 'How long it took')).toContain(`| ${wrong} | 10:05 | 10:30 | 25 min |`);
    s.at('10:40').add(marek, 'target_confirmed', { target: target('a'), also: true });
    expect(write(s.events)).not.toContain(wrong);
  });

  it('has no end when the wrong one was taken off and no other was found', () => {
    const s = begin();
    s.at('10:10').add(marek, 'target_confirmed', { target: target('a') });
    s.at('10:20').add(marek, 'target_dropped', { target: target('a') });
    expect(write(s.events)).not.toContain(wrong);
  });
});

describe('a decision', () => {
  const choose = (s: Story, form?: Record<string, unknown>, options = ['Go', 'Wait']): unknown => {
    const ask = { ...at, step: 'ask' };
    s.add(marek, 'step_opened', opened('ask', 'ask', 'Go on?'));
    const body = { ...ask, label: 'Go', reason: 'No time.', options };
    return s.add(marek, 'choice_made', form ? { ...body, form } : body);
  };

  it('says what the last check had said before it, the risk, the options and who', () => {
    const s = begin();
    s.at('10:05');
    says(s, 'one', 'First.');
    s.at('10:10');
    says(s, 'two', 'Second.');
    s.at('10:20');
    choose(s, { risk: 'low', data_at_risk: 'none', member: 'a-0' });
    s.at('10:30');
    says(s, 'three', 'Third.');
    expect(section(write(s.events), 'Decisions')).toBe(
      [
        '',
        '| When | Question | Known then | Choice | Not chosen | Why | Risk | Who |',
        '| - | - | - | - | - | - | - | - |',
        '| 10:20 | Go on? | 10:10 “Look at two”: Second. | Go (member: a-0) | Wait | No time. | low; data at risk: none | Marek Dvořák |',
        '',
      ].join('\n'),
    );
  });

  it('before any check had answered says so, and has no column for a risk that nobody named', () => {
    const s = begin();
    choose(s);
    s.add(marek, 'note_added', note('We go on with two members.', s.now(), { kind: 'decision' }));
    const text = section(write(s.events), 'Decisions');
    expect(text).not.toContain('Risk');
    expect(text.match(/no check had answered/g)).toHaveLength(2);
  });

  it('of a form alone says what was filled in, the risk in its place', () => {
    const s = begin();
    choose(s, { image: 'a:2', risk: 'unknown' }, []);
    expect(section(write(s.events), 'Decisions')).toContain('| image: a:2 | — | No time. | unknown |');
    expect(model(s.events, { people: 'names' }).decisions[0]?.form).toEqual([]);
  });
});

describe('questions for the retrospective', () => {
  it('hold the facts of the night: what was seen first, what was ruled out, who was asked', () => {
    const text = section(write(pidpNight()), 'Questions for the retrospective');
    const [tipped = '', considered = '', help = ''] = text.split(/^- /m).slice(1);
    expect(tipped).toMatch(/^_What tipped you off/);
    expect(tipped).toContain('  - 09:34 First sign: Metabase cannot retrieve data');
    expect(tipped).toContain('  - 10:20 The first check that was bad, “Which database does web-api use?”:');
    expect(considered).toContain('  - Looked at and ruled out: prod-crunchy is healthy');
    expect(considered).toContain('Not chosen: Ask the database owner first.');
    expect(help).toContain('  - 11:54 Marek Dvořák asked for help: Platform Services: which image');
  });

  it('are not asked where the record holds nothing to ask about', () => {
    const s = story('2024-01-10', 'UTC').at('10:00');
    s.add(marek, 'incident_declared', declaration({ since: s.now(), zone: 'UTC', noticed: '' }));
    expect(write(s.events)).not.toContain('## Questions for the retrospective');
  });

  it('leave out a check that was taken off the timeline', () => {
    const s = begin();
    says(s, 'one', 'It is broken.');
    expect(write(s.events)).toContain('The first check that was bad');
    s.add(marek, 'entry_corrected', { entry: `v${s.events.length}`, why: 'corrected', hidden: true });
    expect(write(s.events)).not.toContain('The first check that was bad');
  });
});

describe('what we learnt about the system', () => {
  it('is the target that stayed, and what stays true of the evidence', () => {
    const s = begin();
    s.at('10:10').add(marek, 'target_confirmed', { target: target('a') });
    s.at('10:20').add(marek, 'target_confirmed', { target: target('b') });
    s.at('10:30');
    const evidence = (fields: Record<string, unknown>) => ({ evidence: { fields, hash: 'h' } });
    says(
      s,
      'one',
      'x',
      evidence({ service: { name: 'db', ready: 0 }, shared_with: ['web', 'bi'], ready: 0 }),
    );
    says(s, 'two', 'x', evidence({ claims: [{ name: 'data-db-0', used_percent: 80 }], count: 1 }));
    says(s, 'three', 'x', evidence({ ready: 3 }));
    const text = section(write(s.events), 'What we learnt about the system');
    expect(text).toContain('- 10:20 It was service b in n: It is b.');
    expect(text).not.toContain('It was service a');
    expect(text).toContain('“Look at one” found: service db; shared with web, bi.');
    expect(text).toContain('“Look at two” found: claims data-db-0.');
    expect(text).not.toContain('Look at three');
  });

  it('says when the record holds nothing, and asks', () => {
    expect(section(write(begin().events), 'What we learnt about the system')).toBe(
      '\nThe record holds nothing about it.\n\n_What do we know about the system now that we did not know before?_\n',
    );
  });
});
