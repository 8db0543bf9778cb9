// Redaction of long hostile text: the work grows with the text and not with its square, and nothing is missed for that.
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretValuesOf } from '../../src/actions/redact/known-values.ts';
import { PERSONAL } from '../../src/actions/redact/personal.ts';
import { applied, CERTAIN } from '../../src/actions/redact/rules.ts';

/** What took minutes at this size, or more, when each start in a word was followed to the word's end. */
const LONG = 4 * 1024 * 1024;
/** Patience of a machine that does other things as well; the work itself is of a second or two. */
const LIMIT_MS = 60_000;

/** True when the worker came to its end within the limit; it is stopped otherwise. */
async function ends(code: string, data: unknown): Promise<boolean> {
  const worker = new Worker(`import { workerData } from 'node:worker_threads';\n${code}`, {
    eval: true,
    workerData: data,
    execArgv: ['--input-type=module', '--disable-warning=ExperimentalWarning'],
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      timer = setTimeout(() => resolve(false), LIMIT_MS);
      worker.once('error', reject);
      worker.once('exit', () => resolve(true));
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

const file = (path: string) => JSON.stringify(new URL(`../../src/actions/${path}`, import.meta.url).href);

describe('4 MB in one word', () => {
  it.each([
    'postgres://',
    'op://a:',
    'a://b:c@',
    'a://b:c@d ',
    '://',
    'eyJ-',
    '-eyJabcdefg',
    'eyJaaaaaa-eyJ.',
    'eyJabcdefg.abcd ',
    'password="\\"',
    'password=\\"',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN RSA ',
    'a@b.c.',
    'ghp_abcdefghijklmnopqrst ',
    'AKIAIOSFODNN7EXAMPL0 ',
  ])(
    '%s, again and again',
    async (part) => {
      const code = `
      const { redact } = await import(${file('redact.ts')});
      const text = workerData.part.repeat(workerData.length / workerData.part.length);
      redact(text);
      redact(text, { exact: true });
      redact('password="' + text);`;
      expect(await ends(code, { part, length: LONG })).toBe(true);
    },
    2 * LIMIT_MS,
  );

  it(
    'in the entry of a Secret',
    async () => {
      const code = `
      const { secretValuesOf } = await import(${file('redact/known-values.ts')});
      secretValuesOf('a', 'postgres://'.repeat(workerData.length / 11), () => []);`;
      expect(await ends(code, { length: LONG })).toBe(true);
    },
    2 * LIMIT_MS,
  );
});

/** The two rules as they were: right, and quadratic. */
const BEFORE: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]{1,40}:\/\/)(?=[^\s"'<>@/]*[:@])[^\s"'<>]*@/gi, '$1[redacted]@'],
  [/\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g, '[redacted]'],
];
const before = (text: string): string => BEFORE.reduce((clean, [rule, by]) => clean.replace(rule, by), text);

const PIECES = [
  'ab',
  'x',
  'eyJ',
  'eyJabcdefg',
  '-',
  '_',
  '.',
  '://',
  ':',
  '@',
  '/',
  ' ',
  '"',
  "'",
  '<',
  '>',
  'http',
  'Z9',
  '\n',
  'é',
  '=',
  '?',
  '+',
  'postgres://u:p@h',
  'eyJaaaaaa.bbbb.cccc',
  'a'.repeat(45),
  '$1',
  '$&',
];

describe('what was taken out before still is', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 24 }).map((parts) => parts.join(''));

  it('by the rules for logins in addresses and for web tokens: exactly that', () => {
    const now = (one: string): string =>
      CERTAIN.slice(1, 4).reduce((clean, rule) => applied(rule, clean), one);
    // The rule between them (Bearer …) takes out none of these.
    fc.assert(
      fc.property(text, (one) => {
        expect(now(one)).toBe(before(one));
      }),
      { numRuns: 5000 },
    );
  });

  it('by the rule for e-mail addresses: exactly that', () => {
    const rule = /[\w.+'%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])/gi;
    const parts = fc.constantFrom(...PIECES, '@b.co', '.com', '@1.2', 'é@x.org', "o'n", 'x'.repeat(70));
    const words = fc.array(parts, { maxLength: 16 }).map((some) => some.join(''));
    fc.assert(
      fc.property(words, (one) => {
        expect(PERSONAL.slice(0, 1).reduce((clean, by) => applied(by, clean), one)).toBe(
          one.replace(rule, '[redacted]'),
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('by the search for passwords in a Secret: exactly those', () => {
    const passwords = (one: string): string[] =>
      [...one.matchAll(/[a-z][a-z0-9+.-]{1,40}:\/\/([^\s"'<>]*)@/gi)].flatMap(([, login]) => {
        const password = login?.slice(login.indexOf(':') + 1);
        return password ? [password, decodedOr(password)] : [];
      });
    const word = text.filter((one) => !/[\n{[]/.test(one));
    fc.assert(
      fc.property(word, (one) => {
        const found = passwords(one.trim());
        fc.pre(found.length > 0);
        expect(secretValuesOf('url', one, () => [])).toEqual([one.trim(), ...found]);
      }),
      { numRuns: 3000 },
    );
  });
});

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
