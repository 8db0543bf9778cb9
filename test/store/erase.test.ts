/** Entries erased for good, on a real PostgreSQL: who may, what is left of them, and that no row and no process holds the words. */
import { describe, expect, it } from 'vitest';
import type { Asker, What } from '../../src/incidents/commands.ts';
import { erasable } from '../../src/incidents/erased.ts';
import { handle } from '../../src/incidents/handle.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { report } from '../../src/report/report.ts';
import { dueErasures } from '../../src/store/erase.ts';
import { allEvents, verifyChain } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { ana, ben, bot, guest, runbookOf } from '../support/pure-door.ts';
import {
  agree,
  ask,
  body,
  everything,
  knows,
  note,
  onStage,
  pool,
  renew,
  SECRET,
  send,
  store,
  sweep,
  taken,
  waitUntil,
} from './erase-stage.ts';

onStage();

describe('who erases', () => {
  it('one asks and another one agrees; the words are gone from every row, and both are told what is not', async () => {
    expect(await everything()).toContain(SECRET);
    const answer = await agree(await ask());
    expect(answer).toMatchObject({ ok: true, says: expect.stringContaining('What Handrail cannot erase') });
    await sweep();
    expect(await everything()).not.toContain('4711');
    expect(await everything()).toContain('nothing special');
    expect(await dueErasures(pool)).toEqual([]);
  });

  it('never the one who asked, nor who may not, nor without a reason, nor twice', async () => {
    expect(await send({ do: 'ask erase', entry: 'n1', reason: ' ' })).toMatchObject({ code: 'reason' });
    expect(await send({ do: 'ask erase', entry: 'n1', reason: 'x' }, guest)).toMatchObject({
      code: 'rights',
    });
    expect(await send({ do: 'ask erase', entry: 'nx', reason: 'x' })).toMatchObject({
      code: 'unknown-entry',
    });
    const erase = await ask('n1', ben);
    expect(await send({ do: 'ask erase', entry: 'n1', reason: 'x' })).toMatchObject({ code: 'asked' });
    expect(await agree(erase, ben)).toMatchObject({ code: 'own' });
    expect(await agree(erase, ana)).toMatchObject({ code: 'rights' });
    const admin: Asker = { ...guest, levels: ['observe', 'admin'] };
    expect(await agree(erase, admin)).toMatchObject({ ok: true });
    expect(await send({ do: 'erase', erase, read: 99, left: [] })).toMatchObject({ code: 'gone' });
    expect(await send({ do: 'ask erase', entry: 'n1', reason: 'x' })).toMatchObject({ code: 'erased' });
  });

  it('one human with two identities does not agree with themselves', async () => {
    const one = { ...knows, samePerson: () => true };
    const erase = await ask();
    const events = await allEvents(pool, 1);
    const found = erasable(events, 'n1');
    if (!found.ok) throw new Error(found.says);
    const what: What = { do: 'erase', erase, read: found.read, left: found.left };
    const by: Asker = { ...ben, person: { id: 'terminal:ana@laptop', name: 'Ana' } };
    expect(await handle(store, one, { id: 'same', incident: 1, by, now: 5000, what })).toMatchObject({
      code: 'own',
    });
  });

  it('is refused when the entry changes in the moment between', async () => {
    const erase = await ask();
    const events = await allEvents(pool, 1);
    const found = erasable(events, 'n1');
    if (!found.ok) throw new Error(found.says);
    await taken({
      do: 'correct',
      channel: 'C1',
      ts: 'n1.1',
      why: 'edited in Slack',
      text: `${SECRET} again`,
    });
    const what: What = { do: 'erase', erase, read: found.read, left: found.left };
    expect(await send(what, ben)).toMatchObject({ code: 'changed' });
    expect(await agree(erase)).toMatchObject({ ok: true });
    await sweep();
    expect(await everything()).not.toContain('4711');
  });

  it('also after the close', async () => {
    await taken({ do: 'resolve', at: 2000 });
    await taken({ do: 'close' });
    expect(await agree(await ask())).toMatchObject({ ok: true });
  });
});

