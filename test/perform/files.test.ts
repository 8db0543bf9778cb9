// Files of messages: fetched once, whoever sweeps; told once; and nothing of an erased entry comes back with a late one.
import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { What } from '../../src/incidents/commands.ts';
import { timeline } from '../../src/incidents/timeline.ts';
import { type FetchFile, filesOf, MOST_BYTES } from '../../src/perform/files.ts';
import type { Worker } from '../../src/perform/worker.ts';
import type { Fetched } from '../../src/slack/fetch-file.ts';
import { claimFile, filesWanted, keepFile } from '../../src/store/files.ts';
import { allEvents, verifyChain } from '../../src/store/read.ts';
import { Store } from '../../src/store/store.ts';
import {
  agree,
  ask,
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
} from '../store/erase-stage.ts';
import { ben } from '../support/pure-door.ts';

onStage();

const content = Buffer.from('the bytes of a picture');
const sha256 = createHash('sha256').update(content).digest('hex');
const good: Fetched = { ok: true, content, mimetype: 'image/png' };

const workerOf = (name: string, leaseMs = 60_000): Worker =>
  ({
    name,
    pool,
    store: new Store(pool, () => undefined),
    knows,
    leaseMs,
    now: () => new Date(),
    redact: (text: string) => text,
    log: pino({ level: 'silent' }),
  }) as unknown as Worker;

/** A note whose message has these files. */
function shared(entry: string, ...names: string[]): What {
  const what = note(entry, 'look');
  if (what.do !== 'note') throw new Error('no note');
  const files = names.map((name, index) => ({
    id: `F${index + 1}`,
    name,
    mimetype: 'image/png',
    bytes: content.length,
  }));
  return { ...what, body: { ...what.body, files } };
}
const told = async () =>
  (await allEvents(pool, 1)).filter(({ type }) => type === 'file_kept' || type === 'file_not_kept');
const held = () => {
  const waiting: ((fetched: Fetched) => void)[] = [];
  const fetchFile: FetchFile = () => new Promise((resolve) => waiting.push(resolve));
  return { fetchFile, waiting };
};

it('several processes at once fetch each file once, and tell it once', async () => {
  await taken(shared('p1', 'one.png', 'two.png'));
  const asked: string[] = [];
  const fetchFile: FetchFile = async (file) => {
    asked.push(file);
    return good;
  };
  const all = ['a', 'b', 'c'].map((name) => filesOf(workerOf(name), fetchFile));
  for (let round = 0; round < 2; round++) await Promise.all(all.map((one) => one.keep()));
  expect(asked.toSorted()).toEqual(['F1', 'F2']);
  expect(await told()).toMatchObject([
    { type: 'file_kept', body: { entry: 'p1', sha256, bytes: content.length } },
    { type: 'file_kept', body: { entry: 'p1', sha256, bytes: content.length } },
  ]);
  const line = timeline(await allEvents(pool, 1)).find(({ id }) => id === 'p1');
  expect(line?.files).toHaveLength(2);
  // The words of the line are the person's own.
  expect(line?.text).toBe('look');
  expect(await filesWanted(pool)).toEqual([]);
});

it('words that look like a list of files are words', async () => {
  await taken(note('p1', '"files":[{"id":"F1","name":"x"}]'));
  expect(await filesWanted(pool)).toEqual([]);
});

it('bytes that were stored before the process died are told by the next one, and not fetched again', async () => {
  await taken(shared('p1', 'one.png'));
  const [wanted] = await filesWanted(pool);
  if (!wanted) throw new Error('nothing is wanted');
  expect(await claimFile(pool, wanted, 'dead', 0)).toEqual({ tries: 1 });
  expect(
    await keepFile(pool, wanted, 'dead', { content, sha256, bytes: content.length, mimetype: 'image/png' }),
  ).toBe(true);
  await filesOf(workerOf('next'), () => Promise.reject(new Error('fetched again'))).keep();
  expect(await told()).toMatchObject([{ type: 'file_kept', body: { sha256 } }]);
});

it('who lost the lease keeps nothing', async () => {
  await taken(shared('p1', 'one.png'));
  const [wanted] = await filesWanted(pool);
  if (!wanted) throw new Error('nothing is wanted');
  await claimFile(pool, wanted, 'slow', 0);
  expect(await claimFile(pool, wanted, 'quick', 60_000)).toEqual({ tries: 2 });
  expect(await claimFile(pool, wanted, 'third', 60_000)).toBeUndefined();
  const kept = { content, sha256, bytes: content.length, mimetype: '' };
  expect(await keepFile(pool, wanted, 'slow', kept)).toBe(false);
  expect(await keepFile(pool, wanted, 'quick', kept)).toBe(true);
});

