/** Nobody acts beyond their rights: asked again for every decision. */
import type { Level } from '../../catalog/access.ts';
import type { Draft } from '../draft.ts';
import { Refused } from '../refused.ts';

/** Throws Refused when the asker lacks the level. What is said names what it was for. */
export function needs(draft: Draft, level: Level, forWhat: string): void {
  if (draft.command.by.levels.includes(level)) return;
  throw new Refused(
    'rights',
    `You may not ${forWhat}: that needs the right to ${level}. Ask somebody who has it.`,
  );
}

/** `group:dba` as people know it. */
export function groupsInWords(from: readonly string[]): string {
  return from.map((group) => group.replace(/^[a-z]+:/, '')).join(', ') || 'people who may approve';
}
