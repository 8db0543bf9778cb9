import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { formatProblem } from '../../src/runbooks/problem.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runbooks-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('readRunbookFolder', () => {
  it('reads the YAML files of the folder itself, by name', async () => {
    await mkdir(join(folder, 'tests'));
    for (const name of ['b.yaml', 'a.yml', 'c.md', '.hidden.yaml', 'tests/d.yaml']) {
      await writeFile(join(folder, name), name);
    }
    expect(await readRunbookFolder(folder)).toEqual({
      files: [
        { file: join(folder, 'a.yml'), text: 'a.yml' },
        { file: join(folder, 'b.yaml'), text: 'b.yaml' },
      ],
      problems: [],
    });
  });

  it('says which file is not UTF-8, and reads the others', async () => {
    await writeFile(join(folder, 'a.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
    await writeFile(join(folder, 'b.yaml'), Buffer.from('a: 1', 'utf16le'));
    await writeFile(join(folder, 'c.yaml'), 'a: é');
    await mkdir(join(folder, 'd.yaml'));
    const { files, problems } = await readRunbookFolder(folder);
    expect(files.map(({ text }) => text)).toEqual([Buffer.from('a: 1', 'utf16le').toString('utf8'), 'a: é']);
    expect(problems.map(formatProblem)).toEqual([
      `${join(folder, 'a.yaml')}:1:4 RB004 The file is not UTF-8 text. Save it as UTF-8.`,
      `${join(folder, 'd.yaml')}:1:1 RB004 The file cannot be read: it is a folder. Check its rights.`,
    ]);
  });

  it('says that the folder is not there', async () => {
    const { files, problems } = await readRunbookFolder(join(folder, 'none'));
    expect(files).toEqual([]);
    expect(problems).toMatchObject([{ code: 'RB004', says: 'Cannot read the folder: it is not there.' }]);
  });
});
