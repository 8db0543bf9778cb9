/** What of an action's answer is stored: what may hold secrets or personal data only where a later step reads it. */
import { mayRead } from '../../runbooks/later-reads.ts';
import type { Draft } from '../draft.ts';
import type { Bodies } from '../events.ts';
import type { RunState } from '../state.ts';

type Values = Record<string, unknown>;

/**
 * The answer of the step's own action. It has been redacted where it came from; its sensitive fields go unless an
 * expression of the pinned runbook may read them (design/runbooks.md, Evidence: only what `capture.keep` names is kept).
 */
export function storedOut(
  draft: Draft,
  run: RunState,
  step: string,
  uses: string | undefined,
  out: Values,
): Values {
  return without(out, sensitiveOf(draft, uses), (name) => mayRead(run.runbook, step, name));
}

/** The answer of a verification, which no expression reads later. */
export function storedVerification(draft: Draft, uses: string | undefined, out: Values): Values {
  return without(out, sensitiveOf(draft, uses), () => false);
}

/** The fields that the step keeps of an answer, for its event. */
export function keptIn(answer: { readonly kept?: Values; readonly rawHash?: string }): {
  evidence?: NonNullable<Bodies['check_done']['evidence']>;
} {
  const { kept, rawHash = '' } = answer;
  return kept ? { evidence: { fields: kept, hash: rawHash } } : {};
}

function sensitiveOf(draft: Draft, uses: string | undefined): readonly string[] {
  return (uses === undefined ? undefined : draft.knows.language.register(uses)?.sensitive) ?? [];
}

function without(out: Values, sensitive: readonly string[], needed: (name: string) => boolean): Values {
  const dropped = sensitive.filter((name) => name in out && !needed(name));
  if (dropped.length === 0) return out;
  return Object.fromEntries(Object.entries(out).filter(([name]) => !dropped.includes(name)));
}
