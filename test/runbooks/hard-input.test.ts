// Files that are no runbooks, or too much of one: refused with a place and a remedy, in bounded time and memory.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longRunbook } from '../../bench/long-runbook.ts';
import { register as actions } from '../../src/actions/index.ts';
import { readRunbookFolder, runbookText } from '../../src/config/runbook-folder.ts';
import { formatProblem, loadLibrary } from '../../src/runbooks/library.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { register } from '../support/register.ts';
import { swap, whole } from './marked.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hard-input-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What `handrail runbook lint` would say first of a file of these bytes. */
async function firstProblem(bytes: Uint8Array | string): Promise<string> {
  await writeFile(join(folder, 'a.yaml'), bytes);
  const { files, problems } = await readRunbookFolder(folder);
  const all = [...problems, ...loadLibrary(files, register, '').problems];
  return all[0] === undefined ? 'none' : formatProblem(all[0]).replace(`${folder}/`, '');
}

const latin1 = Buffer.from(swap(whole, 'An example', 'Ein Böses'), 'latin1');
const utf16 = Buffer.from(whole, 'utf16le');

describe('a file in another encoding', () => {
  it.each([
    ['latin-1', latin1, 'a.yaml:3:13 RB004 The file is not UTF-8 text. Save it as UTF-8.'],
    [
      'UTF-16 with its mark',
      Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]),
      'a.yaml:1:1 RB004 The file is UTF-16 text. Save it as UTF-8.',
    ],
    [
      'UTF-16, the other way round',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]),
      'a.yaml:1:1 RB004 The file is UTF-16 text. Save it as UTF-8.',
    ],
    [
      'UTF-16 without its mark',
      utf16,
      'a.yaml:1:2 RB004 A character that text does not have (U+0000). Save the file as UTF-8.',
    ],
    [
      'a program',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]),
      'a.yaml:1:1 RB004 A character that text does not have (U+007f). Save the file as UTF-8.',
    ],
    [
      'half a character at the end',
      Buffer.concat([Buffer.from(whole), Buffer.from([0xc3])]),
      /^a\.yaml:\d+:1 RB004 The file is not UTF-8 text\./,
    ],
  ])('%s is refused', async (_what, bytes, says) => {
    const found = await firstProblem(bytes);
    if (typeof says === 'string') expect(found).toBe(says);
    else expect(found).toMatch(says);
  });

  it('UTF-8 with its mark and with Windows line ends is taken', async () => {
    expect(await firstProblem(`\ufeff${whole.replaceAll('\n', '\r\n')}`)).toBe('none');
  });

  it('any bytes are text or a problem at a place', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const read = runbookText(bytes, 'a.yaml');
        if ('text' in read) expect(Buffer.from(read.text).length).toBeLessThanOrEqual(bytes.length);
        else expect([read.problem.line, read.problem.column].every((one) => one >= 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from('bcdefghi')
  .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}]`)
  .join('\n')}\n`;

describe('too much or too clever', () => {
  it.each([
    ['an alias bomb', bomb, /RB003 &a is an anchor: not allowed in a runbook\. Write the text out/],
    ['an anchor in a runbook', swap(whole, 'title: An', 'title: &t An'), /:3:8 RB003 &t is an anchor/],
    ['a merge', swap(whole, 'summary:', '<<: *base\nsummary:'), /:4:5 RB003 \*base is an alias/],
    [
      'a key twice',
      swap(whole, 'owner:', 'title: Again\nowner:'),
      /:5:1 RB005 title is written twice here\. Keep one of them\./,
    ],
    [
      'a key twice in a step',
      swap(whole, '    timeout: 10s', '    timeout: 10s\n    timeout: 20s'),
      /RB005 timeout is written twice here/,
    ],
    [
      'more than 1 MB',
      `${whole}#${'x'.repeat(1_000_000)}`,
      /RB003 The file has \d+ bytes; a runbook has at most 1000000\. Split it\./,
    ],
    ['1 MB of words', 'word '.repeat(199_000), /RB002 This is not a runbook: it has no fields\./],
    [
      '1 MB of keys',
      Array.from({ length: 90_000 }, (_, at) => `k${at}: 1`).join('\n'),
      /RB003 More than 60000 words and marks/,
    ],
    ['a nest', '['.repeat(500_000), /RB003 Nested too deeply/],
    [
      'a tag',
      swap(whole, 'title: An example', 'title: !!js/function "x"'),
      /RB003 YAML reads !!js\/function as a tag/,
    ],
    ['two documents', `${whole}---\n${whole}`, /RB001 .*[Rr]emove the line with ---/],
  ])('%s is refused clearly', async (_what, text, says) => {
    expect(await firstProblem(text)).toMatch(says);
  });

  it('a file that nobody reads to its end is not read at all', async () => {
    expect(await firstProblem(Buffer.alloc(8_000_001, 'a'))).toMatch(/RB004 The file has 8000001 bytes\./);
  });

  it('2,000 lines load, each step with the types of its own place', () => {
    const text = longRunbook(2000);
    expect(text.split('\n').length).toBeGreaterThan(2000);
    const { runbook, problems } = parseRunbook(text, 'long.yaml', actions);
    expect(problems).toEqual([]);
    expect(runbook?.steps.length).toBeGreaterThan(50);
    const wrong = text.replace('steps.members_3.verdict in', 'steps.members_3.verdit in');
    expect(parseRunbook(wrong, 'long.yaml', actions).problems.map(formatProblem)).toEqual([
      expect.stringMatching(/^long\.yaml:\d+:\d+ RB117 .*verdit.*Did you mean verdict\?$/),
    ]);
  });
});

/** Loads texts in a process that may use 200 MB and no more. Gives its exit code, and what it printed. */
async function within200Megabytes(
  texts: readonly string[],
): Promise<{ code: number | null; printed: string }> {
  const file = join(folder, 'texts.json');
  await writeFile(file, JSON.stringify(texts));
  const at = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);
  const program = `
    import { readFileSync } from 'node:fs';
    import { register } from ${at('src/actions/index.ts')};
    import { loadLibrary } from ${at('src/runbooks/library.ts')};
    let problems = 0;
    for (const [index, text] of JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8')).entries()) {
      const library = loadLibrary([{ file: 'a.yaml', text }], register, '2026-12-01');
      if (library.runbooks.size + library.broken.length !== 1) throw new Error('lost ' + index);
      problems += library.problems.length;
    }
    console.log('problems', problems);`;
  const child = spawn(process.execPath, [
    '--max-old-space-size=200',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '--eval',
    program,
  ]);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, printed };
}

