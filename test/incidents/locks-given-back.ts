/** What becomes of a lock that was taken over: the same stories over the door in memory and over a real PostgreSQL. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Asker, Outcome, What } from '../../src/incidents/commands.ts';
import type { At } from '../../src/incidents/events.ts';
import { ARRIVES } from '../../src/incidents/locks.ts';
import { ana, ben, runbookOf } from '../support/pure-door.ts';

/** Where a story is played. */
export interface Stage {
  declare(): Promise<unknown>;
  send(by: Asker, what: What, incident: number): Promise<Answer>;
  /** A worker's word on the newest attempt of this purpose in this run; `lost`: its lease ran out. */
  settle(incident: number, run: number, outcome: Outcome | { readonly lost: 'act' }): Promise<Answer>;
  hash(incident: number, at: At): Promise<string>;
  /** `prod/a: 2.1.grow.1 over 1.1.grow.1`, by key. */
  rows(): Promise<string[]>;
  /** The stored rows, and the rows that the events alone make. */
  rebuilt(): Promise<{ readonly stored: unknown; readonly rebuilt: unknown }>;
}

const cleo: Asker = { ...ben, person: { id: 'slack:UCLEO', name: 'Cleo' } };
/** One change that locks `prod/a`. */
export const runbook = runbookOf(`
apiVersion: runbook/v1
id: resize
title: Resize
summary: Makes it larger.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: grow
    kind: act
    title: Resize
    uses: t.resize
    with: { name: disk, size: 3 }
    timeout: 5s
    confirm: { level: click }
    locks: [prod/a]
    verify: { uses: t.size, with: { name: disk }, until: out.size == 3, timeout: 10s }
    undo: auto
    leaves: { nothing: a test leaves nothing }
`);
export const plan = {
  target: { kind: 'thing', namespace: 'prod', name: 'disk' },
  changes: [{ field: 'size', before: '1', after: '3' }],
  values: { before: 1, after: 3 },
  notes: [],
  unknowns: [],
};

