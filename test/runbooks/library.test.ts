import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatProblem, loadLibrary } from '../../src/runbooks/library.ts';
import { register } from '../support/register.ts';
import { check, header, swap, whole } from './marked.ts';

const today = '2026-12-01';
const named = (id: string, text: string) => ({
  file: `${id}.yaml`,
  text: swap(text, 'id: example', `id: ${id}`),
});
const load = (...files: { file: string; text: string }[]) => loadLibrary(files, register, today);
const nested = (runbook: string, more = '') => `  - id: other
    kind: run
    title: Another
    runbook: ${runbook}
    with: { workload: "\${{ params.workload }}"${more} }
`;

describe('loadLibrary', () => {
  it('loads each file with the hash of its text', () => {
    const file = named('a', whole);
    const library = load(file);
    expect(library.runbooks.get('a')).toMatchObject({
      file: 'a.yaml',
      hash: createHash('sha256').update(file.text).digest('hex'),
      problems: [],
      runbook: { id: 'a' },
    });
  });

  it('loads the others when one is broken, and says which', () => {
    const library = load(named('a', whole), named('b', swap(whole, 'undo: auto', 'undo: never')));
    expect([...library.runbooks.keys()]).toEqual(['a']);
    expect(library.broken).toMatchObject([
      { file: 'b.yaml', id: 'b', problems: [{ code: 'RB002', line: 40 }] },
    ]);
    expect(library.problems).toEqual(library.broken[0]?.problems);
  });

  it('takes the first of two files with one id', () => {
    const library = load(named('a', whole), { ...named('a', whole), file: 'z.yaml' });
    expect(library.runbooks.get('a')?.file).toBe('a.yaml');
    expect(library.problems.map(formatProblem)).toEqual([
      'z.yaml:2:1 RB006 The id a is taken by a.yaml. Rename one of them.',
    ]);
  });

  it('warns of an absent runbook with the nearest name, and of a broken one', () => {
    const library = load(
      named('dump-db', whole),
      named('a', header + check + nested('dump-bd')),
      named('b', header + check + nested('c')),
      named('c', swap(whole, 'undo: auto', 'undo: never')),
    );
    expect([...library.runbooks.keys()]).toEqual(['dump-db', 'a', 'b']);
    expect(library.problems.filter(({ code }) => code === 'RB007').map(formatProblem)).toEqual([
      'a.yaml:27:5 RB007 (warning) There is no runbook dump-bd. Did you mean dump-db?',
      'b.yaml:27:5 RB007 (warning) The runbook c is broken. Its own problems are listed with its file.',
    ]);
  });

  it('finds a parameter that the other runbook does not have', () => {
    const library = load(named('b', whole), named('a', header + check + nested('b', ', replica: 1')));
    expect(library.problems.map(formatProblem)).toEqual([
      'a.yaml:28:49 RB105 The runbook b has no parameter replica. Did you mean replicas?',
    ]);
  });

  it('finds a loop over two files in which nobody decides', () => {
    const library = load(named('a', header + check + nested('b')), named('b', header + check + nested('a')));
    expect(library.problems).toMatchObject([{ code: 'RB106', file: 'b.yaml', line: 27 }]);
    expect(library.problems[0]?.says).toContain('a/now -> a/other -> now -> other');
    expect([...library.runbooks.keys()]).toEqual(['a']);
  });

  it('lets a loop pass in which somebody decides, and one by a button', () => {
    const ask = '  - { id: go, kind: ask, title: Go on?, choices: [{ id: go_on, label: Go on }] }\n';
    const offer = swap(
      check,
      'says: All ready.',
      'says: All ready.\n        next: { run: c, with: { workload: a } }',
    );
    const library = load(
      named('a', header + check + ask + nested('b')),
      named('b', header + check + nested('a')),
      named('c', header + offer),
    );
    expect(library.problems).toEqual([]);
  });

  it('sees that a step for a person is no way out when its condition may skip it', () => {
    const ask =
      '  - { id: go, kind: ask, title: Go on?, when: params.replicas > 1, choices: [{ id: on, label: On }] }\n';
    const back = swap(check, 'id: now', 'id: again').replace(
      'says: All ready.',
      'says: All ready.\n        next: now',
    );
    const library = load(named('a', header + check + ask + back));
    expect(library.problems.map(({ code, line }) => `${code} ${line}`)).toEqual(['RB106 37']);
  });
});
