// Words that must not stop others: half a character or NUL in what SQL reads; and words that no erasure would find: of
// what was refused, and of a report that was being made while an entry was erased. On a real PostgreSQL.
import { expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { handle } from '../../src/incidents/handle.ts';
import { incidentsBefore } from '../../src/perform/report-others.ts';
import { comparisonsWanted } from '../../src/store/comparisons.ts';
import { dueErasures } from '../../src/store/erase.ts';
import { keepReport, keptReports } from '../../src/store/reports.ts';
import { withoutSnapshot } from '../../src/store/snapshots.ts';
import { ana, guest } from '../support/pure-door.ts';
import {
  agree,
  ask,
  body,
  everything,
  knows,
  onStage,
  pool,
  SECRET,
  send,
  store,
  sweep,
  taken,
} from './erase-stage.ts';

onStage();

it('a reason that was cut within a character does not keep any words from being erased', async () => {
  await taken({ do: 'ask erase', entry: 'n1', reason: `\0${'a'.repeat(998)}😀 and more` });
  const state = await store.incident(1, { fresh: true });
  const [erase = ''] = state?.erases.keys() ?? [];
  expect(await agree(erase)).toMatchObject({ ok: true });
  await sweep();
  expect(await dueErasures(pool)).toEqual([]);
  expect(await everything()).not.toContain('4711');
});

it.each(['a\0b', 'a\ud83d b'])('a title %j fails no list of incidents', async (title) => {
  const what: What = { do: 'declare', body: { ...body, title } };
  expect(await handle(store, knows, { id: 'declared', by: ana, now: 5000, what })).toMatchObject({
    ok: true,
  });
  expect(await incidentsBefore(pool, 9)).toHaveLength(2);
  expect(await withoutSnapshot(pool)).toEqual([2, 1]);
  expect(await comparisonsWanted(pool)).toEqual([]);
});

it('a report that was being made while an entry was erased is neither kept nor posted', async () => {
  const made = { incident: 1, profile: 'default', status: 'draft', text: SECRET } as const;
  expect(await keepReport(pool, { ...made, version: 5, hash: 'a'.repeat(64) })).toBe(true);
  expect(await keepReport(pool, { ...made, version: 5, hash: 'a'.repeat(64) })).toBe(true);
  await agree(await ask());
  await sweep();
  expect(await keptReports(pool, 1)).toEqual([]);
  expect(await keepReport(pool, { ...made, version: 5, hash: 'a'.repeat(64) })).toBe(false);
  expect(await everything()).not.toContain('4711');
  const version = (await store.incident(1, { fresh: true }))?.version ?? 0;
  expect(await keepReport(pool, { ...made, version, hash: 'b'.repeat(64), text: 'clean' })).toBe(true);
});

it('what was refused is not kept with its words', async () => {
  const refused = async (what: What, by = ana): Promise<void> =>
    expect(await send(what, by)).toMatchObject({ ok: false });
  await refused({ do: 'post update', text: `patient 9999${'x'.repeat(3000)}`, outside: false });
  await refused({ do: 'resolve', at: 1, summary: 'patient 9999' }, guest);
  await refused({ do: 'add left', title: 'patient 9999', object: 'patient 9999', until: 'never' });
  await refused({ do: 'write section', section: '', text: 'patient 9999' });
  await refused({ do: 'hand over', role: '', to: { id: 'slack:U1', name: 'x' }, says: 'patient 9999' });
  await refused({ do: 'ask erase', entry: 'none', reason: 'patient 9999' });
  expect(await everything()).not.toContain('9999');
});
