/** Rendering that may fail: an outcome must always be taken in, so what cannot be put into words is itself told in words. */
import type { Place } from '../../runbooks/language.ts';
import type { Template } from '../../runbooks/runbook.ts';
import type { Scope } from '../../runbooks/scope-types.ts';
import type { Draft } from '../draft.ts';

export type Tried<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly says: string };

/** The value, or why there is none. Nothing that throws may have emitted an event before. */
export function tried<T>(work: () => T): Tried<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

/** The rendered words, with `…` for every place when one of them has no answer. Never throws. */
export function wordsOf(draft: Draft, template: Template, scope: Scope, place: Place): string {
  const made = tried(() => draft.knows.language.render(template, scope, place));
  return made.ok ? made.value : template.replaceAll(/\$\{\{.*?\}\}/gs, '…');
}

/** The commands a person would type instead; none when the arguments do not fit them. */
export function byHandOf(draft: Draft, uses: string, args: Record<string, unknown>): string[] {
  const { namespace } = draft.incident.declared;
  const made = tried(() => [...(draft.knows.language.register(uses)?.byHand(args, namespace) ?? [])]);
  return made.ok ? made.value : [];
}
