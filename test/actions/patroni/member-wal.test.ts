/** What a member's pod prints about its WAL, put into positions: as measured, and everything that must not be believed. */
import { describe, expect, it } from 'vitest';
import {
  endOfRecord,
  normalLsn,
  parseLsn,
  parseRecord,
  walPosition,
} from '../../../src/actions/patroni/lsn.ts';
import { type MemberWal, understand } from '../../../src/actions/patroni/member-wal.ts';
import { piecesOf, walFile } from '../../../src/actions/patroni/wal-bytes.ts';

const record = (lsn: string, total: number, description = 'COMMIT 2026-11-20 15:53:44.193101 UTC'): string =>
  `rmgr: Transaction len (rec/tot):     34/${String(total).padStart(6)}, tx:        739, lsn: ${lsn}, prev 0/0301D6A8, desc: ${description}`;

const control = (state: string, more: string[] = []): string[] => [
  'control Database system identifier:           7710281048170509835',
  `control Database cluster state:               ${state}`,
  'control WAL block size:                       8192',
  'control Bytes per WAL segment:                16777216',
  ...more,
];
const lines = (...all: readonly (string | readonly string[])[]) => `${all.flat().join('\n')}\n`;
const wal = (text: string): MemberWal => {
  const found = understand(text);
  if (typeof found === 'string') throw new Error(found);
  return found;
};
const ENDED =
  'pg_waldump: error: error in WAL record at 0/D136730: invalid record length at 0/D136770: wanted 24, got 0';

describe('positions', () => {
  it('are read as PostgreSQL and pg_waldump write them', () => {
    expect(parseLsn('0/D136770')).toBe(0xd136770n);
    expect(parseLsn('0/0D136730')).toBe(0xd136730n);
    expect(parseLsn('A/00000010')).toBe(0xa_0000_0010n);
    expect(walPosition(0xa_0000_0010n)).toBe('A/10');
    for (const text of ['', '0', '0/', 'x/1', '0/123456789', undefined])
      expect(parseLsn(text)).toBeUndefined();
  });

  it('end where the next record begins, over pages and segments', () => {
    const end = (lsn: string, total: number, description?: string) => {
      const read = parseRecord(record(lsn, total, description));
      return read && walPosition(endOfRecord(read));
    };
    expect(end('0/0D136730', 58)).toBe('0/D136770');
    // To the last byte of a page, and over it: a header of 24 bytes more.
    expect(end('0/0D137FC0', 64)).toBe('0/D138000');
    expect(end('0/0D137FC0', 72)).toBe('0/D138020');
    // Into a new segment the header has 40 bytes, and over three pages there are three.
    expect(end('0/0DFFFFC0', 72)).toBe('0/E000030');
    expect(end('0/0D137FC0', 64 + 8168 * 2 + 8)).toBe('0/D13C020');
    expect(end('0/0D136730', 24, 'SWITCH ')).toBe('0/E000000');
    expect(end('0/0DFFFFE8', 24, 'SWITCH ')).toBe('0/E000000');
    expect(parseRecord('pg_waldump: error: nothing')).toBeUndefined();
  });

  it('are the same in front of a page header and behind it', () => {
    expect([0x4000028n, 0x4002018n, 0x4000018n, 0x4002028n, 0x4002000n].map((at) => normalLsn(at))).toEqual([
      0x4000000n,
      0x4002000n,
      0x4000018n,
      0x4002028n,
      0x4002000n,
    ]);
  });

  it('lie in files of 16 MiB, or as large as the data directory says', () => {
    expect(walFile(2, 0x105n)).toBe('000000020000000100000005');
    expect(walFile(2, 0x105n, { block: 8192, segment: 2 ** 30 })).toBe('000000020000004100000001');
    const line = (position: bigint, ancestors: MemberWal['lines'][0]['ancestors'] = []) => ({
      timeline: 2,
      position,
      ancestors,
    });
    expect(piecesOf(line(0x5100000n))).toBe('000000020000000000000005:983040:65536');
    // Close behind the beginning of a segment: the rest from the one before, unless the timeline is younger.
    expect(piecesOf(line(0x5000100n))).toBe(
      '000000020000000000000004:16711936:65280,000000020000000000000005:0:256',
    );
    expect(piecesOf(line(0x5000000n))).toBe('000000020000000000000004:16711680:65536');
    expect(piecesOf(line(0x5000100n, [{ timeline: 1, position: 0x5000080n }]))).toBe(
      '000000020000000000000005:0:256',
    );
  });
});