describe('no input takes more than 200 MB', () => {
  const million = 990_000;
  const marks = [
    '{',
    '[',
    '- ',
    '? ',
    ': ',
    ',',
    '"',
    "'",
    '|\n',
    '>\n',
    '#',
    '&a ',
    '*a ',
    '!t ',
    '${{',
    '}}',
    '\n',
    '  ',
  ];

  it('not a million of one mark', async () => {
    const { code, printed } = await within200Megabytes([
      ...marks.map((mark) => mark.repeat(Math.floor(million / mark.length))),
      ...marks.map((mark) => `${whole}  - why: ${mark.repeat(Math.floor(400_000 / mark.length))}`),
    ]);
    expect(printed).toMatch(/^problems \d+\n$/);
    expect(code).toBe(0);
  });

  it('not as much of everything as the limits let through', async () => {
    const step = whole.slice(whole.indexOf('  - id: now'), whole.indexOf('  - id: scale'));
    const many = (count: number, from = step) =>
      `${whole}${Array.from({ length: count }, (_, at) => from.replace('id: now', `id: now_${at}`)).join('')}`;
    const rule = '      - { if: out.ready < out.desired, is: bad, says: Bad. }\n';
    const { code, printed } = await within200Megabytes([
      many(490),
      many(2000),
      many(490, step.replace('All ready.', `All ${'${{ out.ready }} '.repeat(40)}`)),
      many(100, step.replace('    verdict:\n', `    verdict:\n${rule.repeat(49)}`)),
      many(
        490,
        step.replace('out.ready < out.desired', `${'(out.ready < 1 || '.repeat(90)}true${')'.repeat(90)}`),
      ),
      `${whole}  - why: |\n${'      word word\n'.repeat(60_000)}`,
      Array.from({ length: 14_000 }, (_, at) => `k${at}: 1`).join('\n'),
      longRunbook(8000),
    ]);
    expect(printed).toMatch(/^problems \d+\n$/);
    expect(code).toBe(0);
  });

  it('nor anything that chance puts together', async () => {
    const [seed = 0] = fc.sample(fc.integer(), 1);
    const piece = fc.oneof(
      fc.constantFrom(...marks, ...whole.split('\n').map((line) => `${line}\n`)),
      fc.string(),
    );
    const text = fc
      .array(fc.tuple(piece, fc.integer({ min: 1, max: 3000 })), { minLength: 1, maxLength: 12 })
      .map((parts) =>
        parts
          .map(([part, times]) => part.repeat(times))
          .join('')
          .slice(0, 500_000),
      );
    const { code, printed } = await within200Megabytes(fc.sample(text, { numRuns: 60, seed }));
    expect(printed, `seed ${seed}`).toMatch(/^problems \d+\n$/);
    expect(code, `seed ${seed}`).toBe(0);
  });
});
