/** PIR010: a person beside words of blame. */
import type { Finding } from '../problem.ts';
import { couldBeFirstName, couldBePerson, personIn } from '../reading/people.ts';
import { sentencesOf } from '../reading/sentences.ts';
import { prose, quoted } from '../report-read.ts';
import type { Rule } from '../rule.ts';
import { PARTICIPLE } from './pir009-promises.ts';

/** Systems fail to and are unable to; only a name of a person makes these blame. */
const anybody = new RegExp(
  String.raw`\b(?:(?:failed|fails) to|(?:was|were|is) (?:unable|not able) to|could not be bothered|should(?: not|n[’']t)? have(?= ${PARTICIPLE})|did(?: not|n[’']t) bother)\b`,
  'iu',
);
/** Only people do these. */
const people =
  /\b(?:forgot(?:ten)?(?: to)?|wasted|neglected|careless(?:ly|ness)?|negligen(?:t|ce)|human error|incompeten(?:t|ce)|sloppy|lazy|blam(?:e|ed)|ignored (?:the|our|an))\b/i;
const role =
  /\b(?:the|an?|our) (?:on[- ]?call(?: engineer| person)?|engineer|operator|developer|admin(?:istrator)?|dba|responder|lead|intern|person)\b/i;

/** Who the words are about: a known name before them, or what can only be one. */
function blamed(
  sentence: string,
  at: number,
  onlyPeople: boolean,
  names: ReadonlySet<string>,
): string | undefined {
  const before = sentence.slice(0, at);
  const known = personIn(onlyPeople ? sentence : before, names);
  if (known) return known.name;
  const pair = /(\p{Lu}[\p{L}’'-]+ \p{Lu}[\p{L}’'-]+)[^.;:]{0,20}$/u.exec(before.slice(-80))?.[1];
  if (pair && couldBePerson(pair)) return pair;
  const one =
    /(?:^|[\s(])(\p{Lu}\p{Ll}+) (?:(?:had|has|also|then|simply|just|was|were|is|been) ){0,2}$/u.exec(
      before.slice(-60),
    )?.[1];
  if (onlyPeople && one && couldBeFirstName(one)) return one;
  return onlyPeople ? role.exec(sentence)?.[0] : role.exec(before.slice(-60))?.[0];
}

export const pir010: Rule = {
  code: 'PIR010',
  title: 'A person beside words of blame',
  level: 'warning',
  finds:
    'A sentence puts a person, or a role that one person had, beside failed to, forgot, was unable to, wasted, should have, careless or human error. The word “fault” alone is none of these.',
  why: 'Who is blamed once writes less down the next time; and the reason why it could happen is not looked for.',
  remedy: 'Say what was missing: “the backups were not where the page says”, not who did not find them.',
  check(report) {
    const { names } = report.people;
    return prose(report).flatMap((unit) =>
      sentencesOf(unit.text).flatMap((sentence): Finding[] => {
        const [only, any] = [people.exec(sentence.text), anybody.exec(sentence.text)];
        const found = only ?? any;
        if (!found) return [];
        const who = blamed(sentence.text, found.index, only !== null, names);
        if (who === undefined) return [];
        return [
          {
            place: unit.place(sentence.index + found.index),
            about: sentence.text,
            says: `${quoted(who, 40)} stands beside “${found[0]}”: ${quoted(sentence.text, 80)}`,
          },
        ];
      }),
    );
  },
};
