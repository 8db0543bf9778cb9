import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { project, type TestTerminal, testTerminal } from './terminal.ts';

let terminal: TestTerminal;
beforeEach(async () => {
  terminal = await testTerminal();
  for (const id of ['scale-utility-pod', 'dump-db'])
    await terminal.write(`runbooks/${id}.yaml`, await readFile(join(project, `runbooks/${id}.yaml`), 'utf8'));
});
afterEach(() => terminal.remove());

const docs = (...args: string[]) => terminal.run(['runbook', 'docs', ...args]);
const page = (name: string) => readFile(join(terminal.folder, 'runbooks', name), 'utf8');

describe('handrail runbook docs', () => {
  it('writes what is missing or stale, and nothing else', async () => {
    expect(await docs()).toMatchObject({ code: 0, out: ['wrote dump-db.md', 'wrote scale-utility-pod.md'] });
    expect(await page('dump-db.md')).toBe(await readFile(join(project, 'runbooks/dump-db.md'), 'utf8'));
    expect(await docs()).toEqual({ code: 0, out: [], err: ['Every page is as it should be.'] });
    const file = join('runbooks', 'scale-utility-pod.yaml');
    const text = await readFile(join(terminal.folder, file), 'utf8');
    await terminal.write(file, text.replace('title: What runs now?', 'title: What runs there?'));
    expect(await docs()).toMatchObject({ code: 0, out: ['wrote scale-utility-pod.md'] });
    expect(await page('scale-utility-pod.md')).toContain('### 1. What runs there?');
  });

  it('--check says which pages are stale and what to run, ends with 1, and writes nothing', async () => {
    await docs();
    await terminal.write('runbooks/dump-db.md', '# Something else\n');
    expect(await docs('--check')).toMatchObject({
      code: 1,
      out: ['dump-db.md is not what its runbook says: run handrail runbook docs'],
    });
    expect(await page('dump-db.md')).toBe('# Something else\n');
  });

  it('names a page whose runbook is gone, and leaves other pages alone', async () => {
    await docs();
    await terminal.write('runbooks/README.md', '# Ours\n');
    await terminal.write('runbooks/old.md', await page('dump-db.md'));
    const { code, out } = await docs('--check');
    expect(code).toBe(1);
    expect(out).toHaveLength(1);
    expect(out[0]).toContain('old.md');
  });

  it('keeps the page of a runbook that is broken now, and ends with 1', async () => {
    await docs();
    await terminal.write('runbooks/dump-db.yaml', 'id: dump-db\n');
    const { code, out, err } = await docs();
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err.join('\n')).toContain('runbooks/dump-db.yaml:1:1 RB002');
  });
});
