/** Tokens of known services, found by secretlint's rules: run as plain functions, without its engine and files. */
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { GONE } from './rules.ts';

type Range = readonly [from: number, to: number];

/** What is used of a rule; its own types are in packages that are not needed to run it. */
interface TokenRule {
  readonly meta: { readonly id: string };
  create(context: Context, options: object): { readonly file?: (source: Source) => unknown };
}
interface Context {
  createTranslator(): (id: string) => { readonly message: string; readonly messageId: string };
  report(found: { readonly range: Range }): void;
  ignore(): void;
  readonly sharedOptions: object;
  readonly locale: string;
}
interface Source {
  readonly content: string;
  readonly filePath: string;
  readonly ext: string;
  readonly contentType: 'text';
  readonly hasBOM: boolean;
}

/**
 * Each rule once, with a report of its own. Left out: `filter-comments`, because a log that holds "secretlint-disable"
 * would switch the search off. The engine is left out with it: it is asynchronous and costs 100 ms to import, the
 * rules are not and cost 15 ms.
 */
function finders(found: Range[]): readonly ((source: Source) => unknown)[] {
  const context: Context = {
    createTranslator: () => (id) => ({ message: id, messageId: id }),
    report: ({ range }) => void found.push(range),
    ignore: () => undefined,
    sharedOptions: {},
    locale: 'en',
  };
  return (rules as unknown as readonly TokenRule[])
    .filter(({ meta }) => !meta.id.endsWith('filter-comments'))
    .flatMap((rule) => rule.create(context, {}).file ?? []);
}

const found: Range[] = [];
const all = finders(found);

/** Every token has a word of 16 characters or more, or is a login in an address. */
const MAY_HOLD_ONE = /[\w+/=.-]{16}|:\/\/|-----BEGIN/;

/** The text without the tokens that a rule knows. What is redacted already is left as it is. */
export function withoutTokens(text: string): string {
  if (!MAY_HOLD_ONE.test(text)) return text;
  found.length = 0;
  const source: Source = {
    content: text,
    filePath: 'text.txt',
    ext: '.txt',
    contentType: 'text',
    hasBOM: false,
  };
  for (const find of all) find(source);
  const kept: string[] = [];
  let before = text.length;
  for (const [from, to] of found.toSorted((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (from >= before || text.slice(from, to).includes(GONE)) continue;
    kept.push(text.slice(Math.min(to, before), before), GONE);
    before = from;
  }
  return text.slice(0, before) + kept.toReversed().join('');
}
