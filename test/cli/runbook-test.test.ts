import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { project, type TestTerminal, testTerminal } from './terminal.ts';

let terminal: TestTerminal;
let tests: string;
beforeEach(async () => {
  terminal = await testTerminal();
  const runbook = await readFile(join(project, 'runbooks/scale-utility-pod.yaml'), 'utf8');
  await terminal.write('runbooks/scale-utility-pod.yaml', runbook);
  tests = `runbook: scale-utility-pod
params: { deployment: utility, replicas: 1 }
outputs:
  now: { desired: 0, ready: 0 }
tests:
  - name: It is started
    steps:
      - step: now
        expect: { verdict: ok, says: "0 wanted, 0 ready.", next: scale }
      - step: scale
        given: { plan: { before: 0, after: 1 } }
        expect: { buttons: [Confirm, Plan again, Done by hand, Skip] }
        press: Confirm
      - step: scale
        given: { out: { replicas: 1 }, verify: { desired: 1, ready: 1 } }
        expect: { state: done, next: the end }
    ends: { why: finished }
`;
});
afterEach(() => terminal.remove());

/** Swaps one part and runs the tests. */
async function with_(part: string, other: string) {
  if (!tests.includes(part)) throw new Error(`not there: ${part}`);
  await terminal.write(
    'runbooks/tests/scale-utility-pod.yaml',
    tests.replace(part, () => other),
  );
  return terminal.run(['runbook', 'test']);
}