/** Plays every story on a fresh stage, and rebuilds its rows from its events at the end. */
export function playLocks(open: () => Promise<Stage>): void {
  let stage: Stage;
  /** Who made which change: `holder` without the incident's number is `1.grow.1`. */
  const at: At = { run: 1, step: 'grow', try: 1 };
  const A = '1.1.grow.1';
  const B = '2.1.grow.1';
  const C = '3.1.grow.1';

  const planned = async (incident: number, run = 1): Promise<void> => {
    await stage.send(ana, { do: 'start run', runbook, hash: 'h', params: {} }, incident);
    await stage.settle(incident, run, { purpose: 'plan', result: { ok: true, plan } });
  };
  const confirm = async (by: Asker, incident: number, where = at): Promise<Answer> =>
    stage.send(by, { do: 'confirm', at: where, hash: await stage.hash(incident, where) }, incident);
  const over = (by: Asker, incident: number, from: string, where = at): Promise<Answer> =>
    stage.send(by, { do: 'take over', at: where, from: [from], phrase: ARRIVES }, incident);
  const skip = (by: Asker, incident: number, where = at): Promise<Answer> =>
    stage.send(by, { do: 'skip', at: where, reason: 'not needed' }, incident);
  const made = (incident: number): Promise<Answer> =>
    stage.settle(incident, 1, { purpose: 'act', result: { ok: true, out: { size: 3 } } });
  const verified = (incident: number): Promise<Answer> =>
    stage.settle(incident, 1, { purpose: 'verify', result: { ok: true, held: true } });
  const ended = async (incident: number): Promise<void> => {
    await made(incident);
    await verified(incident);
  };
  const says = (answer: Answer): string => (answer.ok ? 'ok' : answer.says);

  beforeEach(async () => {
    stage = await open();
    for (const incident of [1, 2, 3]) {
      await stage.declare();
      await planned(incident);
    }
    expect(await confirm(ana, 1)).toMatchObject({ ok: true });
  });
  /** Every story ends with it: the rows are nothing but what the events say. */
  const same = async (): Promise<void> => {
    const { stored, rebuilt } = await stage.rebuilt();
    expect(rebuilt).toEqual(stored);
  };

  describe('what was taken over and not used goes back to whose call may still be running', () => {
    it.each<[string, () => Promise<unknown>]>([
      ['skipped', () => skip(ben, 2)],
      ['its run ended', () => stage.send(ben, { do: 'end run', run: 1, reason: 'not now' }, 2)],
      [
        'its incident closed',
        async () => {
          await stage.send(ben, { do: 'resolve', at: Date.UTC(2026, 1, 1) }, 2);
          await stage.send(ben, { do: 'close' }, 2);
        },
      ],
      ['tried again', () => stage.send(ben, { do: 'plan again', at }, 2)],
      [
        'refused by the worker',
        async () => {
          await confirm(ben, 2);
          const refused = { ok: false, says: 'no right', nothingHappened: true } as const;
          await stage.settle(2, 1, { purpose: 'act', result: refused });
        },
      ],
      [
        'its plan no longer true',
        async () => {
          await confirm(ben, 2);
          const changed = { ok: false, says: 'larger', nothingHappened: true, planChanged: true } as const;
          await stage.settle(2, 1, { purpose: 'act', result: changed });
        },
      ],
      [
        'its change made and verified',
        async () => {
          await confirm(ben, 2);
          await ended(2);
        },
      ],
    ])('%s', async (_, letGo) => {
      expect(await over(ben, 2, A)).toMatchObject({ ok: true });
      expect(await stage.rows()).toEqual([`prod/a: ${B} over ${A}`]);
      await letGo();
      expect(await stage.rows()).toEqual([`prod/a: ${A}`]);
      const refused = await confirm(cleo, 3);
      expect(refused).toMatchObject({ code: 'locked', held: { from: [A], arrives: true } });
      expect(says(refused)).toMatch(
        /^prod\/a is being changed by Ana in INC-1 since .* \(runbook resize\)\. The call of Ana in INC-1 may still be running\. Wait until that is finished, or take over\.$/,
      );
      await ended(1);
      expect(await stage.rows()).toEqual([]);
      expect(await confirm(cleo, 3)).toMatchObject({ ok: true });
      await same();
    });

    it('also while its outcome is unknown, and to the end of its verification', async () => {
      await over(ben, 2, A);
      await stage.settle(1, 1, { lost: 'act' });
      await skip(ben, 2);
      expect(await confirm(cleo, 3)).toMatchObject({ code: 'locked', held: { from: [A], arrives: true } });
      await stage.settle(1, 1, { purpose: 'happened', result: { ok: true, happened: 'made' } });
      expect(await stage.rows()).toEqual([`prod/a: ${A}`]);
      await verified(1);
      expect(await stage.rows()).toEqual([]);
      await same();
    });

    it('is free when the first change has ended meanwhile', async () => {
      await over(ben, 2, A);
      await ended(1);
      expect(await stage.rows()).toEqual([`prod/a: ${B}`]);
      expect(says(await confirm(cleo, 3))).not.toContain('may still be running');
      await skip(ben, 2);
      expect(await stage.rows()).toEqual([]);
      await same();
    });

    it('is free when the first incident was closed meanwhile, by somebody who had been told', async () => {
      await over(ben, 2, A);
      await stage.settle(1, 1, { purpose: 'act', result: { ok: false, says: 'the connection was lost' } });
      await stage.settle(1, 1, { purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
      await stage.send(ana, { do: 'resolve', at: Date.UTC(2026, 1, 1) }, 1);
      expect(await stage.send(ana, { do: 'close' }, 1)).toMatchObject({ ok: true });
      expect(await stage.rows()).toEqual([`prod/a: ${B}`]);
      await skip(ben, 2);
      expect(await stage.rows()).toEqual([]);
      await same();
    });
  });

  describe('a third person', () => {
    it('types that a call may still arrive, also where the holder has made none', async () => {
      await over(ben, 2, A);
      const refused = await confirm(cleo, 3);
      expect(refused).toMatchObject({ code: 'locked', held: { from: [B], arrives: true } });
      expect(says(refused)).toMatch(
        /changed by Ben in INC-2 .* The call of Ana in INC-1 may still be running\./,
      );
      expect(await stage.send(cleo, { do: 'take over', at, from: [B] }, 3)).toMatchObject({ code: 'phrase' });
      expect(await over(cleo, 3, B)).toMatchObject({ ok: true });
      // Ben has made no call, so nothing goes back to him.
      expect(await stage.rows()).toEqual([`prod/a: ${C} over ${A}`]);
      await skip(cleo, 3);
      expect(await stage.rows()).toEqual([`prod/a: ${A}`]);
      expect(await confirm(ben, 2)).toMatchObject({ code: 'locked', held: { from: [A] } });
      await same();
    });

    it.each([
      ['the last first', [3, 2, 1], [`${B} over ${A}`, A]],
      ['the first first', [1, 2, 3], [`${C} over ${B}`, C]],
      ['the middle first', [2, 3, 1], [`${C} over ${A}`, A]],
      ['the first, then the last', [1, 3, 2], [`${C} over ${B}`, B]],
      ['the middle, then the first', [2, 1, 3], [`${C} over ${A}`, C]],
      ['the last, then the first', [3, 1, 2], [`${B} over ${A}`, B]],
    ])('of three that have all called, %s lets go', async (_, order, rows) => {
      await over(ben, 2, A);
      await confirm(ben, 2);
      await over(cleo, 3, B);
      await confirm(cleo, 3);
      expect(await stage.rows()).toEqual([`prod/a: ${C} over ${B} over ${A}`]);
      for (const [index, incident] of order.entries()) {
        await ended(incident);
        const row = rows[index];
        expect(await stage.rows()).toEqual(row === undefined ? [] : [`prod/a: ${row}`]);
      }
      await same();
    });

    it('within one incident: its close lets go of both, and the other incident gets it back', async () => {
      await planned(2, 2);
      const second = { ...at, run: 2 };
      await over(ben, 2, A);
      await confirm(ben, 2);
      await stage.settle(2, 1, { purpose: 'act', result: { ok: false, says: 'the connection was lost' } });
      await stage.settle(2, 1, { purpose: 'happened', result: { ok: true, happened: 'cannot tell' } });
      await over(cleo, 2, B, second);
      expect(await stage.rows()).toEqual([`prod/a: 2.2.grow.1 over ${B} over ${A}`]);
      await stage.send(ben, { do: 'resolve', at: Date.UTC(2026, 1, 1) }, 2);
      expect(await stage.send(ben, { do: 'close' }, 2)).toMatchObject({ ok: true });
      expect(await stage.rows()).toEqual([`prod/a: ${A}`]);
      await same();
    });
  });
}
