/** The bars of an incident as a Mermaid gantt: titles cannot become commands of the chart. */
import type { Code } from 'mdast';
import type { Bar, Gantt } from './model/gantt.ts';
import type { Times } from './times.ts';
import { oneLine } from './typed.ts';

/** Characters of a title; longer ones run out of their bar. */
const LONGEST = 70;

/**
 * What Mermaid's reader of a gantt or of its directives takes for its own (mermaid 8 to 11, gantt.jison: `:` ends a
 * title, `#` and `;` end its data, `%` begins a comment, and until 9 `(` and `"` begin something else), and what its
 * drawing takes for HTML. They stand in full width instead.
 */
const ours = /[:;#%(){}<>`"\\$@~|&*_[\]]/g;

const fullWidth = (sign: string): string => String.fromCodePoint(sign.charCodeAt(0) + 0xfee0);

/** In quotation marks, so that no title is a word of the chart (`section`, `title`, `click`, `end`) or a date. */
export function ganttTitle(text: string): string {
  const signs = Array.from(oneLine(text).trim());
  const cut = signs.slice(0, LONGEST - 1).join('');
  const short = signs.length > LONGEST ? `${cut.trimEnd()}…` : signs.join('');
  return `“${short.replace(ours, fullWidth) || '—'}”`;
}

/** The clock of the place in the offset of `start`, also where the clocks change: bars keep their lengths. */
function stamp(at: number, offset: number): string {
  return new Date(at + offset * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

function lines(name: string, bars: readonly Bar[], offset: number): string[] {
  if (bars.length === 0) return [];
  const bar = ({ title, from, to }: Bar): string =>
    `    ${ganttTitle(title)} : ${stamp(from, offset)}, ${stamp(Math.max(to, from + 1000), offset)}`;
  return [`  section ${name}`, ...bars.map(bar)];
}

/** Undefined when nothing lasted. Read again by test/report/gantt.test.ts with the rules of Mermaid. */
export function ganttCode(gantt: Gantt, start: number, times: Times): Code | undefined {
  const offset = times.offsetMinutes(start);
  const body = [
    ...lines('Phases', gantt.phases, offset),
    ...lines('Steps', gantt.steps, offset),
    ...lines('Waiting for', gantt.waits, offset),
  ];
  if (body.length === 0) return undefined;
  const head = ['gantt', '  dateFormat YYYY-MM-DD HH:mm:ss', '  axisFormat %H:%M'];
  return { type: 'code', lang: 'mermaid', value: [...head, ...body].join('\n') };
}
