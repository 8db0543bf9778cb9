/** Takes secrets and personal data out of text before it leaves the machine: logs, errors, evidence. */

const GONE = '[redacted]';

/** Words that announce a secret when they end the name of a setting: `DB_PASSWORD`, `"client_secret"`, `--token`. */
const SECRET_NAMES =
  '(?:(?:\\b|_)pass|pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|authorization|cookie|session[_-]?id|' +
  '(?:api|access|private|secret|account|signing|encryption|shared)[_-]?key|client[_-]?secret|connection[_-]?string)';

const VALUE = `(?:"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'|[^\\s,;&"'(){}\\[\\]<>]+)`;

// Every repetition that does not end in a fixed mark is bounded: one long line must not cost quadratic time.
const RULES: readonly (readonly [RegExp, string | ((match: string, ...groups: string[]) => string)])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, GONE],
  // scheme://user:password@host. A raw password may hold @, / or ?: everything up to the last @ of the word goes.
  [/\b([a-z][a-z0-9+.-]{1,40}:\/\/)(?=[^\s"'<>@/]*[:@])[^\s"'<>]*@/gi, `$1${GONE}@`],
  [/\b(Bearer|Basic|Digest|Negotiate)(\s+)[A-Za-z0-9._~+/=-]{6,}/gi, `$1$2${GONE}`],
  [/\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g, GONE],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,20}\b/g, GONE],
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{8,}|AIza[\w-]{30,}|sk_(?:live|test)_\w{10,}|npm_[A-Za-z0-9]{30,})/g,
    GONE,
  ],
  [new RegExp(`(${SECRET_NAMES}["']?\\s*(?:=>|:=|=|:)\\s*)(?!\\[redacted\\])${VALUE}`, 'gi'), `$1${GONE}`],
  [
    new RegExp(`(?<![\\w-])(--?[\\w-]{0,40}?${SECRET_NAMES}\\s+)(?!-|\\[redacted\\])${VALUE}`, 'gi'),
    `$1${GONE}`,
  ],
  [/[\w.+'%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, GONE],
  // Health and phone numbers of ten digits, as one group, 4-3-3 or 3-3-4.
  [/(?<![\w.:/-])(?:\d{10}|\d{4}[ -]\d{3}[ -]\d{3}|\d{3}[ -]\d{3}[ -]\d{4})(?![\w-]|\.\d)/g, GONE],
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

/**
 * Text without connection passwords, tokens, keys, e-mail addresses, ten-digit numbers, and without `secrets`: values
 * that the caller has read itself (each of four characters or more, also URL-encoded and in base64).
 * It rather takes too much: a Unix time of ten digits goes too.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of spellings(secrets)) clean = clean.replaceAll(secret, GONE);
  for (const [pattern, by] of RULES) clean = clean.replace(pattern, by as string);
  return clean;
}

function spellings(secrets: readonly string[]): string[] {
  const all = new Set<string>();
  for (const secret of secrets) {
    for (const form of [secret, secret.trim()]) {
      if (form.length < 4) continue;
      all.add(form);
      all.add(encodeURIComponent(form));
      all.add(Buffer.from(form).toString('base64'));
    }
  }
  return [...all].sort((a, b) => b.length - a.length);
}
