import { describe, expect, it } from 'vitest';
import { NO_ACCESS } from '../../src/catalog/access.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { formatProblem } from '../../src/runbooks/problem.ts';
import { register } from '../support/register.ts';
import { act, check, header, placed, swap, unmarked, whole } from './marked.ts';

/**
 * Code, what is broken, the part of the whole example, what stands there instead (with the mark), words; for a part
 * that is taken away, the text that the problem is put before.
 */
const broken: [code: string, what: string, part: string, instead: string, says: string, before?: string][] = [
  ['RB001', 'YAML that cannot be read', 'title: An example', 'title: ¦An example: here', 'quotes'],
  ['RB002', 'a misspelt key', 'summary:', '¦sumary:', 'Did you mean summary?'],
  [
    'RB002',
    'a missing field',
    '  - id: now\n    kind: check\n    title: What runs now?',
    '  - ¦id: now\n    kind: check',
    'title is missing',
  ],
  ['RB002', 'a misspelt key of a step', '    timeout: 10s', '    ¦timout: 10s', 'Did you mean timeout?'],
  ['RB002', 'a misspelt kind', 'kind: check', 'kind: ¦chek', 'Did you mean check?'],
  ['RB002', 'a wrong verdict', 'is: bad', 'is: ¦baad', 'Did you mean bad?'],
  ['RB002', 'a wrong duration', 'timeout: 10s', 'timeout: ¦soon', 'length of time'],
  ['RB002', 'an act without undo', '    undo: auto\n', '', 'undo is missing', 'id: scale'],
  ['RB002', 'a wrong union member', 'undo: auto', 'undo: { ¦non: because }', 'Did you mean none?'],
  ['RB002', 'a default that does not fit', 'default: 1', 'default: ¦many', 'whole number'],
  ['RB002', 'type without phrase', 'confirm: { level: click }', '¦confirm: { level: type }', 'phrase'],
  [
    'RB002',
    'a target proposed by an action that names none',
    'timeout: 10s',
    'timeout: 10s\n    ¦proposes_target: true',
    'k8s.replicas names no target',
  ],
  ['RB003', 'an anchor', 'title: An example', 'title: ¦&a An example', 'anchor'],
  ['RB003', 'an alias', 'title: An example', 'title: ¦*a', 'alias'],
  ['RB003', 'a tag', 'if: out.ready < out.desired', 'if: ¦!out.ready', '"!out.ready"'],
  ['RB005', 'a key twice', 'summary: For a test.', 'summary: For a test.\n¦summary: Again.', 'twice'],
  ['RB006', 'a step twice', 'id: scale', 'id: ¦now', 'two steps now'],
  [
    'RB101',
    'an unknown action',
    'uses: k8s.replicas\n    with',
    'uses: ¦k8s.replica\n    with',
    'Did you mean k8s.replicas?',
  ],
  [
    'RB102',
    'an unknown argument',
    '    with: { workload:',
    '    with: { ¦worklod:',
    'Did you mean workload?',
  ],
  [
    'RB102',
    'a missing argument',
    '      replicas: "${{ params.replicas }}"\n',
    '',
    'needs the argument replicas',
    'with:\n      workload',
  ],
  [
    'RB102',
    'a value that the action refuses',
    'replicas: "${{ params.replicas }}"',
    'replicas: ¦-1',
    'does not take -1',
  ],
  [
    'RB102',
    'evidence that the action does not give',
    '    undo: auto',
    '    capture: { keep: [¦replica] }\n    undo: auto',
    'Did you mean replicas?',
  ],
  ['RB103', 'an absent step', 'steps.now.out.desired', 'steps.¦nwo.out.desired', 'Did you mean now?'],
  ['RB104', 'a later step', 'What runs now?', 'Runs ${{ steps.¦scale.out.replicas }}', 'comes later'],
  [
    'RB105',
    'an undeclared parameter',
    'Scale ${{ params.workload }}',
    'Scale ${{ params.¦workloads }}',
    'Did you mean workload?',
  ],
  [
    'RB106',
    'next without target',
    'says: All ready.',
    'says: All ready.\n        next: ¦scael',
    'Did you mean scale?',
  ],
  [
    'RB106',
    'a loop with no person in it',
    'says: All ready.',
    'says: All ready.\n        ¦next: now',
    'now -> now',
  ],
  [
    'RB107',
    'a verdict without else',
    '      - else: ok\n        says: All ready.\n',
    '',
    'no else',
    'verdict:',
  ],
  [
    'RB107',
    'a rule after else',
    '      - else: ok\n        says: All ready.\n',
    '      - ¦else: ok\n        says: All ready.\n      - else: warn\n        says: Never read.\n',
    'never read',
  ],
  [
    'RB108',
    'a check that changes',
    'uses: k8s.replicas\n    with: { workload: "${{ params.workload }}" }',
    'uses: ¦k8s.delete-file\n    with: { pod: a, path: b }',
    'may only read',
  ],
  ['RB108', 'an act that changes nothing', 'uses: k8s.scale', 'uses: ¦k8s.replicas', 'changes nothing'],
  [
    'RB109',
    'temporary without probe',
    act.slice(act.indexOf('      probe:')),
    '',
    'no probe',
    'leaves:\n      temporary',
  ],
  [
    'RB112',
    'a sensitive value in a text',
    'uses: k8s.replicas\n    with: { workload: "${{ params.workload }}" }\n    timeout: 10s\n    verdict:\n      - if: out.ready < out.desired\n        is: bad\n        says: ${{ out.ready }} of ${{ out.desired }} ready.',
    'uses: k8s.logs\n    with: { lines: 3 }\n    timeout: 10s\n    verdict:\n      - if: found(out.text, "x")\n        is: bad\n        says: ${{ ¦out.text }}',
    'personal data',
  ],
  [
    'RB112',
    'a sensitive value for the next runbook',
    'uses: k8s.replicas\n    with: { workload: "${{ params.workload }}" }\n    timeout: 10s\n    verdict:\n      - if: out.ready < out.desired\n        is: bad\n        says: ${{ out.ready }} of ${{ out.desired }} ready.',
    'uses: k8s.logs\n    with: { lines: 3 }\n    timeout: 10s\n    verdict:\n      - if: found(out.text, "x")\n        is: bad\n        says: It says x.\n        next: { run: other, with: { list: [1, "it says: ${{ ¦out.text }}"] } }',
    'start of the next run',
  ],
  ['RB115', 'matches()', 'if: out.ready < out.desired', `if: '¦"x".matches("(a+)+$")'`, 'found(text'],
  [
    'RB115',
    'a pattern that needs more than linear time',
    'if: out.ready < out.desired',
    'if: found("x", ¦"(?=a)")',
    'cannot be used',
  ],
  [
    'RB115',
    'a pattern that is not written out',
    'if: out.ready < out.desired',
    'if: found("x", ¦params.workload)',
    'written out',
  ],
  ['RB115', "a parameter's pattern", 'label: Note }', 'label: Note, pattern: ¦"\\\\1" }', 'cannot be used'],
  [
    'RB116',
    'an act without lock',
    '    locks: ["x/${{ params.workload }}"]\n',
    '',
    'without a lock',
    'id: scale',
  ],
  ['RB117', 'a condition that is a number', 'if: out.ready < out.desired', 'if: ¦out.ready', 'true or false'],
  ['RB117', 'two types', 'if: out.ready < out.desired', 'if: ¦out.ready < "x"', 'int < string'],
  ['RB117', 'an unknown output', 'out.ready }} of', 'out.¦redy }} of', 'Did you mean ready?'],
  [
    'RB117',
    'an output that may be missing',
    'says: All ready.',
    'says: By ${{ out.¦managed_by }}.',
    '.?managed_by',
  ],
  ['RB117', 'a place that is not closed', 'says: All ready.', 'says: All ¦${{ out.ready }', 'not closed'],
  [
    'RB117',
    'a wrong argument',
    'replicas: "${{ params.replicas }}"',
    'replicas: ¦"${{ params.workload }}"',
    'needs a whole number',
  ],
  [
    'RB117',
    'a missing value for an argument',
    'with: { workload: "${{ params.workload }}" }\n    timeout',
    'with: { workload: ¦"${{ params.?note }}" }\n    timeout',
    '.orValue',
  ],
  ['RB117', 'syntax', 'if: out.ready < out.desired', 'if: out.ready <¦', 'Unexpected token'],
  ['RB117', 'an unknown name', 'if: out.ready < out.desired', 'if: ¦workload == "a"', 'params.workload'],
  ['RB117', '${{ }} in a condition', 'if: out.ready < out.desired', 'if: ¦"${{ out.ready > 1 }}"', 'Remove'],
  [
    'RB118',
    'verify that reads the output',
    'until: out.ready == params.replicas',
    'until: out.ready == steps.scale.¦out.replicas',
    'steps.scale.plan',
  ],
  [
    'RB118',
    'verify whose arguments read the output',
    'uses: k8s.replicas\n      with: { workload: "${{ params.workload }}" }',
    'uses: k8s.replicas\n      with: { workload: "${{ string(¦out.replicas) }}" }',
    'crashed',
  ],
  [
    'RB118',
    'a probe that reads the output',
    'gone: out.desired == steps.scale.plan.before',
    'gone: out.desired == steps.scale.¦out.replicas',
    'steps.scale.plan',
  ],
];