describe('handrail runbook test', () => {
  it('says which tests passed', async () => {
    expect(await with_('tests:', 'tests:')).toEqual({
      code: 0,
      out: ['ok   scale-utility-pod: It is started'],
      err: ['1 passed, 0 failed.'],
    });
  });

  const at = 'runbooks/tests/scale-utility-pod.yaml';
  it.each([
    // What differs from what the runbook does.
    ['verdict: ok', 'verdict: bad', `${at}:9:28 RT001 verdict: expected "bad", got "ok".`],
    ['0 wanted, 0 ready.', 'x', `${at}:9:38 RT001 says: expected "x", got "0 wanted, 0 ready.".`],
    ['next: scale', 'next: now', `${at}:9:66 RT001 next: expected "now", got "scale".`],
    [
      '[Confirm, Plan again,',
      '[Confirm,',
      'RT001 buttons: expected ["Confirm","Done by hand","Skip"], got ["Confirm","Plan again","Done by hand","Skip"].',
    ],
    ['state: done', 'state: skipped', `${at}:16:26 RT001 state: expected "skipped", got "done".`],
    ['why: finished', 'why: stopped', `${at}:17:18 RT001 why: expected "stopped", got "finished".`],
    ['why: finished', 'why: finished, offers: dump-db', 'RT001 offers: expected "dump-db", got nothing.'],
    [
      '      - step: scale\n        given: { plan',
      '      - step: now\n        given: { plan',
      `${at}:10:15 RT001 Expected now, but the run is at scale.`,
    ],
    // A test that cannot be played.
    [
      'press: Confirm',
      'press: Confrim',
      `${at}:13:16 RT002 There is no button Confrim now. Did you mean Confirm?`,
    ],
    [
      'desired: 0,',
      'desird: 0,',
      `${at}:4:10 RT002 k8s.replicas: desird is not known here. Did you mean desired?`,
    ],
    ['desired: 0,', 'desired: none,', `${at}:4:19 RT002 k8s.replicas: desired must be a number, not none.`],
    ['before: 0,', 'befor: 0,', `${at}:11:26 RT002 k8s.scale: befor is not known here. Did you mean before?`],
    [
      '{ replicas: 1 }, verify',
      '{ replica: 1 }, verify',
      'RT002 k8s.scale: replica is not known here. Did you mean replicas?',
    ],
    [
      ', verify: { desired: 1, ready: 1 }',
      '',
      'RT002 It is verified by k8s.replicas: give verify or verify_fails.',
    ],
    ['out: { replicas: 1 }, verify', 'verify', 'RT002 scale asked k8s.scale: give out or fails.'],
    [
      'given: { plan: { before: 0, after: 1 } }',
      'given: { plan: { before: 0, after: 1 }, happened: made }',
      'RT002 Nobody asked for happened here.',
    ],
    [
      '  now: { desired',
      '  nwo: { desired',
      `${at}:4:3 RT002 The runbook scale-utility-pod has no step nwo. Did you mean now?`,
    ],
    [
      'step: scale',
      'step: scal',
      `${at}:10:15 RT002 The runbook scale-utility-pod has no step scal. Did you mean scale?`,
    ],
    ['replicas: 1 }\noutputs', 'replicas: 7 }\noutputs', `${at}:2:32 RT002 replicas: At most 2.`],
    [
      'deployment: utility,',
      'deploymnt: utility,',
      `${at}:2:11 RT002 deploymnt is not asked for. Did you mean deployment?`,
    ],
    [
      'runbook: scale-utility-pod',
      'runbook: dump-db',
      `${at}:1:10 RT002 This file is of scale-utility-pod: write it so, or rename the file.`,
    ],
    // The file's own shape.
    [
      'expect: { verdict',
      'expct: { verdict',
      `${at}:9:9 RB002 expct is not known here. Did you mean expect?`,
    ],
    [
      'verdict: ok',
      'verdict: bda',
      `${at}:9:28 RB002 verdict: bda is not one of ok, warn, bad, unknown. Did you mean bad?`,
    ],
    ['  - name: It is started\n    steps:', '  - steps:', `${at}:6:5 RB002 name is missing.`],
    ['tests:\n', 'tests: [\n', 'RB001 '],
  ])('%j as %j: a problem at its place, and code 1', async (part, other, says) => {
    const { code, out, err } = await with_(part, other);
    expect(code).toBe(1);
    expect(out[0]).toMatch(/^FAIL scale-utility-pod/);
    expect(out[1]).toContain(says);
    expect(err.at(-1)).toBe('0 passed, 1 failed.');
  });

  it('refuses the name of no test with the nearest one, and code 2', async () => {
    await terminal.write('runbooks/tests/scale-utility-pod.yaml', tests);
    const { code, err } = await terminal.run(['runbook', 'test', 'scale-utilty-pod']);
    expect(code).toBe(2);
    expect(err.join('\n')).toBe(
      'There are no tests of scale-utilty-pod in runbooks/tests. Did you mean scale-utility-pod?',
    );
  });

  it('names the runbooks that have none, and gives the same as JSON', async () => {
    expect(await terminal.run(['runbook', 'test'])).toEqual({
      code: 0,
      out: [],
      err: ['No tests: scale-utility-pod.', '0 passed, 0 failed.'],
    });
    await terminal.write(
      'runbooks/tests/scale-utility-pod.yaml',
      tests.replace('verdict: ok', 'verdict: bad'),
    );
    const { code, out } = await terminal.run(['runbook', 'test', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({
      passed: 0,
      failed: 1,
      untested: [],
      results: [
        { runbook: 'scale-utility-pod', name: 'It is started', problems: [{ code: 'RT001', line: 9 }] },
      ],
    });
  });

  it('plays a runbook inside another one, and an offer', async () => {
    await terminal.write(
      'runbooks/outer.yaml',
      `apiVersion: runbook/v1
id: outer
title: Outer
summary: For a test.
owner: "@oncall"
reviewed: 2026-11-20
steps:
  - id: inner
    kind: run
    title: Scale it
    runbook: scale-utility-pod
    with: { deployment: utility, replicas: 1 }
  - id: after
    kind: check
    title: And then?
    uses: k8s.replicas
    with: { workload: utility }
    timeout: 10s
    verdict:
      - else: ok
        says: "The inner one said \${{ steps.?inner.?verdict.orValue('nothing') }}."
        next: { run: dump-db, with: { database: shop } }
`,
    );
    await terminal.write(
      'runbooks/tests/outer.yaml',
      `runbook: outer
outputs: { now: { desired: 1, ready: 1 }, after: { desired: 1, ready: 1 } }
tests:
  - name: Through the inner one
    steps:
      - step: now
        expect: { verdict: ok, next: after }
      - step: after
        expect: { says: The inner one said ok., next: the end }
    ends: { why: finished, offers: dump-db, with: { database: shop } }
`,
    );
    const { code, out } = await terminal.run(['runbook', 'test', 'outer']);
    expect(out).toEqual(['ok   outer: Through the inner one']);
    expect(code).toBe(0);
  });
});
