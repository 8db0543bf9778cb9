/** The rows of locks in memory: what migration 005 says in SQL, for the door without a database and for a rebuild. */
import type { LockValue } from '../../src/incidents/locks.ts';
import type { LookupChanges } from '../../src/incidents/lookups.ts';

export interface LockRow {
  readonly incident: number;
  readonly value: LockValue;
}
export type LockRows = Map<string, LockRow>;

/** Everybody in a row, its holder first. */
export function everyoneIn({ incident, value }: LockRow): LockValue[] {
  const { under = [], from: _, freed: __, ...head } = value;
  return [{ incident, ...head }, ...under];
}

/** The locks that stay somebody else's; the rows are changed only when there are none. */
export function writeLocks(rows: LockRows, incident: number, { put, drop }: LookupChanges): string[] {
  const wanted = put.flatMap(({ kind, key, value }) =>
    kind === 'lock' ? [{ key, value: value as LockValue }] : [],
  );
  const others = wanted.filter(({ key, value }) => {
    const holder = rows.get(key)?.value.holder;
    return rows.has(key) && ![value.holder, value.from, ...(value.freed ?? [])].includes(holder ?? '');
  });
  if (others.length > 0) return others.map(({ key }) => key);
  for (const { key, holder } of drop) {
    const row = rows.get(key);
    if (row)
      keep(
        rows,
        key,
        everyoneIn(row).filter((one) => one.holder !== holder),
      );
  }
  for (const { key, value } of wanted) {
    const row = rows.get(key);
    if (!row) {
      rows.set(key, { incident, value });
      continue;
    }
    const { from: _, freed = [], ...head } = value;
    const left = everyoneIn(row).filter(
      ({ holder = '', waiting }) => holder !== value.holder && !waiting && !freed.includes(holder),
    );
    keep(rows, key, [head, ...left]);
  }
  return [];
}

function keep(rows: LockRows, key: string, [head, ...under]: readonly LockValue[]): void {
  if (!head) rows.delete(key);
  else rows.set(key, { incident: head.incident ?? 0, value: under.length === 0 ? head : { ...head, under } });
}
