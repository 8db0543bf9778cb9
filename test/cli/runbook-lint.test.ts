import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { project, type TestTerminal, testTerminal } from './terminal.ts';

let terminal: TestTerminal;
let shipped: string;
let dump: string;
beforeEach(async () => {
  terminal = await testTerminal();
  shipped = await readFile(join(project, 'runbooks/scale-utility-pod.yaml'), 'utf8');
  dump = await readFile(join(project, 'runbooks/dump-db.yaml'), 'utf8');
});
afterEach(() => terminal.remove());

const misspelt = (text: string) => text.replace('uses: k8s.scale', 'uses: k8s.scal');
const lint = (...args: string[]) => terminal.run(['runbook', 'lint', ...args]);

describe('handrail runbook lint', () => {
  it('says nothing on standard output when all is well', async () => {
    await terminal.write('runbooks/scale-utility-pod.yaml', shipped);
    expect(await lint()).toEqual({ code: 0, out: [], err: ['1 file: no problems.'] });
  });

  it('lists every problem of every file as file:line:column, with the nearest name, and ends with 1', async () => {
    await terminal.write('runbooks/b.yaml', misspelt(shipped).replace('is: warn', 'is: wrn'));
    await terminal.write('runbooks/a.yaml', 'id: [\n');
    const { code, out, err } = await lint();
    expect(code).toBe(1);
    expect(out.map((line) => line.slice(0, 40))).toEqual([
      expect.stringMatching(/^runbooks\/a\.yaml:2:1 RB001 /),
      expect.stringMatching(/^runbooks\/b\.yaml:27:13 RB002 /),
      expect.stringMatching(/^runbooks\/b\.yaml:36:11 RB101 /),
    ]);
    expect(out[2]).toContain('There is no action k8s.scal. Did you mean k8s.scale?');
    expect(err).toEqual(['2 files: 3 problems.']);
  });

  it('tells warnings from problems and ends well with warnings alone', async () => {
    await terminal.write('runbooks/a.yaml', shipped.replace('reviewed: 2026-11-20', 'reviewed: 2020-01-02'));
    const { code, out, err } = await lint();
    expect(code).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/^runbooks\/a\.yaml:7:11 RB113 \(warning\) Last reviewed 2020-01-02/),
    ]);
    expect(err).toEqual(['1 file: 1 warning.']);
  });

  it('looks at the named ones only, by file or id, and knows the others', async () => {
    await terminal.write('runbooks/good.yaml', shipped.replace('id: scale-utility-pod', 'id: good'));
    await terminal.write('runbooks/bad.yaml', misspelt(shipped).replace('id: scale-utility-pod', 'id: bad'));
    await terminal.write(
      'runbooks/asks.yaml',
      `${shipped.replace('id: scale-utility-pod', 'id: asks')}
  - { id: other, kind: run, title: Another, runbook: bad }
  - { id: more, kind: run, title: Another, runbook: god }
`,
    );
    expect(await lint('good')).toMatchObject({ code: 0, out: [] });
    expect(await lint('runbooks/bad.yaml')).toMatchObject({
      code: 1,
      out: [expect.stringContaining('RB101')],
    });
    expect((await lint('asks')).out).toEqual([
      expect.stringMatching(/RB007 \(warning\) The runbook bad is broken/),
      expect.stringMatching(/RB007 \(warning\) There is no runbook god\. Did you mean good\?/),
    ]);
  });

  it('takes a folder, and a file of another folder with those around it', async () => {
    await terminal.write('runbooks/x.yaml', shipped);
    await terminal.write('drafts/one.yaml', shipped.replace('id: scale-utility-pod', 'id: one'));
    await terminal.write(
      'drafts/two.yaml',
      `${shipped.replace('id: scale-utility-pod', 'id: two')}
  - { id: other, kind: run, title: Another, runbook: one }
`,
    );
    expect(await lint('drafts')).toMatchObject({ code: 0, out: [], err: ['2 files: no problems.'] });
    expect(await lint('drafts/two.yaml')).toMatchObject({ code: 0, out: [], err: ['1 file: no problems.'] });
  });

  it('reads standard input in place of the file with its id', async () => {
    await terminal.write('runbooks/scale-utility-pod.yaml', shipped);
    const { code, out } = await terminal.run(['runbook', 'lint', '-'], misspelt(shipped));
    expect(code).toBe(1);
    expect(out).toEqual([expect.stringMatching(/^<stdin>:36:11 RB101 /)]);
    expect(await terminal.run(['runbook', 'lint', '-'], shipped)).toMatchObject({ code: 0, out: [] });
    expect(await terminal.run(['runbook', 'lint', '-'], new Uint8Array([0xff, 0xfe, 97, 0]))).toMatchObject({
      code: 1,
      out: [expect.stringContaining('<stdin>:1:1 RB004 The file is UTF-16 text. Save it as UTF-8.')],
    });
  });

  it('refuses a name that is nothing with the nearest one, and an absent folder, with 2', async () => {
    await terminal.write('runbooks/dump-db.yaml', dump);
    expect(await lint('dump-bd')).toEqual({
      code: 2,
      out: [],
      err: ['dump-bd is no file, and runbooks has no runbook of that name. Did you mean dump-db?'],
    });
    await terminal.write('handrail.yaml', 'runbooks: { folder: nowhere }\n');
    const { code, err } = await lint();
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('Cannot read the folder');
  });

  it('gives the same as JSON', async () => {
    await terminal.write('runbooks/a.yaml', misspelt(shipped));
    const { code, out, err } = await lint('--json');
    expect({ code, err }).toEqual({ code: 1, err: [] });
    expect(JSON.parse(out[0] ?? '')).toEqual({
      files: 1,
      errors: 1,
      warnings: 0,
      problems: [
        {
          code: 'RB101',
          level: 'error',
          file: 'runbooks/a.yaml',
          line: 36,
          column: 11,
          says: 'There is no action k8s.scal.',
          remedy: 'Did you mean k8s.scale?',
        },
      ],
    });
  });

  it('asks for a second person in the groups of handrail.yaml, and only where there is one', async () => {
    await terminal.write('runbooks/dump-db.yaml', dump);
    expect(await lint()).toMatchObject({ code: 0, out: [] });
    await terminal.write(
      'handrail.yaml',
      'people:\n  ana: { name: Ana, slack: U0EXAMPLE01 }\naccess:\n  groups: { database-access: [ana] }\n',
    );
    const { code, out } = await lint();
    expect(code).toBe(0);
    expect(out).toEqual([
      expect.stringMatching(/RB111 \(warning\) dump needs two people, and database-access has one person\./),
    ]);
  });

  it('goes on with a broken handrail.yaml, and says so', async () => {
    await terminal.write('runbooks/a.yaml', shipped);
    await terminal.write('handrail.yaml', 'people: [\n');
    const { code, out, err } = await lint();
    expect({ code, out }).toEqual({ code: 0, out: [] });
    expect(err.join('\n')).toMatch(/handrail\.yaml:\d+:\d+ [^]*Going on without it[^]*1 file: no problems\./);
  });
});
