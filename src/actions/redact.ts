/** Takes secrets and personal data out of text before it leaves the machine: logs, errors, evidence. */
import { patternOf } from './redact/known-values.ts';
import { PERSONAL, TEN_DIGITS } from './redact/personal.ts';
import { applied, CERTAIN, GONE, GUESSED, IN_TEXT, type Rule } from './redact/rules.ts';
import { withoutTokens } from './redact/token-rules.ts';

export interface RedactOptions {
  /** Values that the caller has read in Secrets; short and common ones among them are left. */
  readonly secrets?: readonly string[];
  /**
   * The text is a name, a path or a document that later steps and people use as it is: only what is a secret or
   * personal data for certain goes, and nothing that merely looks like it (a digest, a number of ten digits).
   */
  readonly exact?: boolean;
}

const TEXT: readonly Rule[] = [...IN_TEXT, ...PERSONAL, TEN_DIGITS, ...GUESSED];
const EXACT: readonly Rule[] = [...CERTAIN, ...PERSONAL];

/**
 * Text without connection passwords, tokens, keys, e-mail addresses, health numbers, and without values of Secrets
 * (as they are, URL-encoded, in JSON and in base64). It rather takes too much: a Unix time of ten digits goes too.
 */
export function redact(text: string, options: RedactOptions = {}): string {
  if (text.length < 5) return text;
  let clean = text;
  const known = options.secrets && patternOf(options.secrets);
  if (known) clean = clean.replace(known, GONE);
  for (const rule of options.exact ? EXACT : TEXT) clean = applied(rule, clean);
  return withoutTokens(clean);
}

/** A single word is a name, a path, a host or a number that later steps use as it is; anything longer is text. */
export function isName(text: string): boolean {
  return text.length <= 512 && !/\s/.test(text);
}