describe('the loader', () => {
  it('takes the example as it is', () => {
    const { runbook, problems } = parseRunbook(whole, 'example.yaml', register, '2026-12-01');
    expect(problems).toEqual([]);
    expect(runbook?.steps.map(({ id, line }) => [id, line])).toEqual([
      ['now', 12],
      ['scale', 24],
    ]);
  });

  it.each(broken)('%s: %s', (code, _what, part, instead, says, before) => {
    const swapped = swap(whole, part, instead);
    const { text, place } = unmarked(before === undefined ? swapped : swap(swapped, before, `¦${before}`));
    const { problems, runbook } = parseRunbook(text, 'example.yaml', register);
    const found = problems.find((problem) => problem.code === code);
    expect(problems.map(formatProblem).join('\n')).toContain(code);
    expect(problems.map(({ line, column, code }) => `${line}:${column} ${code}`)).toContain(
      `${place} ${code}`,
    );
    expect(`${found?.says} ${found?.remedy}`).toContain(says);
    expect(runbook).toBeUndefined();
  });

  it('has a test for every rule', () => {
    const alone = ['RB110', 'RB111', 'RB113', 'RB114'];
    const tested = new Set([...broken.map(([code]) => code), ...alone]);
    const rules = Array.from({ length: 18 }, (_, index) => `RB${101 + index}`);
    expect(rules.filter((code) => !tested.has(code))).toEqual([]);
  });

  describe('RB111: a two-person step whose groups have fewer than two people', () => {
    const people = [
      { key: 'ana', name: 'Ana', identities: ['slack:U1', 'terminal:ana@x'] },
      { key: 'ben', name: 'Ben', identities: ['slack:U2'] },
    ];
    const twoPersons = (from: string) =>
      swap(whole, 'confirm: { level: click }', `confirm: { level: two-person, ${from} }`);
    const load = (marked: string, groups: Record<string, string[]>) => {
      const { text, place } = unmarked(marked.includes('¦') ? marked : `${marked}¦`);
      const access = { ...NO_ACCESS, people, groups };
      const { problems, runbooks } = loadLibrary([{ file: 'a.yaml', text }], register, '', {
        groups: access,
      });
      expect(runbooks.size).toBe(1);
      return {
        found: problems.map(({ line, column, code }) => `${line}:${column} ${code}`),
        place,
        problems,
      };
    };

    it.each<[string, string[], string]>([
      ['nobody', [], 'dba has nobody'],
      ['one person', ['person:ana'], 'dba has one person'],
      ['one person under two names', ['slack:U1', 'terminal:ana@x'], 'dba has one person'],
    ])('%s', (_what, members, says) => {
      const { found, place, problems } = load(twoPersons('¦from: ["group:dba"]'), { dba: members });
      expect(found).toEqual([`${place} RB111`]);
      expect(problems[0]).toMatchObject({ level: 'warning', says: expect.stringContaining(says) });
    });

    it('a group that is not there, with the nearest name', () => {
      const { found, place, problems } = load(twoPersons('from: [¦"group:dbaa"]'), { dba: ['slack:U1'] });
      expect(found).toEqual([`${place} RB111`]);
      expect(problems[0]?.remedy).toBe('Did you mean dba?');
    });

    it.each<[string, string, Record<string, string[]>]>([
      ['two people', 'from: ["group:dba"]', { dba: ['person:ana', 'slack:U2'] }],
      ['two groups together', 'from: ["group:a", "group:b"]', { a: ['slack:U1'], b: ['slack:U2'] }],
      ['a Slack user group, which doctor asks', 'from: ["group:dba"]', { dba: ['usergroup:S1'] }],
      ['no group named', 'expires: 5m', {}],
    ])('says nothing of %s', (_what, from, groups) => {
      expect(load(twoPersons(from), groups).found).toEqual([]);
    });

    it('is not asked where nobody knows the groups', () => {
      const text = twoPersons('from: ["group:dba"]');
      expect(loadLibrary([{ file: 'a.yaml', text }], register, '').problems).toEqual([]);
    });
  });

  describe('RB112: a sensitive value in the arguments of an action', () => {
    const logs = `  - id: said
    kind: check
    title: What does it say?
    uses: k8s.logs
    with: { workload: "\${{ params.workload }}", lines: 3 }
    timeout: 10s
    verdict:
      - else: ok
        says: Read.
`;
    const workload = 'with: { workload: "${{ params.workload }}" }';
    const inner = (args: string) =>
      `  - id: more\n    kind: run\n    title: More\n    runbook: other\n    with: ${args}\n`;

    it.each<[string, string]>([
      [
        'of a check',
        header + logs + swap(check, workload, 'with: { workload: ¦"${{ steps.said.out.text }}" }'),
      ],
      [
        'of an act, as part of a text',
        header +
          logs +
          check +
          swap(
            act,
            'with:\n      workload: "${{ params.workload }}"',
            'with:\n      workload: "web-${{ ¦steps.said.out.text }}"',
          ),
      ],
      [
        'of a verification',
        header +
          logs +
          check +
          swap(
            act,
            `${workload}\n      until`,
            'with: { workload: "${{ ¦steps.said.out.text }}" }\n      until',
          ),
      ],
      [
        'of a probe',
        header +
          logs +
          check +
          swap(
            act,
            `${workload}\n        gone`,
            'with: { workload: "${{ ¦steps.said.out.text }}" }\n        gone',
          ),
      ],
      ['of a runbook inside', header + logs + inner('{ line: "${{ ¦steps.said.out.text }}" }')],
    ])('%s', (_what, marked) => {
      const { text, place } = unmarked(marked.replace('¦"${{ ', '"${{ ¦'));
      expect(placed(text)).toEqual([`${place} RB112`]);
    });

    it('but not what is only a number, or yes or no, about it', () => {
      const args =
        '{ size: "${{ size(steps.said.out.text) }}", x: "${{ found(steps.said.out.text, \'x\') }}" }';
      expect(placed(header + logs + inner(args))).toEqual([]);
    });
  });

  it('puts a skipped step where it is read', () => {
    const text = swap(
      whole,
      '    title: What runs now?',
      '    title: What runs now?\n    when: params.replicas > 0',
    );
    expect(placed(text)).toEqual(['32:38 RB104']);
  });

  it('RB110: undo auto on an action that records nothing', () => {
    const dump = swap(act, 'uses: k8s.scale', 'uses: k8s.delete-file').replace(
      /with:\n(.*\n){3}/,
      'with: { pod: a, path: b }\n',
    );
    const { text, place } = unmarked(header + check + swap(dump, 'undo: auto', '¦undo: auto'));
    expect(placed(text)).toContain(`${place} RB110`);
  });

  it('RB113: warns after 180 days and loads', () => {
    expect(placed(whole, '2027-05-19')).toEqual([]);
    expect(placed(whole, '2027-05-20')).toEqual(['6:11 RB113']);
    expect(parseRunbook(whole, 'example.yaml', register, '2027-05-20').runbook).toBeDefined();
  });

  it('RB114: warns of a title that gets too long, and loads', () => {
    const { text, place } = unmarked(
      swap(whole, 'What runs now?', `¦${'a '.repeat(50)}\${{ params.workload }}`),
    );
    expect(placed(text)).toEqual([`${place} RB114`]);
    expect(parseRunbook(text, 'example.yaml', register).runbook).toBeDefined();
  });

  it('lists every problem of several steps at once, in order', () => {
    let text = swap(whole, 'summary:', 'sumary:');
    text = swap(text, 'uses: k8s.replicas\n    with', 'uses: k8s.replica\n    with');
    text = swap(text, 'until: out.ready ==', 'until: out.redy ==');
    text = swap(text, 'undo: auto', 'undo: never');
    expect(placed(text)).toEqual(['4:1 RB002', '15:11 RB101', '40:11 RB002']);
  });

  it('does not report what reads a broken step a second time', () => {
    expect(placed(swap(whole, 'is: bad', 'is: baad'))).toEqual(['20:13 RB002']);
  });

  it('finds the character in quotes, escapes, folded and literal text', () => {
    const says = 'says: All ready.';
    for (const other of [
      `says: "a\\tb \${{ out.¦redy }}"`,
      `says: 'it''s \${{ out.¦redy }}'`,
      `says: >-\n          folded\n          over \${{ out.¦redy }} lines`,
      `says: |\n          literal\n            text \${{ out.¦redy }}`,
      `says: plain\n          on \${{ out.¦redy }}`,
      `says: "over\n          lines \${{\n          out.¦redy }}"`,
    ]) {
      const { text, place } = unmarked(swap(whole, says, other));
      expect(placed(text), other).toEqual([`${place} RB117`]);
    }
  });

  it('formats a problem on one line', () => {
    const [problem] = parseRunbook(swap(whole, 'is: bad', 'is: baad'), 'runbooks/a.yaml', register).problems;
    expect(problem && formatProblem(problem)).toBe(
      'runbooks/a.yaml:20:13 RB002 is: baad is not one of ok, warn, bad, unknown. Did you mean bad?',
    );
  });
});
