/** Compares pieces of the members' WAL: two members can have the same timeline and position and different data. */
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { Printed } from '../postgres/in-pod.ts';
import { USUAL_SIZES, type WalSizes } from './lsn.ts';
import type { MemberWal } from './member-wal.ts';
import type { Evidence } from './newest.ts';
import { type Place, runAt } from './through-helper.ts';
import { type Line, relationOf } from './timeline-history.ts';
import { HASH_WAL } from './wal-scripts.ts';

interface Held {
  readonly name: string;
  /** Where its files can be read; absent when nowhere. */
  readonly place?: Place | undefined;
  readonly wal: MemberWal | string;
}

/** Enough to hold a time in microseconds or a page, which no two writers write alike. */
const WINDOW = 64 * 1024;

/**
 * Asks every member for a hash of the bytes before the end of each line that it has whole. What is not there any more
 * is not compared.
 */
export async function compareWal(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  members: readonly Held[],
): Promise<Evidence['sameWal']> {
  const lines = members.flatMap(({ wal }) => (typeof wal === 'object' ? wal.lines : []));
  const hashes = new Map<string, ReadonlyMap<string, string>>();
  await Promise.all(
    members.map(async ({ name, place, wal }) => {
      if (typeof wal !== 'object' || !place) return;
      const own = lines.filter((line) =>
        wal.lines.some((held) => ['equal', 'in other'].includes(relationOf(line, held).is)),
      );
      const wanted = new Map(own.map((line) => [keyOf(line), piecesOf(line, wal.sizes)]));
      hashes.set(name, await hashesIn(call, place, wanted));
    }),
  );
  return (of, line, other) => {
    const [own, theirs] = [hashes.get(of)?.get(keyOf(line)), hashes.get(other)?.get(keyOf(line))];
    return own === undefined || theirs === undefined ? undefined : own === theirs;
  };
}

function keyOf({ timeline, position }: Line): string {
  return `${timeline}-${position}`;
}

async function hashesIn(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  place: Place,
  wanted: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const args = [...wanted].map(([key, pieces]) => `${key}=${pieces}`);
  try {
    const ran = await runAt(call, place, HASH_WAL, args);
    const said = new Printed(ran.stdout).all('bytes').map((line) => line.split(' '));
    return new Map(
      said.flatMap(([key = '', hash = '']) => (/^[0-9a-f]{64}$/.test(hash) ? [[key, hash]] : [])),
    );
  } catch (error) {
    // Not compared: what follows from that is decided where the answer is.
    if (error instanceof ActionFailed) return new Map();
    throw error;
  }
}

/**
 * `file:offset:length` of the last 64 KiB before the end of a line, over at most two segments. A segment before the one
 * that the timeline began in has no file of this timeline.
 */
export function piecesOf(line: Line, sizes: WalSizes = USUAL_SIZES): string {
  const size = BigInt(sizes.segment);
  const segment = (line.position - 1n) / size;
  const end = Number(line.position - segment * size);
  const begin = Math.max(0, end - WINDOW);
  const pieces = [`${walFile(line.timeline, segment, sizes)}:${begin}:${end - begin}`];
  const began = line.ancestors.at(-1)?.position ?? 0n;
  const rest = WINDOW - (end - begin);
  if (rest > 0 && segment > 0n && segment - 1n >= began / size && (began > 0n || segment - 1n > 0n)) {
    pieces.unshift(`${walFile(line.timeline, segment - 1n, sizes)}:${sizes.segment - rest}:${rest}`);
  }
  return pieces.join(',');
}

/** `000000020000000000000005` (XLogFileName in src/include/access/xlog_internal.h). */
export function walFile(timeline: number, segment: bigint, sizes: WalSizes = USUAL_SIZES): string {
  const perLog = 0x1_0000_0000n / BigInt(sizes.segment);
  const hex = (value: bigint): string => value.toString(16).toUpperCase().padStart(8, '0');
  return `${hex(BigInt(timeline))}${hex(segment / perLog)}${hex(segment % perLog)}`;
}
