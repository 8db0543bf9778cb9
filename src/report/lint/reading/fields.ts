/** The facts at the head of a report: `Project: PIDP` on a line, as an item, or as a row of two cells. */
import type { Place } from '../problem.ts';
import type { Paper, Unit } from './paper.ts';

export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly value: string;
  /** Of the value's character at `index`. */
  place(index: number): Place;
  readonly prompt: boolean;
}

const line = /^([\p{L}][\p{L} /-]{1,40}?)\s?:\s{0,20}(?=\S)/u;

function fieldOf(unit: Unit): Field | undefined {
  if (unit.kind === 'row') {
    const [name, value] = unit.cells ?? [];
    if (!name || !value || unit.cells?.length !== 2) return undefined;
    return {
      name: name.text.trim().toLowerCase().replace(/:$/, ''),
      value: value.text,
      place: (index) => value.place(index),
      prompt: value.prompt,
    };
  }
  if (unit.kind !== 'prose' && unit.kind !== 'item') return undefined;
  const found = line.exec(unit.text);
  if (!found || found[1] === undefined) return undefined;
  const from = found[0].length;
  return {
    name: found[1].toLowerCase(),
    value: unit.text.slice(from),
    place: (index) => unit.place(from + index),
    prompt: false,
  };
}

/** Of the part before the first heading of a known section. */
export function fieldsOf(paper: Paper): Field[] {
  const fields: Field[] = [];
  for (const unit of paper.units) {
    const { section } = unit;
    if (section.kind !== undefined && section.kind !== 'summary' && section.kind !== 'people') break;
    const field = fieldOf(unit);
    if (field) fields.push(field);
  }
  return fields;
}
