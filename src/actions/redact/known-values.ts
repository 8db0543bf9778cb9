/** Values that were read from Secrets: which of them are secret, and the forms in which they turn up elsewhere. */
import { loginsIn } from './logins.ts';

/** Shorter ones stand in too many words to be told from them. */
const LEAST = 6;

/** Values that Secrets hold beside the secrets, and that every log is full of. */
const COMMON = new Set(
  (
    'admin adminuser administrator application changeme database debug default development disable disabled enable ' +
    'enabled example handrail https info kubernetes localhost master metabase mysql namespace nobody optional password ' +
    'patroni postgres postgresql postgresuser prefer prod production public readonly redis release replica replicator ' +
    'require required secret service staging standby superuser test testing true user username utf-8 verify-ca verify-full warning'
  ).split(' '),
);

/** Settings whose value is a name and no secret: the host that a Secret holds is what a trace is for. */
const NAMES_NOTHING_SECRET =
  /(?:^|[_.-])(?:host|hostname|hostaddr|server|addr|address|endpoint|port|db|dbname|database|catalog|name|user|username|login|role|service|namespace|schema|sslmode|mode|type|region|zone|tz|env|environment|level|driver|engine|version|issuer|bucket)s?$/i;
const NAMES_A_SECRET = /pass|pwd|secret|token|key|cred|auth|salt/i;

/**
 * The secret values in one entry of a Secret. An address gives its password; a file of settings gives each of its
 * values; the value of a setting that is named like a host, a port or a user is no secret.
 */
export function secretValuesOf(
  key: string,
  text: string,
  settingsOf: (text: string) => readonly { readonly name: string; readonly value: string }[],
): string[] {
  const whole = text.trim();
  if (whole.includes('-----BEGIN')) return whole.includes('PRIVATE KEY') ? linesOfKey(whole) : [];
  const passwords = passwordsIn(whole);
  if (passwords.length > 0 && !/[\n{]/.test(whole)) return [whole, ...passwords];
  if (/\n/.test(whole) || /^[[{]/.test(whole)) {
    const settings = settingsOf(whole);
    const inside = settings.flatMap(({ name, value }) => secretValuesOf(name, value, () => []));
    return [...(settings.length === 0 ? whole.split('\n') : []), ...inside, ...passwords];
  }
  const plain = plainName(key);
  return NAMES_NOTHING_SECRET.test(plain) && !NAMES_A_SECRET.test(plain) ? [] : [whole];
}

function plainName(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/** Lines of a private key, which a log may show without its first one. */
function linesOfKey(text: string): string[] {
  return text.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line.trim()));
}

function passwordsIn(text: string): string[] {
  const found: string[] = [];
  for (const login of loginsIn(text)) {
    const password = login.slice(login.indexOf(':') + 1);
    if (password) found.push(password, decoded(password));
  }
  for (const [, quoted, bare] of text.matchAll(/\b(?:password|pwd)\s*=\s*(?:'([^']*)'|([^\s;&]+))/gi)) {
    const password = quoted ?? bare;
    if (password) found.push(password, decoded(password));
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** False for what is short, a small number, or a word that stands in every log. */
export function isTelling(value: string): boolean {
  return value.length >= LEAST && !/^[\d.,:\s-]{1,9}$/.test(value) && !COMMON.has(value.toLowerCase());
}

const patterns = new WeakMap<readonly string[], RegExp | undefined>();

/** One pattern for all forms of these values; undefined when none of them is worth it. Kept by the list itself. */
export function patternOf(values: readonly string[]): RegExp | undefined {
  if (!patterns.has(values)) patterns.set(values, newPattern(values));
  return patterns.get(values);
}

function newPattern(values: readonly string[]): RegExp | undefined {
  const forms = new Set<string>();
  for (const value of values) {
    for (const form of [value, value.trim()])
      if (isTelling(form)) for (const one of formsOf(form)) forms.add(one);
  }
  if (forms.size === 0) return undefined;
  // The longest first: an address goes before the password in it.
  return new RegExp([...forms].sort((a, b) => b.length - a.length).join('|'), 'g');
}

/** As patterns: as it is, in JSON, in an address, in base64 alone and in base64 behind other bytes (`user:password`). */
function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), fullyEncoded(value)];
  const base64 = [0, 1, 2].map((before) => inBase64(bytes, before)).filter((text) => text.length >= LEAST);
  const all = [...forms, ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
  return all.map((form) => {
    const pattern = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    // A word that may be part of others goes only where it stands alone.
    return /^[a-z]{1,11}$/i.test(form) ? `(?<![A-Za-z])${pattern}(?![A-Za-z])` : pattern;
  });
}

/** `before`: how many bytes of the group of three stand before it. Characters that mix with its neighbours are left off. */
function inBase64(bytes: Buffer, before: number): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const first = before === 0 ? 0 : before + 1;
  const whole = (before + bytes.length) % 3 === 0;
  return text.slice(first, whole ? undefined : -1);
}

function fullyEncoded(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
