import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/runbooks/yaml.ts';

const problems = (text: string) =>
  readYaml(text, 'a.yaml').problems.map(({ line, column, code }) => `${line}:${column} ${code}`);

describe('readYaml', () => {
  it('reads values and their places', () => {
    const { value, places } = readYaml('a: 1\nb:\n  - c: "x"\n    d: 2026-11-20\n', 'a.yaml');
    expect(value).toEqual({ a: 1, b: [{ c: 'x', d: '2026-11-20' }] });
    expect(places.value(['b', 0, 'd'])).toEqual({ line: 4, column: 8 });
    expect(places.key(['b', 0, 'c'])).toEqual({ line: 3, column: 5 });
    expect(places.value(['b', 0, 'missing'])).toEqual({ line: 3, column: 5 });
  });

  it('tells to quote a condition that begins with an exclamation mark', () => {
    const { problems, value } = readYaml('if: !out.connected && x # why\n', 'a.yaml');
    expect(problems).toMatchObject([{ code: 'RB003', line: 1, column: 5 }]);
    expect(problems[0]?.remedy).toBe('Put quotes around it: "!out.connected && x"');
    expect(value).toEqual({ if: '!out.connected && x' });
  });

  it.each([
    ['an alias', 'a: &x 1\nb: *x\n', ['1:4 RB003', '2:4 RB003']],
    ['a merge of an alias', 'b:\n  <<: *x\n', ['2:7 RB003']],
    ['a doubled key', 'a: 1\nb: 2\na: 3\n', ['3:1 RB005']],
    ['two documents', 'a: 1\n---\nb: 2\n', ['2:1 RB001']],
    ['a key that is no word', '? [a]\n: b\n', ['1:3 RB001']],
    ['a directive', '%YAML 1.1\n---\na: 1\n', ['1:1 RB003']],
    ['a mark of a wrong decoding', 'a: caf\ufffd\n', ['1:7 RB004']],
    ['a control character', 'a: 1\nb: \u0007\n', ['2:4 RB004']],
    ['half a character', 'a: \ud800\n', ['1:1 RB004']],
    ['nothing', '# only words\n', ['1:1 RB001']],
    ['a tab', 'a:\n\tb: 1\n', ['2:1 RB001']],
    ['prototype', '__proto__: { a: 1 }\n', ['1:1 RB003']],
  ])('refuses %s', (_what, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('takes windows line ends and a byte order mark', () => {
    expect(readYaml('\ufeffa: 1\r\nb: x\r\n', 'a.yaml')).toMatchObject({
      value: { a: 1, b: 'x' },
      problems: [],
    });
  });
});
