/** PIR002: the impact does not say who, what, how long, or how many. */
import { saysSpan } from '../reading/clock.ts';
import { quoted, sectionOf, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';
import { answered } from './pir001-sections.ts';

const who =
  /\b(?:users?|customers?|clients?|people|persons?|patients?|citizens?|visitors?|members?|staff|employees|developers|operators|tenants?|partners?|public|internal|external|teams?|nobody|no one|everyone|everybody|moderators?|applicants?|consumers?|subscribers?|merchants?|students?|drivers?)\b/i;
const what =
  /\b(?:unavailable|not available|down|offline|outage|unreachable|could(?: not|n[’']t)|can(?:not|[’']t)|unable|fail(?:s|ed|ing|ures?)?|errors?|slow(?:er|ly)?|delay(?:s|ed)?|timeouts?|timed out|lost|loss|missing|wrong|corrupt(?:ed|ion)?|degraded|not working|did(?: not|n[’']t) work|stopped|interrupted|no data|stale|blocked|disrupt(?:ed|ion)|no (?:impact|effect)|not affected)\b/i;
const amount =
  /\b\d[\d,. ]*\s?(?:%|percent|k\b|m\b)|\b(?:all|every|none|no|nobody|half|most of the|a (?:dozen|hundred|thousand|third|quarter)|dozens|hundreds|thousands|one|two|three|four|five|six|seven|eight|nine|ten)\b/i;
const lone =
  /(?<![\d:.+/-])\d[\d,.]*(?![\d:./-]|\s?(?:h|hrs?|hours?|min|mins|minutes?|s|secs?|seconds?|days?|weeks?|am|pm)\b)/i;

const parts: readonly (readonly [string, (text: string) => boolean])[] = [
  ['who was affected', (text) => who.test(text)],
  ['what they could not do', (text) => what.test(text)],
  ['for how long', saysSpan],
  [
    'how many or how much (a number)',
    (text) => amount.test(text) || lone.test(text.replace(/\b(?:\d{4}-\d\d-\d\d|SEV ?\d)\b/gi, '')),
  ],
];

export const pir002: Rule = {
  code: 'PIR002',
  title: 'Impact without who, what, how long or a number',
  level: 'warning',
  finds:
    'The section about the impact leaves out who was affected, what they could not do, for how long, or how many.',
  why: '“The service was unavailable” does not tell a reader whether it mattered.',
  remedy: 'Add it to the section; “nobody” and “not known” are answers too.',
  check(report) {
    const section = sectionOf(report, 'impact');
    if (!section?.heading || !answered(report, 'impact')) return [];
    const said = unitsIn(report, 'impact').filter(({ prompt }) => !prompt);
    const text = said
      .map((unit) => unit.text)
      .join('\n')
      .slice(0, 100_000);
    const lacks = parts.filter(([, says]) => !says(text)).map(([words]) => words);
    if (lacks.length === 0) return [];
    return [
      {
        place: section.heading.place(0),
        about: section.title,
        says: `${quoted(section.title)} does not say ${lacks.join(', ')}.`,
      },
    ];
  },
};
