/** What somebody changed in a posted report, told apart: sections of people come back, what Handrail made is refused. */
import type { RootContent } from 'mdast';
import { textBlocks } from '../blocks.ts';
import { markdown } from '../markdown.ts';
import { paragraph, question } from '../nodes.ts';
import { type OwnSection, ownSections } from '../sections.ts';
import { type Hunk, lineDiff } from './line-diff.ts';
import { notTyped, typedAgain } from './typed-again.ts';

export interface Edit {
  readonly section: string;
  readonly title: string;
  /** As a person would type it; empty takes the section away. */
  readonly text: string;
}

export interface Compared {
  readonly edits: readonly Edit[];
  /** 1-based lines of the file. */
  readonly refused: readonly { readonly line: number; readonly says: string }[];
  /** Changed in the file, and since the file was posted in the record as well. */
  readonly conflicts: readonly (Edit & { readonly now: string })[];
}

/** Characters of the changed lines of one section, of which a section has 12,000 at most; each may be escaped. */
const MOST_CHANGED = 30_000;

interface Region {
  readonly own: OwnSection;
  /** 0-based lines of the copy; `to` is not among them. */
  readonly from: number;
  readonly to: number;
}

const MADE =
  'Handrail makes this line from the record. Correct it there: the timeline, the follow-ups, the whys.';

/**
 * `copy` and `file` without their last line; `then` and `now` are the texts of the sections when the copy was posted
 * and as they are. Pure.
 */
export function compareReports(
  copy: string,
  file: string,
  then: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): Compared {
  const before = linesOf(copy);
  const after = linesOf(file);
  const hunks = lineDiff(before, after);
  if (!hunks)
    return {
      edits: [],
      conflicts: [],
      refused: [{ line: 1, says: 'This file has too little of the posted one.' }],
    };
  const regions = regionsOf(before, then);
  const refused: { line: number; says: string }[] = [];
  const changed = new Map<Region, Hunk[]>();
  for (const hunk of hunks) {
    // A blank line more or less says nothing.
    const nothing = [...before.slice(hunk.from, hunk.to), ...hunk.lines].every((line) => line.trim() === '');
    if (nothing) continue;
    const region = regionOf(hunk, regions, before);
    if (!region) refused.push({ line: Math.min(hunk.at + 1, after.length), says: MADE });
    else {
      const all = [...(changed.get(region) ?? []), hunk];
      const length = all.reduce((sum, { lines }) => sum + lines.join('\n').length, 0);
      if (length > MOST_CHANGED) {
        refused.push({ line: hunk.at + 1, says: 'This is longer than a section can be. Make it shorter.' });
        continue;
      }
      changed.set(region, all);
      for (const [index, line] of hunk.lines.entries()) {
        const what = notTyped(line);
        if (what)
          refused.push({
            line: hunk.at + index + 1,
            says: `A section holds paragraphs and lists, and this is ${what}.`,
          });
      }
    }
  }
  const edits: Edit[] = [];
  const conflicts: (Edit & { now: string })[] = [];
  for (const [region, own] of changed) {
    const { name: section, title } = region.own;
    const text = typedAgain(applied(before, region, own));
    const there = now.get(section) ?? '';
    if (text === there.trim()) continue;
    if (there !== (then.get(section) ?? '')) conflicts.push({ section, title, text, now: there });
    else edits.push({ section, title, text });
  }
  return { edits, refused, conflicts };
}

const linesOf = (text: string): string[] => text.replace(/\r\n?/g, '\n').trimEnd().split('\n');

/** Waivers are written into lines when the report is posted. */
const bare = (line: string): string => line.replace(/ <!-- waive .*?-->/g, '');

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Where each section's text, or the question in its place, stands in the copy; one that is not found is nobody's. */
function regionsOf(lines: readonly string[], then: ReadonlyMap<string, string>): Region[] {
  const plainLines = lines.map(bare);
  const taken = new Set<number>();
  const regions: Region[] = [];
  for (const own of ownSections) {
    const text = then.get(own.name) ?? '';
    const blocks: RootContent[] = text.trim() === '' ? [paragraph(question(own.prompt))] : textBlocks(text);
    const wanted = linesOf(markdown({ type: 'root', children: blocks }));
    const places = plainLines.flatMap((line, from) =>
      line === wanted[0] &&
      wanted.every((one, index) => plainLines[from + index] === one && !taken.has(from + index))
        ? [from]
        : [],
    );
    const from = places.find((place) => titleAbove(plainLines, place) === plain(own.title)) ?? places[0];
    if (from === undefined) continue;
    const to = from + wanted.length;
    for (let line = from; line < to; line++) taken.add(line);
    regions.push({ own, from, to });
  }
  return regions.sort((a, b) => a.from - b.from);
}

function titleAbove(lines: readonly string[], from: number): string | undefined {
  const title = lines.slice(0, from).findLast((line) => /^(?:#{1,6} |\*\*.*\*\*$)/.test(line));
  return title === undefined ? undefined : plain(title);
}

/** The one region whose lines, or the blank lines beside them, are all that the hunk touches. */
function regionOf(hunk: Hunk, regions: readonly Region[], lines: readonly string[]): Region | undefined {
  const blank = (at: number): boolean => (lines[at] ?? '').trim() === '';
  return regions.find(({ from, to }) => {
    let first = from;
    while (first > 0 && blank(first - 1)) first--;
    let last = to;
    while (last < lines.length && blank(last)) last++;
    if (hunk.from < first || hunk.to > last) return false;
    // Beside a section that another one follows only what begins in it is its own.
    return hunk.from < hunk.to ? hunk.from < to && hunk.to > from : hunk.from >= from;
  });
}

/** The region's lines in the file. */
function applied(lines: readonly string[], { from, to }: Region, hunks: readonly Hunk[]): string[] {
  const found: string[] = [];
  let at = Math.min(from, ...hunks.map((hunk) => hunk.from));
  for (const hunk of hunks) {
    found.push(...lines.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  if (at < to) found.push(...lines.slice(at, to));
  return found;
}
