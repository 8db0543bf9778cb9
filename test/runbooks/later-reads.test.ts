// Which output fields of a step its runbook may read later.
import { expect, it } from 'vitest';
import { mayRead } from '../../src/runbooks/later-reads.ts';
import { runbookOf } from '../support/pure-door.ts';

const runbook = (when: string) =>
  runbookOf(`
apiVersion: runbook/v1
id: two
title: Two
summary: A test.
owner: "@ops"
reviewed: 2026-01-01
steps:
  - id: now
    kind: check
    title: Now?
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict:
      - if: out.size > 5
        is: bad
        says: Too large.
      - else: ok
        says: Small.
  - id: again
    kind: check
    title: Again?
    when: ${JSON.stringify(when)}
    uses: t.size
    with: { name: disk }
    timeout: 5s
    verdict: [{ else: ok, says: Yes. }]
`);

it.each<[string, boolean]>([
  ['steps.now.out.size > 3', true],
  ['steps["now"].out["size"] > 3', true],
  ['steps.now.?out.?size.orValue(0) > 3', true],
  ['[steps.now.out].exists(answer, answer.size > 3)', true],
  ['steps.now.verdict == "bad"', false],
  ['incident.title == "now"', false],
])('%s: %s', (when, reads) => {
  expect(mayRead(runbook(when), 'now', 'size')).toBe(reads);
  expect(mayRead(runbook(when), 'again', 'size')).toBe(false);
});
