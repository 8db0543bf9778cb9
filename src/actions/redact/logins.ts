/** Logins in addresses, `scheme://user:password@host`: found word by word, each word looked at once. */

const SCHEME = /[a-z][a-z0-9+.-]{1,40}:\/\//i;
/** One that what follows may be the login of: `user:` or `user@` comes before the next slash. */
const SCHEME_OF_LOGIN = /\b[a-z][a-z0-9+.-]{1,40}:\/\/(?=[^\s"'<>@/]*[:@])/i;

/** A raw password may hold @, / or ?: everything from behind the scheme up to the last @ of the word is the login. */
function loginIn(word: string, scheme: RegExp): { from: number; to: number } | undefined {
  const to = word.lastIndexOf('@');
  if (to < 0) return undefined;
  const found = scheme.exec(word);
  if (!found) return undefined;
  const from = found.index + found[0].length;
  return from <= to ? { from, to } : undefined;
}

const WORDS = /[^\s"'<>]+/g;

/** The text with `gone` in the place of each login. */
export function withoutLogins(text: string, gone: string): string {
  if (!text.includes('://')) return text;
  return text.replace(WORDS, (word) => {
    const login = loginIn(word, SCHEME_OF_LOGIN);
    return login ? word.slice(0, login.from) + gone + word.slice(login.to) : word;
  });
}

/** Each login of a text, such as `user:password`. */
export function loginsIn(text: string): string[] {
  if (!text.includes('://')) return [];
  return (text.match(WORDS) ?? []).flatMap((word) => {
    const login = loginIn(word, SCHEME);
    return login ? [word.slice(login.from, login.to)] : [];
  });
}
