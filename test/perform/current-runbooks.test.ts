// A real folder, changed in the ways in which folders of runbooks are: written over, swapped as a ConfigMap's mount, broken, taken away.
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Changed, type CurrentRunbooks, openRunbooks } from '../../src/perform/current-runbooks.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { register } from '../support/pure-door.ts';

const text = (id: string, title = id) => `apiVersion: runbook/v1
id: ${id}
title: ${title}
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: now
    kind: check
    title: Is it small?
    uses: t.size
    with: { name: a }
    timeout: 5s
    verdict: [{ else: ok, says: Yes. }]
`;

let folder: string;
let open: CurrentRunbooks[];
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'current-'));
  open = [];
  said = [];
});
afterEach(async () => {
  for (const one of open) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(more: Partial<Parameters<typeof openRunbooks>[0]> = {}): Promise<CurrentRunbooks> {
  const log = {
    info: (_: object, message: string) => void said.push(message),
    warn: (_: object, message: string) => void said.push(message),
  };
  const one = await openRunbooks({
    folder,
    load: (files) => loadLibrary(files, register, '2026-02-01'),
    revisionsOf: async () => new Map(),
    log,
    pause: async () => undefined,
    ...more,
  });
  open.push(one);
  return one;
}
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const titles = (one: CurrentRunbooks) =>
  Object.fromEntries([...one.library().runbooks].map(([id, { runbook }]) => [id, runbook.title]));
const broken = (one: CurrentRunbooks) =>
  one.library().broken.map(({ file, keeps }) => [file.slice(folder.length + 1), keeps]);

describe('a look at the folder', () => {
  it('takes a file that was written over, a new one, and no more the one that is gone', async () => {
    write('a.yaml', text('a', 'First'));
    write('b.yaml', text('b'));
    const one = await opened();
    write('a.yaml', text('a', 'Second'));
    write('c.yaml', text('c'));
    rmSync(join(folder, 'b.yaml'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'Second', c: 'c' });
    expect(said).toContain('a runbook is not offered any more');
  });

  it('sees a text of the same length under the same time, as mounts with coarse times have it', async () => {
    write('a.yaml', text('a', 'First'));
    utimesSync(join(folder, 'a.yaml'), 1, 1);
    const one = await opened();
    write('next', text('a', 'Other'));
    utimesSync(join(folder, 'next'), 1, 1);
    renameSync(join(folder, 'next'), join(folder, 'a.yaml'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'Other' });
  });

  it("sees the swap of a ConfigMap's mount", async () => {
    const version = (name: string, title: string) => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'a.yaml'), text('a', title));
      symlinkSync(name, join(folder, '..data_tmp'));
      renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    };
    version('..2026_1', 'First');
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const one = await opened();
    expect(titles(one)).toEqual({ a: 'First' });
    version('..2026_2', 'Second');
    rmSync(join(folder, '..2026_1'), { recursive: true });
    await one.look();
    expect(titles(one)).toEqual({ a: 'Second' });
  });

  it('keeps the version before of a file that broke, says so, and takes the mended one', async () => {
    write('a.yaml', text('a', 'First'));
    write('b.yaml', text('b'));
    const one = await opened();
    write('a.yaml', text('a', 'Second').replace('kind: check', 'kind: chekc'));
    write('b.yaml', text('b', 'Also new'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'First', b: 'Also new' });
    expect(broken(one)).toEqual([['a.yaml', 'a']]);
    expect(said.join('\n')).toMatch(/a\.yaml:9:.*The version before of a stays offered\./);
    write('a.yaml', Buffer.from([0xff, 0xfe, 0]).toString('latin1'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'First', b: 'Also new' });
    write('a.yaml', text('a', 'Third'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'Third', b: 'Also new' });
    expect(broken(one)).toEqual([]);
  });

  it('does not keep what another file has taken the place of', async () => {
    write('a.yaml', text('a', 'First'));
    const one = await opened();
    write('a.yaml', 'nothing: here');
    write('b.yaml', text('a', 'Elsewhere'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'Elsewhere' });
    expect(broken(one)).toEqual([['a.yaml', undefined]]);
  });

  it('takes nothing away while the folder itself cannot be read, and says that once', async () => {
    write('a.yaml', text('a'));
    const one = await opened();
    const aside = `${folder}-aside`;
    renameSync(folder, aside);
    await one.look();
    await one.look();
    expect(titles(one)).toEqual({ a: 'a' });
    expect(said.filter((line) => line.includes('Cannot read the folder'))).toHaveLength(1);
    renameSync(aside, folder);
    write('a.yaml', text('a', 'Second'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'Second' });
  });

  it('does not take a file that is still being written', async () => {
    write('a.yaml', text('a', 'First'));
    const loaded: string[] = [];
    let pauses = 0;
    const one = await opened({
      load: (files) => {
        loaded.push(/title: (.*)/.exec(files[0]?.text ?? '')?.[1] ?? '');
        return loadLibrary(files, register, '2026-02-01');
      },
      pause: async () => {
        if (++pauses < 4) write('a.yaml', text('a', `Half ${pauses}`));
      },
    });
    write('a.yaml', text('a', 'Half 0'));
    await one.look();
    expect([pauses, loaded]).toEqual([4, ['First', 'Half 3']]);
    expect(titles(one)).toEqual({ a: 'Half 3' });
  });

  it('leaves a file that goes on changing to the next look', async () => {
    write('a.yaml', text('a', 'First'));
    let n = 0;
    let goesOn = true;
    const one = await opened({
      pause: async () => {
        if (goesOn) write('a.yaml', text('a', `Half ${++n}`));
      },
    });
    write('a.yaml', text('a', 'Half 0'));
    await one.look();
    expect(titles(one)).toEqual({ a: 'First' });
    goesOn = false;
    await one.look();
    expect(titles(one)).toEqual({ a: `Half ${n}` });
  });
});

