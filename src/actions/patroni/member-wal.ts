/** Understands what the script in a member's pod has printed about its WAL. */
import { complaint, Printed } from '../postgres/in-pod.ts';
import {
  endOfRecord,
  normalLsn,
  parseLsn,
  parseRecord,
  USUAL_SIZES,
  type WalSizes,
  walPosition,
} from './lsn.ts';
import { type Line, longest, type Place, parseHistory } from './timeline-history.ts';

export interface MemberWal {
  readonly system: string;
  /** The longest first. */
  readonly lines: readonly Line[];
  readonly writes: boolean;
  readonly runs: boolean;
  /** pg_control's word, such as `shut down in recovery`. */
  readonly state: string;
  readonly sizes: WalSizes;
  /** Of a standby: up to where it has applied what it has. */
  readonly applied?: bigint;
  /**
   * Of a primary: who receives from it. `silentSeconds`: from the last word of that follower, by the follower's clock,
   * to now by the primary's: below 0 where they differ.
   */
  readonly followers?: readonly {
    readonly name: string;
    readonly state: string;
    readonly silentSeconds?: number;
  }[];
}

/** The states of pg_control in which a server is, or was, a primary (src/bin/pg_controldata, 9.3 to 17). */
const WRITING = new Set(['in production', 'shut down', 'shutting down', 'in crash recovery']);

/** What is wrong with it in words, or what it has. */
export function understand(text: string): MemberWal | string {
  const said = new Printed(text);
  const problem = said.text('problem');
  if (problem !== undefined) return complaint(problem);
  const control = new Map(
    said.all('control').flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
    }),
  );
  const system = control.get('Database system identifier') ?? '';
  const state = control.get('Database cluster state') ?? '';
  if (!/^\d+$/.test(system) || state === '') return 'pg_controldata did not say which database it is';
  const sizes = sizesOf(control);
  const runs = said.text('runs') === 'yes';
  const histories = historiesOf(said);
  if (typeof histories === 'string') return histories;
  const writes = WRITING.has(state) && said.text('backup_label') === undefined;
  const common = { system, state, sizes, runs };

  const failed = said.text('sql_failed');
  const isStarting = failed !== undefined && /starting up|not yet accepting/.test(failed);
  if (failed !== undefined && !isStarting) return `PostgreSQL runs, but lets nobody in: ${complaint(failed)}`;
  const sql = said.text('sql')?.split(' ');
  if (sql) {
    const [identified = '', timeline = '', role, position, received] = sql;
    if (identified !== system) return 'the server that runs is not the one of its data directory';
    const at = parseLsn(position);
    if (role === 'primary') {
      if (at === undefined) return 'PostgreSQL did not say how far it has written';
      const line = lineAt(Number(timeline), normalLsn(at, sizes), histories);
      if (typeof line === 'string') return line;
      return { ...common, lines: [line], writes: true, followers: followersOf(said) };
    }
    const lines = walkedLines(said, sizes, histories);
    if (typeof lines === 'string') return lines;
    const got = parseLsn(received);
    const missing = got !== undefined && lines.every((line) => line.position + MAX_PARTIAL < got);
    if (missing) return `it says it has received ${received}, but its files end before that`;
    return { ...common, lines, writes: false, ...(at === undefined ? {} : { applied: at }) };
  }
  if (runs && !isStarting) return 'PostgreSQL runs, but said nothing';
  const lines = walkedLines(said, sizes, histories);
  if (typeof lines === 'string') return lines;
  return tooShort(lines, control) ?? { ...common, lines, writes };
}

/**
 * Its own control file says up to where it had applied or written: WAL that ends before that is damaged, or a rewind
 * or a copy into it was broken off. Then there may be more than what can be read.
 */
function tooShort(lines: readonly Line[], control: ReadonlyMap<string, string>): string | undefined {
  const needed = ['Latest checkpoint location', 'Minimum recovery ending location']
    .flatMap((key) => parseLsn(control.get(key)) ?? [])
    .reduce((most, one) => (one > most ? one : most), 0n);
  const end = lines.reduce((most, { position }) => (position > most ? position : most), 0n);
  if (end >= needed) return undefined;
  return `its WAL can be read up to ${walPosition(end)} only, and it had got to ${walPosition(needed)}: it is damaged, or a copy into it was broken off`;
}

