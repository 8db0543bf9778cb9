/** Splits text with `${{ expression }}` places into its parts. Pure text: nothing is evaluated here. */
import type { Template } from './runbook.ts';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `offset`: where the expression begins in the template, after `${{` and spaces. */
  | { readonly kind: 'expression'; readonly source: string; readonly offset: number };

export interface SplitTemplate {
  readonly parts: readonly Part[];
  /** Offset of a `${{` that is never closed. */
  readonly unclosed?: number;
}

/** The parts in order. A `}}` inside a CEL string or map literal does not close the place. */
export function splitTemplate(template: Template): SplitTemplate {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const open = template.indexOf('${{', from);
    if (open < 0) break;
    const close = closing(template, open + 3);
    if (close === undefined) return { parts, unclosed: open };
    if (open > from) parts.push({ kind: 'text', text: template.slice(from, open) });
    const inside = template.slice(open + 3, close);
    const source = inside.trim();
    const offset = open + 3 + (source === '' ? 0 : inside.indexOf(source));
    parts.push({ kind: 'expression', source, offset });
    from = close + 2;
  }
  if (from < template.length) parts.push({ kind: 'text', text: template.slice(from) });
  return { parts };
}

/** The expression when the template is one place and nothing else; it then keeps its type. */
export function onlyExpression(split: SplitTemplate): string | undefined {
  const [part, more] = split.parts;
  if (more !== undefined || split.unclosed !== undefined || part?.kind !== 'expression') return undefined;
  return part.source;
}

export function hasPlaces(template: string): boolean {
  return template.includes('${{');
}

function closing(text: string, from: number): number | undefined {
  let depth = 0;
  let quote = '';
  for (let index = from; index < text.length; index++) {
    const letter = text.charAt(index);
    if (quote !== '') {
      if (letter === '\\') index += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '{') depth += 1;
    else if (letter === '}') {
      if (depth > 0) depth -= 1;
      else return text.charAt(index + 1) === '}' ? index : undefined;
    }
  }
  return undefined;
}
