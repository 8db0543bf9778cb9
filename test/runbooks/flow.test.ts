import { describe, expect, it } from 'vitest';
import { flowOf } from '../../src/runbooks/flow.ts';
import type { Step } from '../../src/runbooks/runbook.ts';

function check(id: string, more: Partial<Extract<Step, { kind: 'check' }>> = {}): Step {
  const verdict = [{ is: 'ok' as const, says: '' }];
  return {
    kind: 'check',
    id,
    title: id,
    uses: 'a.b',
    with: {},
    timeoutMs: 1,
    verdict,
    proposesTarget: false,
    line: 1,
    ...more,
  };
}

describe('flowOf', () => {
  it('knows what has surely run, one after the other', () => {
    const flow = flowOf([check('a'), check('b'), check('c')]);
    expect([flow.surely(0, 2), flow.surely(1, 2), flow.surely(2, 1), flow.possibly(2, 1)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('takes a step with a condition as maybe', () => {
    const flow = flowOf([check('a', { when: 'true' }), check('b')]);
    expect([flow.surely(0, 1), flow.possibly(0, 1)]).toEqual([false, true]);
  });

  it('takes a step that a verdict jumps over as maybe', () => {
    const verdict = [
      { if: 'x', is: 'ok' as const, says: '', next: { step: 'c' } },
      { is: 'ok' as const, says: '' },
    ];
    const flow = flowOf([check('a', { verdict }), check('b'), check('c')]);
    expect([flow.surely(1, 2), flow.possibly(1, 2), flow.surely(0, 2)]).toEqual([false, true, true]);
  });

  it('does not count a verdict that ends the run', () => {
    const verdict = [
      { if: 'x', is: 'bad' as const, says: '', next: { stop: true as const } },
      { if: 'y', is: 'bad' as const, says: '', next: { run: 'other', with: {} } },
      { is: 'ok' as const, says: '' },
    ];
    const flow = flowOf([check('a', { verdict }), check('b'), check('c')]);
    expect([flow.surely(0, 2), flow.surely(1, 2)]).toEqual([true, true]);
  });

  it('knows that a way back may have run later steps', () => {
    const verdict = [{ is: 'ok' as const, says: '', next: { step: 'a' } }];
    const flow = flowOf([check('a'), check('b', { verdict })]);
    expect([flow.surely(1, 0), flow.possibly(1, 0)]).toEqual([false, true]);
  });

  it('remembers steps before a jump back over a jump', () => {
    const ways = (...steps: string[]) =>
      steps.map((step) => ({ is: 'ok' as const, says: '', next: { step } }));
    const flow = flowOf([
      check('a', { next: { step: 'c' } }),
      check('b'),
      check('c', { verdict: ways('b', 'd'), next: { step: 'd' } }),
      check('d'),
    ]);
    expect([flow.surely(2, 1), flow.surely(1, 3), flow.possibly(1, 3)]).toEqual([true, false, true]);
  });
});