/** What was received can end inside a record; a record is at most 1 GiB. */
const MAX_PARTIAL = 1024n ** 3n;

function sizesOf(control: ReadonlyMap<string, string>): WalSizes {
  const number = (key: string, usual: number) => Number(control.get(key) ?? '') || usual;
  return {
    block: number('WAL block size', USUAL_SIZES.block),
    segment: number('Bytes per WAL segment', USUAL_SIZES.segment),
  };
}

/** By timeline. A file that is not one makes every comparison a guess. */
function historiesOf(said: Printed): Map<number, Place[]> | string {
  const found = new Map<number, string[]>();
  for (const line of said.all('history')) {
    const [file = '', ...rest] = line.split(' ');
    const timeline = Number.parseInt(file, 16);
    found.set(timeline, [...(found.get(timeline) ?? []), rest.join('\t')]);
  }
  const read = new Map<number, Place[]>();
  for (const [timeline, lines] of found) {
    const history = parseHistory(lines.join('\n'));
    if (!history || history.at(-1)?.timeline === undefined || (history.at(-1)?.timeline ?? 0) >= timeline)
      return `the history of timeline ${timeline} cannot be read`;
    read.set(timeline, history);
  }
  return read;
}

function lineAt(timeline: number, position: bigint, histories: ReadonlyMap<number, Place[]>): Line | string {
  const ancestors = timeline === 1 ? [] : histories.get(timeline);
  if (!ancestors) return `it is on timeline ${timeline}, and the history of that is not in its pg_wal`;
  return { timeline, position, ancestors };
}

/** The ends of what was walked through, of each branch that its files hold. */
function walkedLines(
  said: Printed,
  sizes: WalSizes,
  histories: ReadonlyMap<number, Place[]>,
): Line[] | string {
  const walked = said.all('walked').flatMap((line) => {
    const [timeline = '', from] = line.split(' ');
    const start = parseLsn(from);
    return start === undefined ? [] : [{ timeline: Number(timeline), from: start }];
  });
  const first = walked[0];
  if (!first) return 'its WAL was not found';
  const lines: Line[] = [];
  for (const { timeline, from } of walked) {
    const why = of(said, 'why', timeline) ?? '';
    if (why !== '' && !ORDINARY_END.test(why)) return `its WAL cannot be read: ${complaint(why)}`;
    const text = of(said, 'record', timeline);
    const record = text === undefined ? undefined : parseRecord(text);
    if (text !== undefined && !record) return `pg_waldump printed something unexpected: ${complaint(text)}`;
    if (!record && timeline !== first.timeline) continue;
    const end = record ? endOfRecord(record, sizes) : normalLsn(from, sizes);
    const line = lineAt(timeline, end, histories);
    if (typeof line === 'string') return line;
    const parent = line.ancestors.at(-1);
    const before = lines.find((one) => one.timeline === parent?.timeline);
    if (timeline !== first.timeline && parent && (!before || isGap(before.position, parent.position, sizes)))
      return `between its timelines ${parent.timeline} and ${timeline} WAL is missing`;
    lines.push(line);
  }
  const all = longest(lines).toSorted((a, b) => b.timeline - a.timeline);
  return all.length > 0 ? all : 'its WAL was not found';
}

/** A segment that is shared with the later timeline is whole in that one's file. */
function isGap(end: bigint, left: bigint, sizes: WalSizes): boolean {
  return end < left && end / BigInt(sizes.segment) !== left / BigInt(sizes.segment);
}

function of(said: Printed, key: string, timeline: number): string | undefined {
  const start = `${timeline} `;
  return said
    .all(key)
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim();
}

/** How pg_waldump tells that the WAL is over: zeros, an old page, a file that is not there yet. */
const ORDINARY_END =
  /error in WAL record|invalid (record|magic|info|resource)|could not find (a valid record|file)|unexpected pageaddr|record with incorrect|out-of-sequence|incorrect prev-link|there is no contrecord|first record is after|contrecord/i;

function followersOf(said: Printed): NonNullable<MemberWal['followers']> {
  return said.all('follower').map((line) => {
    const words = line.split(' ');
    const seconds = words.pop() ?? '';
    const state = words.pop() ?? '';
    return {
      name: words.join(' '),
      state,
      ...(/^-?\d+$/.test(seconds) ? { silentSeconds: Number(seconds) } : {}),
    };
  });
}
