// What of an answer is stored: sensitive fields only where a later step reads them.
import { expect, it } from 'vitest';
import { keptIn, storedOut, storedVerification } from '../../src/incidents/decide/stored.ts';
import type { Draft } from '../../src/incidents/draft.ts';
import type { RunState } from '../../src/incidents/state.ts';
import { parseRunbook } from '../../src/runbooks/parse.ts';
import { register } from '../support/register.ts';

const text = (when: string) => `
apiVersion: runbook/v1
id: two
title: Two
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: said
    kind: check
    title: What does it say?
    uses: k8s.logs
    with: { workload: web, lines: 3 }
    timeout: 5s
    capture: { keep: [text] }
    verdict: [{ else: ok, says: Read. }]
  - id: more
    kind: check
    title: More?
    when: ${when}
    uses: k8s.replicas
    with: { workload: web }
    timeout: 5s
    verdict: [{ else: ok, says: Yes. }]
`;
const draft = { knows: { language: { register } } } as unknown as Draft;
const runOf = (when: string): RunState => {
  const { runbook, problems } = parseRunbook(text(when), 'two.yaml', register);
  expect(problems.filter(({ level }) => level === 'error')).toEqual([]);
  return { runbook } as unknown as RunState;
};
const out = { lines: 3, text: 'one [redacted]', pods: ['web-1'] };

it('a sensitive field goes, the others stay', () => {
  expect(storedOut(draft, runOf('steps.said.out.lines > 2'), 'said', 'k8s.logs', out)).toEqual({
    lines: 3,
    pods: ['web-1'],
  });
});

it('a sensitive field stays where a later step reads it', () => {
  const run = runOf(`'found(steps.said.out.text, "x")'`);
  expect(storedOut(draft, run, 'said', 'k8s.logs', out)).toEqual(out);
});

it('nothing reads a verification later', () => {
  expect(storedVerification(draft, 'k8s.logs', out)).toEqual({ lines: 3, pods: ['web-1'] });
  expect(storedVerification(draft, undefined, out)).toEqual(out);
});

it('kept fields are evidence, with the hash of what was read', () => {
  expect(keptIn({ kept: { text: 'x' }, rawHash: 'h' })).toEqual({
    evidence: { fields: { text: 'x' }, hash: 'h' },
  });
  expect(keptIn({})).toEqual({});
});
