/** The gantt is read as Mermaid reads it: whatever a title says, it is a title, and the fence does not end early. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ganttCode, ganttTitle } from '../../src/report/gantt.ts';
import type { Bar, Gantt } from '../../src/report/model/gantt.ts';
import { model } from '../../src/report/model.ts';
import { report } from '../../src/report/report.ts';
import { timesIn } from '../../src/report/times.ts';
import { hostileNight } from '../support/hostile-night.ts';
import { read } from '../support/markdown.ts';
import { marek, pidpNight } from '../support/pidp-night.ts';
import { bot, declaration, runbook, story } from '../support/story.ts';

interface Chart {
  readonly settings: readonly string[];
  readonly sections: {
    readonly name: string;
    readonly tasks: { title: string; from: number; to: number }[];
  }[];
}

/** Words with which a line of a gantt begins a command (gantt.jison of mermaid 8 to 11, case-insensitive). */
const commands =
  /^(?:gantt|dateFormat|inclusiveEndDates|topAxis|axisFormat|tickInterval|includes|excludes|todayMarker|weekday|weekend|title|accTitle|accDescr|section|click|call|href|\d{4}-\d\d-\d\d)/i;

/** Reads a gantt by Mermaid's rules for lines; throws on what Mermaid would not read, or would read otherwise. */
function readGantt(text: string): Chart {
  // Before the grammar: directives, front matter and entities are looked for anywhere.
  if (/%%|[{}]|#\w+;|^---/m.test(text.replace('axisFormat %H:%M', '')))
    throw new Error('a directive or an entity');
  const [first, ...rest] = text.split('\n').map((line) => line.trim());
  if (first !== 'gantt') throw new Error('no gantt');
  const settings: string[] = [];
  const sections: Chart['sections'] = [];
  for (const line of rest) {
    if (/^(?:dateFormat|axisFormat)\s[^#\n;]+$/.test(line)) settings.push(line);
    else if (/^section\s[^\n:;#]+$/.test(line)) sections.push({ name: line.slice(8), tasks: [] });
    else {
      if (commands.test(line) || /^.?%/.test(line)) throw new Error(`a command: ${line}`);
      const [, title, data] = /^([^#:()\n;"]+):([^#\n;]+)$/.exec(line) ?? [];
      const [, from, to] =
        /^ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d), (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/.exec(data ?? '') ?? [];
      if (title === undefined || from === undefined || to === undefined) throw new Error(`no task: ${line}`);
      const at = (stamp: string): number => Date.parse(`${stamp.replace(' ', 'T')}Z`);
      if (at(to) <= at(from)) throw new Error(`no length: ${line}`);
      sections.at(-1)?.tasks.push({ title: title.trim(), from: at(from), to: at(to) });
    }
  }
  if (sections.length === 0) throw new Error('nothing in it');
  return { settings, sections };
}

const times = timesIn('America/Vancouver');
const start = Date.UTC(2024, 0, 10, 17, 34);
const chart = (steps: readonly Bar[]): Chart => {
  const gantt: Gantt = { phases: [], steps, waits: [], leftOut: 0 };
  return readGantt(ganttCode(gantt, start, times)?.value ?? '');
};

const nasty = [
  'section x',
  'end',
  'title: a; b # c',
  '%%{init: {"theme": "dark"}}%%',
  'click a href "javascript:alert(1)"',
  '2024-01-10',
  '```\n# out\n```',
  '~~~',
  'a : crit, 2024-01-10, 1d',
  '#35;quot;',
  '<img src=x onerror=alert(1)>',
  'line\nbreak\r\nsection y',
  '\u202Eabc\u0000',
  '',
  '---\ntitle: x\n---',
];
const title = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(fc.constantFrom(...nasty, ':', ';', '#', '%', '`', '\n', ' '), { maxLength: 6 })
    .map((parts) => parts.join('')),
);

describe('titles', () => {
  it('are one task each, whatever they say', () => {
    fc.assert(
      fc.property(fc.array(title, { minLength: 1, maxLength: 4 }), (titles) => {
        const { sections } = chart(
          titles.map((text, index) => ({ title: text, from: start + index, to: start + 60_000 })),
        );
        expect(sections).toHaveLength(1);
        expect(sections[0]?.tasks.map((task) => task.title)).toEqual(titles.map(ganttTitle));
      }),
      { numRuns: 500 },
    );
  });

  it('keep their words, in quotation marks and short enough for a bar', () => {
    expect(ganttTitle('Dump pidp from prod-patroni-2')).toBe('“Dump pidp from prod-patroni-2”');
    expect(ganttTitle('10:30; 5 % of #3')).toBe('“10：30； 5 ％ of ＃3”');
    expect(ganttTitle('x'.repeat(200))).toHaveLength(72);
  });
});

describe('the night', () => {
  const { gantt, moments } = model(pidpNight(), { people: 'names' });
  const { sections } = readGantt(ganttCode(gantt, moments.start, times)?.value ?? '');

  it('has its phases one after the other, from the first sign on', () => {
    const phases = sections.find(({ name }) => name === 'Phases')?.tasks ?? [];
    expect(phases.map((one) => one.title)).toEqual([
      '“Seen, not declared yet”',
      '“Finding the right system”',
      '“Finding the cause”',
      '“Repairing”',
      '“Until the service was back”',
      '“Tidying up”',
    ]);
    for (const [index, phase] of phases.entries())
      if (index > 0) expect(phase.from).toBe(phases[index - 1]?.to);
  });

  it('has changes, steps by hand and waits, each with its time', () => {
    const titles = (name: string): readonly string[] =>
      sections.find((one) => one.name === name)?.tasks.map((task) => task.title) ?? [];
    expect(titles('Steps')).toContain('“Dump pidp from prod-patroni-2”');
    expect(titles('Steps')).toContain('“Undo of Dump pidp from prod-patroni-2”');
    expect(titles('Steps')).toContain('“Move prod-patroni to the new image”');
    expect(titles('Waiting for')).toContain('“an approval： Dump pidp from prod-patroni-2”');
  });

  it('keeps the lengths where the clocks change in it', () => {
    const spring = timesIn('Europe/Prague');
    const from = Date.UTC(2024, 2, 31, 0, 30);
    const bars = [{ title: 'x', from, to: from + 3_600_000 }];
    const code = ganttCode({ phases: bars, steps: [], waits: [], leftOut: 0 }, from, spring)?.value ?? '';
    expect(code).toContain('2024-03-31 01:30:00, 2024-03-31 02:30:00');
  });

  it('is in the report as one block of code, and nothing of it is outside', () => {
    const { codeBlocks, problems } = read(
      report(pidpNight(), { profile: 'default', people: 'names' }).markdown,
    );
    expect(problems).toEqual([]);
    const drawn = codeBlocks.filter((block) => block.startsWith('```mermaid\n'));
    expect(drawn).toHaveLength(1);
    expect(() => readGantt(drawn[0]?.split('\n').slice(1, -1).join('\n') ?? '')).not.toThrow();
  });

  it('is still one when every text is hostile', () => {
    for (const text of nasty.filter((one) => one.trim() !== '')) {
      const { codeBlocks } = read(
        report(hostileNight(text), { profile: 'default', people: 'names' }).markdown,
      );
      expect(codeBlocks.filter((block) => block.startsWith('```mermaid\n'))).toHaveLength(1);
    }
  });
});

describe('size', () => {
  it('draws the longest bars only, says how many are left out, and stays below what Mermaid takes', () => {
    const s = story('2024-01-10', 'UTC').at('10:00');
    s.add(marek, 'incident_declared', declaration({ since: s.now(), zone: 'UTC' }));
    s.add(marek, 'run_started', {
      run: 1,
      runbook: runbook('r', 'r'),
      hash: 'h',
      params: {},
      counts: { checks: 300, changes: 0, byHand: 0 },
    });
    for (let index = 0; index < 300; index++) {
      const at = { run: 1, step: `s${index}`, try: 1 };
      s.add(marek, 'step_opened', {
        ...at,
        kind: 'check',
        title: `Look ${index}`,
        namespace: 'n',
        byHand: [],
      });
      s.add(bot, 'check_done', { ...at, verdict: 'ok', says: 'x', seconds: 60 + index, milestone: false });
    }
    const { gantt } = model(s.events, { people: 'names' });
    expect(gantt.steps).toHaveLength(40);
    expect(gantt.leftOut).toBe(260);
    const { markdown } = report(s.events, { profile: 'default', people: 'names' });
    expect(markdown).toContain('\n260 shorter bars are left out.\n');
    expect(markdown.split('```mermaid')[1]?.split('```')[0]?.length).toBeLessThan(20_000);
  });

  it('is not there when nothing lasted', () => {
    const s = story('2024-01-10', 'UTC').at('10:00');
    s.add(marek, 'incident_declared', declaration({ since: s.now(), zone: 'UTC' }));
    expect(report(s.events, { profile: 'default', people: 'names' }).markdown).not.toContain('mermaid');
  });
});
