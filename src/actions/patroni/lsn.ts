/** WAL positions as numbers, and where a WAL record ends. */

/** Sizes that a data directory was made with, as pg_controldata says them. */
export interface WalSizes {
  readonly block: number;
  readonly segment: number;
}

export const USUAL_SIZES: WalSizes = { block: 8192, segment: 16 * 1024 * 1024 };

/** PostgreSQL's way to write a position: two hexadecimal halves. */
export function walPosition(position: bigint): string {
  const hex = (part: bigint): string => part.toString(16).toUpperCase();
  return `${hex(position >> 32n)}/${hex(position & 0xffff_ffffn)}`;
}

/** Reads `0/D136770`, also with leading zeros as pg_waldump prints it; undefined for anything else. */
export function parseLsn(text: string | undefined): bigint | undefined {
  const found = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text?.trim() ?? '');
  if (!found) return undefined;
  return (BigInt(`0x${found[1]}`) << 32n) | BigInt(`0x${found[2]}`);
}

/** Page headers in front of the next record's place (src/include/access/xlog_internal.h, 64-bit). */
const [SHORT_HEADER, LONG_HEADER] = [24n, 40n];

/**
 * One position for one place: a server says where the next record will begin, behind a page's header, where others say
 * where the last one ended, in front of it.
 */
export function normalLsn(position: bigint, sizes: WalSizes = USUAL_SIZES): bigint {
  const [block, segment] = [BigInt(sizes.block), BigInt(sizes.segment)];
  if (position % segment === LONG_HEADER) return position - LONG_HEADER;
  if (position % segment !== SHORT_HEADER && position % block === SHORT_HEADER)
    return position - SHORT_HEADER;
  return position;
}

/** The record that a line of pg_waldump tells of. */
export interface WalRecord {
  readonly lsn: bigint;
  readonly total: number;
  readonly description: string;
}

/** `rmgr: Transaction len (rec/tot):     34/    34, tx:        739, lsn: 0/0301D6E8, prev 0/0301D6A8, desc: COMMIT …` */
export function parseRecord(line: string): WalRecord | undefined {
  const found =
    /^rmgr: .*?len \(rec\/tot\):\s*\d+\/\s*(\d+),.*?lsn: ([0-9A-F/]+), prev [0-9A-F/]+, desc: (.*)$/.exec(
      line.trim(),
    );
  const lsn = parseLsn(found?.[2]);
  if (!found || lsn === undefined) return undefined;
  return { lsn, total: Number(found[1]), description: found[3] ?? '' };
}

/**
 * Where a record ends: the start plus its length, each page that it goes into beginning with a header. pg_waldump prints
 * the start only, and its message about what follows names the end in one case of several (facts: patroni-postgres, 3b').
 * After a SWITCH the rest of the segment is nothing.
 */
export function endOfRecord(record: WalRecord, sizes: WalSizes = USUAL_SIZES): bigint {
  const [block, segment] = [BigInt(sizes.block), BigInt(sizes.segment)];
  let at = record.lsn;
  let left = BigInt(record.total);
  for (let room = block - (at % block); left > room; room = block - (at % block)) {
    left -= room;
    at += room;
    at += at % segment === 0n ? LONG_HEADER : SHORT_HEADER;
  }
  at = ((at + left + 7n) / 8n) * 8n;
  if (!/^SWITCH\b/.test(record.description)) return at;
  return ((at + segment - 1n) / segment) * segment;
}