describe('afterwards', () => {
  it('the record can be read, and says who erased it and why, in the timeline and in the report', async () => {
    await agree(await ask());
    for (const done of [false, true]) {
      if (done) await sweep();
      const events = await allEvents(pool, 1);
      const line = timeline(events).find(({ id }) => id === 'n1');
      expect(line).toMatchObject({
        text: 'An entry was erased (a patient is named), by Ana and Ben.',
        kind: 'correction',
        at: 900,
      });
      expect(JSON.stringify(timeline(events))).not.toContain('4711');
      const { markdown } = report(events, { profile: 'default', people: 'names' });
      expect(markdown).toContain('An entry was erased (a patient is named), by Ana and Ben.');
      expect(markdown).not.toContain('4711');
      expect(await store.look(1, (state) => JSON.stringify([...state.record.erased]))).toBe('["n1"]');
    }
  });

  it('what is edited in Slack, pinned or corrected later brings no words back', async () => {
    await agree(await ask());
    await sweep();
    await taken({ do: 'correct', channel: 'C1', ts: 'n1.1', why: 'edited in Slack', text: `${SECRET} late` });
    await taken(note('n1', `${SECRET} called`));
    const again = { do: 'correct entry', entry: 'n1', text: SECRET, reason: SECRET } as const;
    expect(await send(again)).toMatchObject({ code: 'erased' });
    expect(await everything()).not.toContain('4711');
    await taken({ do: 'correct', channel: 'C1', ts: 'n1.1', why: 'deleted in Slack' });
    expect(timeline(await allEvents(pool, 1)).find(({ id }) => id === 'n1')?.text).toContain('was erased');
  });

  it('every process forgets, also what it keeps for an outage of the database', async () => {
    await pool.query('truncate commands, incident_events, attempts, effects, lookups');
    renew();
    await taken({ do: 'declare', body: { ...body, noticed: `${SECRET} saw it` } });
    const other = new Store(pool, () => undefined);
    await taken(note('n3', 'x'), ana, other);
    const holds = async (one: Store) => (await one.look(1, ({ declared }) => declared.noticed)) ?? '';
    for (const one of [store, other]) {
      expect(await holds(one)).toContain('4711');
      await waitUntil(() => one.lastKnown(1)?.declared.noticed.includes('4711'));
    }
    await agree(await ask('v1-since'), ben, store, 'v1-since');
    // Nobody has taken it out of the database yet.
    expect(await everything()).toContain('4711');
    for (const one of [store, other]) {
      expect(await holds(one)).toBe('');
      await waitUntil(() => one.lastKnown(1)?.declared.noticed === '');
    }
    await sweep();
    expect(await everything()).not.toContain('4711');
    // Both go on deciding.
    await taken(note('n4', 'y'), ana, store);
    await taken(note('n5', 'z'), ana, other);
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  });

  it('a process that nobody asks anything forgets at its next sweep', async () => {
    const idle = new Store(pool, () => undefined);
    await idle.look(1, () => undefined);
    await waitUntil(() => idle.lastKnown(1)?.version === 5);
    await agree(await ask());
    await sweep();
    expect(idle.lastKnown(1)?.record.erased.size).toBe(0);
    await sweep(idle);
    await waitUntil(() => idle.lastKnown(1)?.record.erased.has('n1'));
  });

  it('kept copies of reports that were made of it are gone', async () => {
    const copy = (version: number) =>
      pool.query(
        `insert into reports (incident, version, profile, status, hash, body) values (1, $1, 'default', 'draft', $2, $3)`,
        [version, `h${version}`, SECRET],
      );
    await copy(1);
    await copy(5);
    await agree(await ask());
    await sweep();
    const { rows } = await pool.query('select version from reports');
    expect(rows).toEqual([{ version: 1 }]);
  });
});

describe('lines of Handrail’s own', () => {
  const look = runbookOf(`
apiVersion: runbook/v1
id: look
title: Look
summary: Looks.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: now
    kind: check
    title: How large
    uses: t.size
    with: { name: "${SECRET}" }
    timeout: 5s
    capture: { keep: [size] }
    verdict: [{ else: ok, says: "Read of ${SECRET}." }]
  - { id: ask, kind: ask, title: "Which?", choices: [{ id: a, label: A }, { id: b, label: B }] }
`);

  async function checked(): Promise<string> {
    await taken({ do: 'start run', runbook: look, hash: 'h', params: {} });
    const { rows } = await pool.query(`select input from attempts where state = 'queued'`);
    const { id, at } = JSON.parse(rows[0].input);
    const outcome = {
      purpose: 'check',
      result: { ok: true, out: { size: 1 }, kept: { size: 1, owner: SECRET }, rawHash: 'aa' },
    } as const;
    await taken({ do: 'settle', attempt: id, at, outcome, seconds: 1 }, bot);
    const line = timeline(await allEvents(pool, 1)).find(({ kind }) => kind === 'check');
    return line?.id ?? '';
  }

  it('a check loses what it read and said, in its event and in the call that brought it, not that it was made', async () => {
    const id = await checked();
    expect(erasable(await allEvents(pool, 1), id)).toMatchObject({
      ok: false,
      says: expect.stringContaining('Run 1 is still open'),
    });
    await taken({ do: 'end run', run: 1, reason: 'enough' });
    await agree(await ask(id), ben, store, id);
    await sweep();
    const events = await allEvents(pool, 1);
    const line = timeline(events).find((one) => one.id === id);
    expect(line?.text).toBe(
      'Checked “How large”: ok. Its words were erased (a patient is named), by Ana and Ben.',
    );
    expect(line?.evidence).toEqual([]);
    const { rows } = await pool.query(`select body from incident_events where type = 'check_done'`);
    expect(JSON.parse(rows[0].body)).toMatchObject({ verdict: 'ok', says: '' });
    expect(rows[0].body).not.toMatch(/4711|evidence|size/);
    const { rows: calls } = await pool.query('select input from attempts');
    expect(calls[0].input).not.toContain('Read of');
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  });
});
