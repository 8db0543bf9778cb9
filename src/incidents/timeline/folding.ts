/** Folds repeated equal checks into one line; a change or half an hour between them starts a new line. */
import type { EventOf } from '../events.ts';
import type { Entry } from './entry.ts';
import { checkWords } from './words.ts';

/** A check's line before folding: `same` is equal for checks that ask the same thing and got the same answer. */
export interface CheckLine {
  readonly entry: Entry;
  readonly title: string;
  readonly check: EventOf<'check_done'>;
  /** What was asked. */
  readonly question: string;
  /** What was asked and what came back. */
  readonly same: string;
}

/** Two equal checks further apart than this are two lines, so that a hole between them stays visible. */
const apartMs = 30 * 60_000;

interface Open {
  readonly first: CheckLine;
  last: CheckLine;
  readonly versions: number[];
}

/**
 * `lines` in order of time; `breaks` are the times of changes, in order of time. `changed` are the lines that somebody
 * corrected or hid, each with the version of that: one in the middle is a line of its own, and where it is the first of
 * several it speaks for all that were there then, so that a later check is not hidden with them.
 */
export function foldChecks(
  lines: readonly CheckLine[],
  breaks: readonly number[],
  changed: ReadonlyMap<string, number>,
): readonly Entry[] {
  const open = new Map<string, Open>();
  const groups: Open[] = [];
  for (const line of lines) {
    const before = open.get(line.question);
    const gap = before ? line.entry.at - before.last.entry.at : 0;
    const broken = before ? breaks.some((at) => at > before.last.entry.at && at <= line.entry.at) : false;
    const spokenFor = line.entry.version > (changed.get(before?.first.entry.id ?? '') ?? line.entry.version);
    if (before && before.first.same === line.same && gap < apartMs && !broken && !spokenFor) {
      if (changed.has(line.entry.id)) {
        groups.push({ first: line, last: line, versions: [line.entry.version] });
        continue;
      }
      before.last = line;
      before.versions.push(line.entry.version);
      continue;
    }
    const group: Open = { first: line, last: line, versions: [line.entry.version] };
    open.set(line.question, group);
    groups.push(group);
  }
  return groups.map((group) => {
    const times = group.versions.length;
    if (times === 1) return group.first.entry;
    return {
      ...group.first.entry,
      until: group.last.entry.until ?? group.last.entry.at,
      text: checkWords(group.first.title, group.first.check, times),
      times,
      folds: group.versions,
    };
  });
}
