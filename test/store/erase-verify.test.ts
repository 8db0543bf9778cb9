/** After an erasure the chain still holds, a change by hand is still found, and a process that dies leaves nothing half done. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Asker } from '../../src/incidents/commands.ts';
import { dueErasures, eraseNow } from '../../src/store/erase.ts';
import { allEvents, verifyChain } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import { seal } from '../../src/store/write.ts';
import { ana, ben, guest } from '../support/pure-door.ts';
import { agree, ask, database, everything, onStage, pool, store, sweep } from './erase-stage.ts';

onStage();

describe('timeline verify', () => {
  it('holds before and after the words are taken out, and says what was erased, when and by whom', async () => {
    await agree(await ask());
    const before = await verifyChain(pool, 1);
    expect(before).not.toHaveProperty('broken');
    expect(before.erased).toMatchObject([{ entry: 'n1', pending: true }]);
    await sweep();
    const after = await verifyChain(pool, 1);
    expect(after).not.toHaveProperty('broken');
    expect(after.erased).toEqual([
      {
        version: 7,
        at: expect.any(Number),
        entry: 'n1',
        reason: 'a patient is named',
        askedBy: ana.person,
        by: ben.person,
        pending: false,
      },
    ]);
    expect(after.head).toEqual(before.head);
  });

  it('finds a body that was changed by hand, with no erasure, beside one, and under one', async () => {
    const set = (version: number, from: string, to: string) =>
      pool.query('update incident_events set body = replace(body, $2, $3) where version = $1', [
        version,
        from,
        to,
      ]);
    await set(2, 'called', 'shouted');
    expect(await verifyChain(pool, 1)).toMatchObject({ broken: { version: 2, what: 'words' } });
    await set(2, 'shouted', 'called');
    await agree(await ask());
    await sweep();
    await set(3, 'nothing special', 'something special');
    expect(await verifyChain(pool, 1)).toMatchObject({ broken: { version: 3, what: 'words' } });
    await set(3, 'something special', 'nothing special');
    await set(2, '"text":""', '"text":"it was Ben"');
    expect(await verifyChain(pool, 1)).toMatchObject({ broken: { version: 2, what: 'words' } });
    await set(2, '"text":"it was Ben"', '"text":""');
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  });

  it('does not believe an erasure that is not in the chain', async () => {
    const left = [{ version: 3, body: '{"entry":"n2"}' }];
    const forged = {
      incident: 1,
      version: 6,
      at: 5000,
      by: ben.person,
      command: 'forged',
      type: 'entry_erased' as const,
      body: { erase: 'E6', entry: 'n2', left, reason: 'x', askedBy: ana.person },
    };
    const [sealed] = seal([forged], 'f'.repeat(64));
    await pool.query(
      `insert into incident_events (incident, version, at, type, by_id, by_name, command, body, body_hash, hash)
       values (1, 6, 5000, 'entry_erased', $1, $2, 'forged', $3, $4, $5)`,
      [ben.person.id, ben.person.name, sealed?.body, sealed?.bodyHash, sealed?.hash],
    );
    await pool.query('update incident_events set body = $1 where version = 3', [left[0]?.body]);
    const found = await verifyChain(pool, 1);
    expect(found).toMatchObject({ broken: { version: 3, what: 'words' } });
    expect(found).not.toHaveProperty('erased');
  });
});

describe('what comes between', () => {
  it('kill -9 between the agreement and the taking out: the next sweep of anybody does it', async () => {
    await agree(await ask());
    expect(await everything()).toContain('4711');
    const child = spawn(
      process.execPath,
      [new URL('erase-process.ts', import.meta.url).pathname, database.url],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    // Its transaction is open: nobody sees half of it.
    expect(await everything()).toContain('4711');
    expect(await dueErasures(pool)).toHaveLength(1);
    child.kill('SIGKILL');
    await exited;
    await sweep();
    expect(await everything()).not.toContain('4711');
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  }, 60_000);

  it('two processes at once do it once, and a third time changes nothing', async () => {
    await agree(await ask());
    const [due] = await dueErasures(pool);
    if (!due) throw new Error('nothing is due');
    await Promise.all([eraseNow(pool, due), eraseNow(pool, due), sweep(), sweep()]);
    const once = await everything();
    expect(once).not.toContain('4711');
    await eraseNow(pool, due);
    expect(await everything()).toBe(once);
  });

  it('two people agree in the same moment: it is erased once', async () => {
    const erase = await ask();
    const other = new Store(pool, () => undefined);
    const admin: Asker = { ...guest, levels: ['observe', 'approve'] };
    const answers = await Promise.all([agree(erase, ben, store), agree(erase, admin, other)]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const events = await allEvents(pool, 1);
    expect(events.filter(({ type }) => type === 'entry_erased')).toHaveLength(1);
  });

  it('two entries, one after the other, and one of them a message that was pinned twice', async () => {
    await agree(await ask('n2', ben), { ...ana, levels: ['observe', 'approve'] }, store, 'n2');
    await agree(await ask());
    await sweep();
    expect(await everything()).not.toMatch(/4711|nothing special/);
    expect((await verifyChain(pool, 1)).erased).toHaveLength(2);
  });
});
