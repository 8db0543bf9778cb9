/** The tree of whys as people wrote it: each answer under the one that it explains. */
import type { Event } from '../../incidents/events.ts';

export interface Why {
  readonly id: string;
  readonly text: string;
  /** Nobody knows yet why this is so. */
  readonly open: boolean;
  readonly why: readonly Why[];
}

interface Answer {
  readonly id: string;
  readonly parent?: string;
  readonly text: string;
  readonly open: boolean;
}

/**
 * In the order in which the answers were first written. What hangs on a removed answer goes with it; an answer to one
 * that was never written, or to itself in a circle, stands at the top.
 */
export function whysOf(events: readonly Event[]): readonly Why[] {
  const answers = new Map<string, Answer>();
  const removed = new Set<string>();
  for (const { type, body } of events) {
    if (type !== 'why_written') continue;
    const { id, parent, text, open } = body;
    if (body.removed) {
      answers.delete(id);
      removed.add(id);
    } else {
      removed.delete(id);
      answers.set(id, { id, text, open, ...(parent === undefined ? {} : { parent }) });
    }
  }
  const placed = new Set<string>();
  const under = (parent: string | undefined): Why[] =>
    [...answers.values()].flatMap((answer): Why[] => {
      const { id, text, open } = answer;
      const above = answers.has(answer.parent ?? '') || removed.has(answer.parent ?? '');
      if (placed.has(id) || (above ? answer.parent : undefined) !== parent) return [];
      placed.add(id);
      return [{ id, text, open, why: under(id) }];
    });
  const top = under(undefined);
  const gone = (id: string | undefined, seen: ReadonlySet<string> = new Set()): boolean => {
    if (id === undefined || seen.has(id)) return false;
    return removed.has(id) || gone(answers.get(id)?.parent, new Set([...seen, id]));
  };
  for (const { id, text, open } of answers.values()) {
    if (placed.has(id) || gone(id)) continue;
    placed.add(id);
    top.push({ id, text, open, why: under(id) });
  }
  return top;
}

/** Answers that nobody can explain yet. */
export function openEnds(whys: readonly Why[]): readonly Why[] {
  return whys.flatMap((why) => [...(why.open ? [why] : []), ...openEnds(why.why)]);
}
