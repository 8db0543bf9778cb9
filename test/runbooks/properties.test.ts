import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExpression, scopeTypes } from '../../src/runbooks/expressions.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { splitTemplate } from '../../src/runbooks/template.ts';
import { register } from '../support/register.ts';
import { whole } from './marked.ts';

/** Ends by itself, gives places inside the file, and never both a runbook and an error. */
function survives(text: string): void {
  const { runbook, problems } = parseRunbook(text, 'any.yaml', register, '2026-12-01');
  const lines = text.split('\n').length;
  for (const { line, column, code, says } of problems) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(code).toMatch(/^RB\d{3}$/);
    expect(says).not.toBe('');
  }
  expect(runbook === undefined).toBe(problems.some(({ level }) => level === 'error'));
}

const lines = whole.split('\n');
const pieces = [
  '${{',
  '}}',
  '"',
  "'",
  '!',
  '&',
  '*',
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '? ',
  '|',
  '>',
  '#',
  '\t',
  '\n',
  '%',
];
const words = [
  'steps',
  'out',
  'params',
  'null',
  'constructor',
  '__proto__',
  'now',
  'else',
  '.?',
  '1e999',
  '0x',
  '~',
];

describe('no input makes the loader throw or hang', () => {
  it('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), survives), { numRuns: 500 });
  });

  it('marks and words of YAML and CEL in any order', () => {
    const soup = fc
      .array(fc.constantFrom(...pieces, ...words), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(fc.property(soup, survives), { numRuns: 500 });
  });

  it('a runbook with something put into it, cut out or doubled', () => {
    const change = fc.record({
      at: fc.nat(whole.length),
      cut: fc.nat(40),
      put: fc.oneof(fc.constantFrom(...pieces, ...words, ...lines), fc.string({ maxLength: 8 })),
    });
    const changed = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) =>
        changes.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), whole),
      );
    fc.assert(fc.property(changed, survives), { numRuns: 1000 });
  });

  it('a runbook with lines in another order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(lines, { minLength: 5 }), (some) => survives(some.join('\n'))),
      { numRuns: 300 },
    );
  });

  it('any value as JSON, which is YAML too', () => {
    const step = fc.dictionary(
      fc.constantFrom('id', 'kind', 'uses', 'with', 'verdict', 'next', 'leaves'),
      fc.jsonValue(),
    );
    const file = fc.dictionary(
      fc.constantFrom('id', 'params', 'steps', 'docs'),
      fc.oneof(fc.jsonValue(), fc.array(step)),
    );
    fc.assert(
      fc.property(file, (value) => survives(JSON.stringify(value))),
      { numRuns: 200 },
    );
  });

  it('any expression, and any template', () => {
    const { runbook } = parseRunbook(whole, 'example.yaml', register);
    if (runbook === undefined) throw new Error('the example does not load');
    const types = scopeTypes(runbook, 1, register, { own: true });
    const marks = [
      '(',
      ')',
      '[',
      ']',
      '.',
      '.?',
      ' + ',
      ' && ',
      '?',
      ':',
      '"',
      'map(x, ',
      'has(',
      '1',
      'steps',
      'now',
    ];
    const soup = fc
      .array(fc.constantFrom(...marks, ...words), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (source) => {
        const result = checkExpression(source, types);
        if ('problems' in result) expect(result.problems.length).toBeGreaterThan(0);
        const { parts } = splitTemplate(source);
        expect(parts.length).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 1000 },
    );
  });

  const million = 990_000;
  it.each<[string, string]>([
    ['brackets', '['.repeat(million)],
    ['braces', '{a: '.repeat(million / 4)],
    ['dashes', '- '.repeat(million / 2)],
    ['a staircase', Array.from({ length: 1400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['commas', `[${','.repeat(million)}`],
    ['quotes', '" '.repeat(million / 2)],
    ['questions', '?\n'.repeat(million / 2)],
    ['keys', Array.from({ length: 100_000 }, (_, index) => `k${index}:`).join('\n')],
    ['the same key', 'a: 1\n'.repeat(10_000)],
    ['documents', '---\n'.repeat(million / 4)],
    ['anchors', '&a '.repeat(million / 3)],
    ['tags', '!a '.repeat(million / 3)],
    ['an alias bomb', `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`],
    ['one long word', 'a'.repeat(million)],
    ['too much', 'a'.repeat(1_000_001)],
    ['many steps', `steps:\n${'  - {}\n'.repeat(10_000)}`],
    ['a step of many rules', `steps: [{ kind: check, verdict: [${'{},'.repeat(9000)}] }]`],
    ['a long expression', whole.replace('out.ready < out.desired', `${'('.repeat(900)}1`)],
  ])('a file of %s', (_name, text) => {
    survives(text);
    const { length } = parseRunbook(text, 'bomb.yaml', register).problems;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThanOrEqual(201);
  });

  it('any set of files', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const file = fc.tuple(ids, ids, fc.constantFrom('run', 'check')).map(([id, other, kind]) => ({
      file: `${id}.yaml`,
      text: whole
        .replace('id: example', `id: ${id}`)
        .replace('steps:', `steps:\n  - { id: first, kind: ${kind}, title: x, runbook: ${other} }`),
    }));
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), (files) => {
        const { runbooks, broken } = loadLibrary(files, register, '2026-12-01');
        expect(runbooks.size + broken.length).toBe(files.length);
      }),
      { numRuns: 200 },
    );
  });
});
