/** Patterns of personal data: e-mail addresses, health and insurance numbers. */
import { GONE, type Rule } from './rules.ts';

const LABEL =
  '(?:phn|personal[ _-]?health[ _-]?(?:number|no|num|id)|care[ _-]?card(?:[ _-]?(?:number|no|id))?|nhs(?:[ _-]?(?:number|no))?|' +
  'mrn|medical[ _-]?record(?:[ _-]?(?:number|no))?|ohip|ramq|hcn|' +
  '(?:health|insurance|insured|policy|medicare|patient|member)[ _-]?(?:card[ _-]?|insurance[ _-]?)?(?:number|no|num|nr|id)|' +
  'ssn|social[ _-]?(?:security|insurance)[ _-]?(?:number|no)|versichertennummer|krankenversicherung\\w{0,10})';

/** From the @ on. The last part is letters: `image@1.2.3` is a version. */
const AT_DOMAIN = /@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])/gi;
const BEFORE_AT = /[\w.+'%-]{1,64}$/;

/** Looks back from each @: a long word without one costs nothing. */
function withoutMailAddresses(text: string): string {
  const kept: string[] = [];
  let end = 0;
  for (const { index, 0: domain } of text.matchAll(AT_DOMAIN)) {
    const [name = ''] = BEFORE_AT.exec(text.slice(Math.max(end, index - 64), index)) ?? [];
    if (name === '') continue;
    kept.push(text.slice(end, index - name.length), GONE);
    end = index + domain.length;
  }
  return kept.join('') + text.slice(end);
}

/** Personal data for certain, in any text. */
export const PERSONAL: readonly Rule[] = [
  withoutMailAddresses,
  [/(?<![\w.])9\d{3}([ -]?)\d{3}\1\d{3}(?!\w|[.-]\d)/g, (number) => (isHealthNumber(number) ? GONE : number)],
  // A number behind a word that says whose it is: spaces between its digits belong to it.
  [
    new RegExp(
      `(?<![a-z])(${LABEL}(?:\\\\?["'])?\\.?\\s{0,3}(?:[:=#]|is|was)?\\s{0,3}(?:\\\\?["'])?)([A-Z]{0,4}[ -]?\\d(?:[ -]?\\d){4,18}(?:[ -]?[A-Z]{1,2})?)(?!\\w)`,
      'gi',
    ),
    (whole, label, number) => (number.replace(/\D/g, '').length < 5 ? whole : `${label}${GONE}`),
  ],
];

/** What may be a health or telephone number: ten digits, as one group, 4-3-3 or 3-3-4. A Unix time is one too. */
export const TEN_DIGITS: Rule = [
  /(?<![\w.:/-])(?:\d{10}|\d{4}[ -]\d{3}[ -]\d{3}|\d{3}[ -]\d{3}[ -]\d{4})(?![\w-]|\.\d)/g,
  GONE,
];

const WEIGHTS = [2, 4, 8, 5, 10, 9, 7, 3];

/**
 * A Personal Health Number of British Columbia: ten digits, the first 9, the last a check digit: 11 less the sum of
 * (digit 2 to 9 times weight, modulo 11) modulo 11 (BC Ministry of Health, conformance standards, PHN check digit).
 */
export function isHealthNumber(text: string): boolean {
  const digits = Array.from(text.replace(/\D/g, ''), Number);
  if (digits.length !== 10 || digits[0] !== 9) return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + (((digits[index + 1] ?? 0) * weight) % 11), 0);
  return 11 - (sum % 11) === digits[9];
}