describe('a member', () => {
  it('that is dead has what its WAL has, far beyond its last checkpoint', () => {
    const text = lines(control('in production'), [
      'history 00000002 1 0/5000000',
      'walked 2 0/A83A758',
      `record 2 ${record('0/0D136730', 58)}`,
      `why 2 ${ENDED}`,
    ]);
    expect(wal(text)).toMatchObject({
      system: '7710281048170509835',
      writes: true,
      runs: false,
      lines: [{ timeline: 2, position: 0xd136770n, ancestors: [{ timeline: 1, position: 0x5000000n }] }],
    });
    // A copy that was never started has the state of what it was copied from.
    expect(wal(`backup_label yes\n${text}`).writes).toBe(false);
  });

  it('that runs is asked, and its files say what it has received', () => {
    const primary = lines(control('in production'), [
      'runs yes',
      'sql 7710281048170509835 1 primary 0/4000028 -',
      'follower prod patroni 1 streaming 3',
      'follower x catchup -',
    ]);
    expect(wal(primary)).toMatchObject({
      runs: true,
      writes: true,
      lines: [{ timeline: 1, position: 0x4000000n }],
      followers: [
        { name: 'prod patroni 1', state: 'streaming', silentSeconds: 3 },
        { name: 'x', state: 'catchup' },
      ],
    });
    const standby = lines(control('in archive recovery'), [
      'runs yes',
      'sql 7710281048170509835 1 standby 0/4000000 0/D136770',
      'walked 1 0/4000000',
      `record 1 ${record('0/0D136730', 58)}`,
      `why 1 ${ENDED}`,
    ]);
    expect(wal(standby)).toMatchObject({
      writes: false,
      applied: 0x4000000n,
      lines: [{ position: 0xd136770n }],
    });
    const waiting = lines(control('in archive recovery'), [
      'runs yes',
      'sql_failed FATAL: the database system is starting up',
      'walked 1 0/4000000',
      'why 1 x: could not find file "000000010000000000000004"',
    ]);
    expect(wal(waiting)).toMatchObject({ runs: true, writes: false, lines: [{ position: 0x4000000n }] });
  });

  it('whose folder holds two branches has both', () => {
    const text = lines(control('in archive recovery'), [
      'history 00000003 1 0/5000000',
      'history 00000003 2 0/A7C4360',
      'history 00000002 1 0/5000000',
      'walked 2 0/A000000',
      `record 2 ${record('0/0D136730', 58)}`,
      'walked 3 0/A7C4360',
      `record 3 ${record('0/0A7C4360', 42, 'END_OF_RECOVERY')}`,
    ]);
    expect(wal(text).lines.map(({ timeline }) => timeline)).toEqual([3, 2]);
    // One that ended before the later timeline began is in it.
    const follows = text.replace('0/0D136730', '0/0A7C4320');
    expect(wal(follows).lines.map(({ timeline }) => timeline)).toEqual([3]);
    expect(understand(text.replace('0/0D136730', '0/09000000'))).toBe(
      'between its timelines 2 and 3 WAL is missing',
    );
  });

  it.each([
    ['no data', 'problem there is no database in /data\n', /^there is no database in \/data$/],
    ['nothing', '', /did not say which database/],
    [
      'no timeline history',
      lines(control('shut down'), ['walked 2 0/5000000', `record 2 ${record('0/05000000', 58)}`]),
      /history of that is not in its pg_wal/,
    ],
    [
      'a broken history',
      lines(control('shut down'), ['history 00000002 5 0/5000000', 'walked 2 0/5000000']),
      /history of timeline 2 cannot be read/,
    ],
    ['no WAL', lines(control('shut down')), /WAL was not found/],
    [
      'a program that fails',
      lines(control('shut down'), [
        'walked 1 0/5000000',
        'why 1 pg_waldump: error: could not open directory "pg_wal": Permission denied',
      ]),
      /^its WAL cannot be read: .*Permission denied/,
    ],
    [
      'a record in another language',
      lines(control('shut down'), ['walked 1 0/5000000', 'record 1 rmgr: Neues']),
      /printed something unexpected/,
    ],
    [
      'less WAL than it had applied',
      lines(control('in archive recovery', ['control Minimum recovery ending location:     0/D136770']), [
        'walked 1 0/5000000',
        `record 1 ${record('0/05000000', 58)}`,
        'why 1 error in WAL record at 0/5000040: incorrect resource manager data checksum in record at 0/5000040',
      ]),
      /^its WAL can be read up to 0\/5000040 only, and it had got to 0\/D136770: it is damaged/,
    ],
    [
      'nobody let in',
      lines(control('in production'), [
        'runs yes',
        'sql_failed psql: error: FATAL:  sorry, too many clients already',
      ]),
      /^PostgreSQL runs, but lets nobody in: .*too many clients/,
    ],
    [
      'another server',
      lines(control('in production'), ['runs yes', 'sql 1 1 primary 0/5000000 -']),
      /is not the one of its data directory/,
    ],
    [
      'less in its files than it says',
      lines(control('in archive recovery'), [
        'runs yes',
        'sql 7710281048170509835 1 standby 0/4000000 9/0',
        'walked 1 0/4000000',
      ]),
      /has received 9\/0, but its files end before that/,
    ],
  ])('with %s is not read, and it is said why', (_what, text, why) => {
    const found = understand(text);
    expect(found).toMatch(why);
  });
});