describe('revisions', () => {
  it('are there when they are known, and nothing waits for them', async () => {
    write('a.yaml', text('a'));
    const slow = Promise.withResolvers<ReadonlyMap<string, string>>();
    const one = await opened({ revisionsOf: () => slow.promise });
    expect(one.library().runbooks.get('a')?.revision).toBeUndefined();
    slow.resolve(new Map([['a.yaml', '1a2b3c4']]));
    await one.revised;
    expect(one.library().runbooks.get('a')?.revision).toBe('1a2b3c4');
  });

  it('are asked anew of what changed only; a version that is kept keeps its own', async () => {
    write('a.yaml', text('a'));
    write('b.yaml', text('b'));
    let now = 'r1';
    const asked: (readonly string[])[] = [];
    const one = await opened({
      revisionsOf: async (_, names) => {
        asked.push(names);
        return new Map(names.map((name) => [name, now]));
      },
    });
    await one.revised;
    now = 'r2';
    write('a.yaml', 'broken: true');
    write('b.yaml', text('b', 'Second'));
    await one.look();
    expect(asked).toEqual([['a.yaml', 'b.yaml'], ['b.yaml']]);
    const { runbooks } = one.library();
    expect([runbooks.get('a')?.revision, runbooks.get('b')?.revision]).toEqual(['r1', 'r2']);
  });

  it('that are no failure when they cannot be asked', async () => {
    write('a.yaml', text('a'));
    const one = await opened({ revisionsOf: async () => Promise.reject(new Error('no')) });
    await one.revised;
    expect(titles(one)).toEqual({ a: 'a' });
  });
});

describe('watching', () => {
  it('tells what was found at the start, then each change once, and again what was not taken', async () => {
    write('a.yaml', text('a'));
    write('b.yaml', text('b'));
    const one = await opened();
    const heard: Record<string, string>[] = [];
    let refuse = 1;
    one.watch(5, async (changed: Changed) => {
      heard.push(Object.fromEntries(changed));
      if (heard.length > 1 && refuse-- > 0) throw new Error('the store is away');
    });
    await vi.waitFor(() => expect(heard).toEqual([{ a: 'found', b: 'found' }]));
    write('b.yaml', text('b', 'Second'));
    await vi.waitFor(() => expect(heard).toHaveLength(3));
    expect(heard.slice(1)).toEqual([{ b: 'seen' }, { b: 'seen' }]);
    write('c.yaml', text('c'));
    await vi.waitFor(() => expect(one.library().runbooks.has('c')).toBe(true));
    write('a.yaml', text('a', 'Second'));
    await vi.waitFor(() => expect(heard).toHaveLength(4));
    expect(heard[3]).toEqual({ a: 'seen' });
  });
});
