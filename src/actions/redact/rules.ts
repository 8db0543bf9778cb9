/** Our own patterns of secrets: logins in addresses, settings named like a secret, keys and tokens of known form. */

import { withoutLogins } from './logins.ts';

/** What stands where something was taken out. */
export const GONE = '[redacted]';

/** A pattern and what takes its place, or a search that no pattern does in one pass. */
export type Rule =
  | readonly [RegExp, string | ((match: string, ...groups: string[]) => string)]
  | ((text: string) => string);

/** The text after this rule. */
export function applied(rule: Rule, text: string): string {
  return typeof rule === 'function' ? rule(text) : text.replace(rule[0], rule[1] as string);
}

/** Words that announce a secret when they end the name of a setting: `DB_PASSWORD`, `"client_secret"`, `--token`. */
export const SECRET_NAMES =
  '(?:(?:\\b|_)pass|pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|authorization|cookie|session[_-]?id|' +
  '(?:api|access|private|secret|account|signing|encryption|shared)[_-]?key|client[_-]?secret|connection[_-]?string)';

const VALUE = `(?:"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|[^\\s,;&"'(){}\\[\\]<>]+)`;
/** The same after JSON was put into JSON: `{\"password\":\"x\"}`. */
const QUOTED_TWICE = `\\\\"(?:[^"\\\\\\n]|\\\\[^"])*\\\\"`;

function named(separators: string): Rule {
  const pattern = `(${SECRET_NAMES}(?:\\\\?["'])?\\s*(?:${separators})\\s*)(?!\\[redacted\\])(?:${QUOTED_TWICE}|${VALUE})`;
  return [new RegExp(pattern, 'gi'), `$1${GONE}`];
}

// One long line must not cost quadratic time: what can begin anywhere in a word is bounded, or begins once in a word.
const ALWAYS: readonly Rule[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, GONE],
  (text) => withoutLogins(text, GONE),
  [/\b(Bearer|Basic|Digest|Negotiate)(\s+)[A-Za-z0-9._~+/=-]{6,}/gi, `$1$2${GONE}`],
  // A web token. It is looked for only in a word that a dot and more follow, once from its beginning.
  [/(?<![\w-])(?=[\w-]+\.[\w-]{4})([\w-]*?)\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g, `$1${GONE}`],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,20}\b/g, GONE],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|AIza[\w-]{30,}|sk_(?:live|test)_\w{10,}|npm_[A-Za-z0-9]{30,})/g,
    GONE,
  ],
  [/\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]+/g, GONE],
];

/** For any text, names that later steps use included: what these find is a secret for certain. */
export const CERTAIN: readonly Rule[] = [...ALWAYS, named('=>|:=|=|(?<=["\'])\\s*:')];

/** For prose and logs: `token: x` and `--token x` too, which in a name would be `registry/vault-token:1.4`. */
export const IN_TEXT: readonly Rule[] = [
  ...ALWAYS,
  named('=>|:=|=|:'),
  [
    new RegExp(`(?<![\\w-])(--?[\\w-]{0,40}?${SECRET_NAMES}\\s+)(?!-|\\[redacted\\])${VALUE}`, 'gi'),
    `$1${GONE}`,
  ],
];

/** What only looks like a secret: long words of hex or of mixed characters. */
export const GUESSED: readonly Rule[] = [
  [/(?<![\w:-])(?:sha(?:1|224|256|384|512):)?[0-9a-f]{32,}(?![\w-])/gi, keepDigest],
  [/(?<![\w+/=-])[A-Za-z0-9+/_-]{32,}={0,2}(?![\w+/=-])/g, secretLooking],
];

/** A digest of an image names it and opens nothing. */
function keepDigest(match: string): string {
  return /^sha\d+:/i.test(match) ? match : GONE;
}

/** Long words with all kinds of characters are keys; paths, pod names and class names are not. */
function secretLooking(word: string): string {
  if (!isMixed(word)) return word;
  const readable = word.split(/[/_-]/).every((part) => part.length < 6 || !isMixed(part));
  return readable ? word : GONE;
}

function isMixed(word: string): boolean {
  return /\d/.test(word) && /[A-Z]/.test(word) && /[a-z]/.test(word);
}
