// What `patroni.wal-positions` gives, and rows whose WAL moves positions by as much as is asked for.
export interface Positions {
  answer: string;
  newest?: string;
  equal: string[];
  diverged: string[];
  diverged_at?: string;
  unread: string[];
  summary: string;
  members: {
    name: string;
    state: string;
    role: string;
    timeline?: number;
    wal_position?: string;
    behind_bytes?: number;
    system_identifier?: string;
  }[];
  only_here: { member: string; commits: number }[];
  at_least?: string;
  words: string[];
  unknowns: string[];
}

export const SET = { statefulset: 'prod-patroni' };
export const TABLE = 'create table if not exists rows (n serial, what text)';
/** About 1 KiB of WAL for each. */
export const rows = (count: number): string =>
  `insert into rows (what) select repeat(md5(n::text), 30) from generate_series(1, ${count}) n`;
