import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { register } from '../../src/actions/index.ts';
import { readRunbookFolder } from '../../src/config/runbook-folder.ts';
import { loadLibrary } from '../../src/runbooks/library.ts';
import { flowchart, label } from '../../src/runbooks/page/flowchart.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import type { Runbook } from '../../src/runbooks/runbook.ts';
import { check, header, swap, whole } from './marked.ts';

/**
 * The part of Mermaid's flowchart grammar that is written here: a label stands in quotes and holds neither quotes nor
 * line ends, an entity is `#number;`, an id is one of ours. (The parser itself is no dependency: it needs a browser.)
 */
const words = '(?:[^"#;<>&|[\\]{}`\\\\]|#\\d+;)+';
const node = new RegExp(
  `^ {2}(?<id>[sr]\\d+|done)(?:\\["${words}"\\]|\\{\\{"${words}"\\}\\}|\\{"${words}"\\}|\\[/"${words}"/\\]|\\[\\["${words}"\\]\\]|\\(\\["${words}"\\]\\))$`,
  'u',
);
const arrow = new RegExp(
  `^ {2}(?<from>s\\d+) (?:-->|-\\.->)(?:\\|"${words}"\\|)? (?<to>[sr]\\d+|done)$`,
  'u',
);

function read(lines: readonly string[]) {
  const [first, ...rest] = lines;
  expect(first).toBe('flowchart TD');
  const nodes = new Set<string>();
  const arrows: [string, string][] = [];
  for (const line of rest) {
    const isNode = node.exec(line)?.groups?.['id'];
    const isArrow = arrow.exec(line)?.groups;
    expect(isNode ?? isArrow, line).toBeDefined();
    if (isNode !== undefined) nodes.add(isNode);
    else if (isArrow) arrows.push([isArrow['from'] ?? '', isArrow['to'] ?? '']);
  }
  for (const id of arrows.flat()) expect(nodes).toContain(id);
  return { nodes, arrows };
}

const load = (text: string): Runbook => {
  const { runbook, problems } = parseRunbook(text, 'a.yaml', register);
  if (!runbook) throw new Error(JSON.stringify(problems));
  return runbook;
};

describe('the flowchart of a runbook', () => {
  it('draws every step, what a verdict chooses, what is skipped, nested and offered', () => {
    const more = `  - { id: why, kind: check, title: Why?, uses: k8s.replicas, when: params.replicas > 1, timeout: 10s,
      with: { workload: a }, verdict: [{ else: ok, says: Fine. }] }
  - { id: go, kind: ask, title: Go on?, choices: [{ id: on, label: "On" }, { id: off, label: "Off", next: stop }] }
  - { id: other, kind: run, title: Another, runbook: dump-db }
`;
    const chosen = swap(
      check,
      'is: bad\n        says: ${{ out.ready }} of ${{ out.desired }} ready.',
      'is: bad\n        says: Bad.\n        next: { run: check-patroni, with: {} }',
    ).replace('says: All ready.', 'says: All ready.\n        next: go');
    expect(flowchart(load(header + chosen + more))).toEqual([
      'flowchart TD',
      '  s1["1: What runs now?"]',
      '  s2["2: Why?"]',
      '  s3{"3: Go on?"}',
      '  s4[["4: Another (dump-db)"]]',
      '  r1[["check-patroni"]]',
      '  done(["end"])',
      '  s1 -.->|"bad"| r1',
      '  s1 -->|"ok"| s3',
      '  s1 -->|"not known"| s2',
      '  s2 --> s3',
      '  s3 -->|"On"| s4',
      '  s3 -->|"Off"| done',
      '  s4 --> done',
    ]);
  });

  it('is Mermaid for every shipped runbook, and reaches every step', async () => {
    const { files } = await readRunbookFolder(fileURLToPath(new URL('../../runbooks', import.meta.url)));
    const { runbooks } = loadLibrary(files, register, '');
    expect(runbooks.size).toBe(files.length);
    for (const { runbook } of runbooks.values()) {
      const { arrows } = read(flowchart(runbook));
      const reached = new Set(['s1']);
      for (const from of reached) for (const [a, to] of arrows) if (a === from) reached.add(to);
      for (const index of runbook.steps.keys()) expect(reached, runbook.id).toContain(`s${index + 1}`);
      expect(reached).toContain('done');
    }
  });

  it('is Mermaid whatever the titles are', () => {
    const runbook = load(whole);
    const title = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 90 }),
      fc.constantFrom(
        'end',
        '"]; click s1 "javascript:alert(1)"',
        '`**x**`',
        '-->',
        '1. one',
        '- x',
        '#quot;',
        '${{',
        '%%',
      ),
    );
    fc.assert(
      fc.property(title, title, (one, other) => {
        const steps = runbook.steps.map((step, index) => ({ ...step, title: index === 0 ? one : other }));
        read(flowchart({ ...runbook, steps }));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['1. one', '1#46; one'],
    ['- x', '#45; x'],
    ['a "b" <c> #d', 'a #34;b#34; #60;c#62; #35;d'],
    ['', '…'],
    ['\u202e\n', '…'],
    ['x'.repeat(80), `${'x'.repeat(59)}…`],
  ])('writes %j so that it is shown as it is', (given, wanted) => {
    expect(label(given)).toBe(wanted);
  });
});
