/** From the file as written to the runbook that a run pins: durations in milliseconds, one shape for each thing. */
import { parseDuration } from './duration.ts';
import type { FileHeader, FileLeaves, FileNext, FileParam, FileStep } from './file-schema.ts';
import type { Arguments, Leaves, Next, Param, Rule, Runbook, Step, Verify } from './runbook.ts';

export function normalise(header: FileHeader, steps: readonly Step[]): Runbook {
  const { apiVersion, id, title, summary, owner, reviewed, alerts, docs, params } = header;
  return { apiVersion, id, title, summary, owner, reviewed, alerts, docs, params: paramsOf(params), steps };
}

export function paramsOf(params: Readonly<Record<string, FileParam>>): Record<string, Param> {
  return Object.fromEntries(
    Object.entries(params).map(([name, param]) => [
      name,
      param.type === 'patroni/member' && !param.from && !param.options ? { ...param, from: members } : param,
    ]),
  );
}

/** What a choice of members is filled with when the file does not say it. */
const members = {
  uses: 'patroni.members',
  with: {},
  show: '${{ item.name }} (${{ item.role }}, ${{ item.state }})',
};

/** `line`: 1-based line of the step in its file. */
export function stepOf(step: FileStep, line: number): Step {
  const base = { line, id: step.id, title: step.title, ...given(step, ['why', 'when', 'timeline']) };
  const common = step.next === undefined ? base : { ...base, next: nextOf(step.next) };
  switch (step.kind) {
    case 'check':
      return {
        ...common,
        kind: 'check',
        uses: step.uses,
        with: step.with,
        timeoutMs: ms(step.timeout),
        ...(step.retry && { retry: { times: step.retry.times, everyMs: ms(step.retry.every) } }),
        verdict: step.verdict.map(ruleOf),
        proposesTarget: step.proposes_target,
        ...(step.capture && { capture: { keep: step.capture.keep, share: step.capture.share } }),
      };
    case 'act':
      return {
        ...common,
        kind: 'act',
        uses: step.uses,
        with: step.with,
        timeoutMs: ms(step.timeout),
        confirm: {
          level: step.confirm.level,
          from: step.confirm.from,
          expiresMs: ms(step.confirm.expires),
          ...given(step.confirm, ['phrase', 'says', 'covers']),
        },
        verify: verifyOf(step.verify),
        undo: undoOf(step.undo),
        leaves: leavesOf(step.leaves),
        alsoLeaves: step.also_leaves.map(leavesOf),
        locks: step.locks,
        ...(step.capture && { capture: { keep: step.capture.keep, share: step.capture.share } }),
      };
    case 'ask':
      return {
        ...common,
        kind: 'ask',
        form: paramsOf(step.form),
        choices: step.choices.map(({ next, ...choice }) =>
          next === undefined ? choice : { ...choice, next: nextOf(next) },
        ),
      };
    case 'manual':
      return {
        ...common,
        kind: 'manual',
        do: step.do,
        byHand: step.by_hand,
        verify: 'none' in step.verify ? step.verify : verifyOf(step.verify),
        leaves: leavesOf(step.leaves),
      };
    case 'run':
      return { ...common, kind: 'run', runbook: step.runbook, with: step.with };
  }
}

function ruleOf(rule: Extract<FileStep, { kind: 'check' }>['verdict'][number]): Rule {
  const next = rule.next === undefined ? {} : { next: nextOf(rule.next) };
  if ('else' in rule) return { is: rule.else, says: rule.says, ...next };
  return { if: rule.if, is: rule.is, says: rule.says, ...next };
}

function nextOf(next: FileNext): Next {
  if (next === 'stop') return { stop: true };
  if (typeof next === 'string') return { step: next };
  if (!Array.isArray(next)) return next;
  const [first = { run: '', with: {} }, ...or] = next;
  return { ...first, or };
}

function verifyOf(verify: { uses: string; with: Arguments; until: string; timeout: string }): Verify {
  return { uses: verify.uses, with: verify.with, until: verify.until, timeoutMs: ms(verify.timeout) };
}

function undoOf(undo: Extract<FileStep, { kind: 'act' }>['undo']) {
  if (undo === 'auto') return { kind: 'auto' } as const;
  if ('none' in undo) return { kind: 'none', why: undo.none } as const;
  return { kind: 'call', uses: undo.uses, with: undo.with } as const;
}

function leavesOf(leaves: FileLeaves): Leaves {
  if ('nothing' in leaves) return { kind: 'nothing', why: leaves.nothing };
  if ('permanent' in leaves) {
    return { kind: 'permanent', what: leaves.permanent, followUp: leaves.follow_up };
  }
  return {
    kind: 'temporary',
    what: leaves.temporary,
    until: leaves.until,
    probe: leaves.probe ?? null,
    ...given(leaves, ['sensitivity']),
  };
}

function ms(duration: string): number {
  // The schema has checked the text; a duration of zero is read as none and ends at once.
  return parseDuration(duration) ?? 0;
}

function given<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): { [P in K]?: NonNullable<T[P]> } {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as {
    [P in K]?: NonNullable<T[P]>;
  };
}
