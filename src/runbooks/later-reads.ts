/** Which output fields of a step the expressions of its runbook may read: only these need to be stored with a run. */
import type { Runbook } from './runbook.ts';

/**
 * True when an expression of the runbook may read `steps.<step>.out.<field>`. Looks at words, not at grammar: it may
 * say yes too often (the field is then stored, redacted), never no too often.
 */
export function mayRead(runbook: Runbook, step: string, field: string): boolean {
  return textsOf(runbook.steps).some(
    (text) => has(text, 'steps') && has(text, step) && (has(text, field) || /\bout\b(?!\s*\.)/.test(text)),
  );
}

function has(text: string, word: string): boolean {
  return new RegExp(`(?<![\\w-])${word.replace(/[^\w]/g, '\\$&')}(?![\\w-])`).test(text);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