it('a Slack that does not answer is asked six times; then it is said once', async () => {
  await taken(shared('p1', 'one.png'));
  let asked = 0;
  const files = filesOf(
    workerOf('a'),
    async () => {
      asked++;
      return { ok: false, says: 'Slack did not answer.', again: true };
    },
    { retryMs: 0 },
  );
  for (let round = 0; round < 8; round++) await files.keep();
  expect(asked).toBe(6);
  expect(await told()).toMatchObject([
    { type: 'file_not_kept', body: { name: 'one.png', says: 'Slack did not answer.' } },
  ]);
});

it('what is too large is not asked for, and what turns out to be is not kept', async () => {
  const what = shared('p1', 'one.png', 'two.png');
  if (what.do !== 'note') throw new Error('no note');
  const [one, two] = what.body.files ?? [];
  if (!one || !two) throw new Error('no files');
  await taken({ ...what, body: { ...what.body, files: [{ ...one, bytes: MOST_BYTES + 1 }, two] } });
  const asked: string[] = [];
  const files = filesOf(workerOf('a'), async (file) => {
    asked.push(file);
    return { ok: true, content: Buffer.alloc(MOST_BYTES + 1), mimetype: '' };
  });
  await files.keep();
  expect(asked).toEqual(['F2']);
  expect((await told()).map(({ type }) => type)).toEqual(['file_not_kept', 'file_not_kept']);
  expect((await pool.query('select from files where content is not null')).rowCount).toBe(0);
});

it('a process that stops gives its file back at once, untried', async () => {
  await taken(shared('p1', 'one.png'));
  const { fetchFile, waiting } = held();
  const stopping = filesOf(workerOf('a'), fetchFile);
  const done = stopping.keep();
  await waitUntil(() => waiting.length === 1);
  stopping.stop();
  await done;
  const { rows } = await pool.query('select worker, tries, done from files');
  expect(rows).toEqual([{ worker: null, tries: 0, done: false }]);
  await filesOf(workerOf('b'), async () => good).keep();
  expect(await told()).toHaveLength(1);
});

it.each(['before the words are out', 'after the words are out'])(
  'erased while it is fetched (%s): no bytes, no name and no event of it',
  async (when) => {
    await taken(shared('p1', `${SECRET}.png`));
    const { fetchFile, waiting } = held();
    const keeping = filesOf(workerOf('a'), fetchFile).keep();
    await waitUntil(() => waiting.length === 1);
    expect(await agree(await ask('p1'), undefined, store, 'p1')).toMatchObject({ ok: true });
    if (when.startsWith('after')) await sweep();
    waiting[0]?.(good);
    await keeping;
    await sweep();
    await filesOf(workerOf('b'), async () => good).keep();
    const all = (await everything()).split('\n').filter((row) => row.includes('p1') || row.includes('.png'));
    expect(all.join('\n')).not.toContain(SECRET);
    expect(await everything()).not.toContain(content.toString('hex'));
    expect(await told()).toEqual([]);
    expect((await pool.query('select from files')).rowCount).toBe(0);
    expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
  },
);

it('what is kept at the moment of agreeing is not left in the record: it is agreed again', async () => {
  await taken(shared('p1', 'portrait.png'));
  const erase = await ask('p1');
  const read = (await allEvents(pool, 1)).at(-1)?.version ?? 0;
  const left = [{ version: read - 1, body: '{}' }];
  await filesOf(workerOf('a'), async () => good).keep();
  renew();
  expect(await send({ do: 'erase', erase, read, left }, ben)).toMatchObject({ ok: false, code: 'changed' });
  expect(await agree(erase, ben, store, 'p1')).toMatchObject({ ok: true });
  await sweep();
  const all = await everything();
  for (const trace of ['portrait', sha256, content.toString('hex')]) expect(all).not.toContain(trace);
  expect(await verifyChain(pool, 1)).not.toHaveProperty('broken');
});

it('a late report of an erased entry is refused, and its words are not stored', async () => {
  await taken(shared('p1', 'portrait.png'));
  await agree(await ask('p1'), undefined, store, 'p1');
  await sweep();
  const body = { entry: 'p1', file: 'F9', name: 'portrait.png', says: 'It was portrait.png' };
  const bot = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };
  expect(await send({ do: 'record file failure', body }, bot)).toMatchObject({ ok: false, code: 'erased' });
  expect(await send({ do: 'record file failure', body })).toMatchObject({ ok: false, code: 'rights' });
  expect(await everything()).not.toContain('portrait.png');
});
