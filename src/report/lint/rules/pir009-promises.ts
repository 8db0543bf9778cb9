/** PIR009: a promise in a sentence that no follow-up keeps. */
import type { Finding } from '../problem.ts';
import { nounsOf, sharesNouns } from '../reading/nouns.ts';
import { sentencesOf } from '../reading/sentences.ts';
import { isIn, prose, quoted } from '../report-read.ts';
import type { Rule } from '../rule.ts';

/** What should have happened is looking back; `should have backups` is not. */
export const PARTICIPLE = String.raw`(?:\p{L}+ed|been|had|known|seen|done|gone|made|taken|found|said|told|kept|thought|got|put|run|begun|written|caught|read|set)\b`;

const promise = new RegExp(
  String.raw`\b(?:(?:should|must)(?!(?: not|n[’']t)? have ${PARTICIPLE})|(?:absolutely |really )?needs? to|(?:absolutely|really|urgently) needs?|we(?: will| shall|[’']ll)(?! be\b)|consider|reconsider|(?:strongly )?encouraged?|recommend(?:ed)?(?: to| that)|ought to|it would (?:help|be better))\b`,
  'iu',
);
/** Not ours to keep, or no promise: what somebody said, asked or expected. */
const none =
  /\b(?:should be (?:ok|okay|fine|noted|back|up)\b|must be (?:ok|fine)\b|as (?:it|they) should\b)/i;

export const pir009: Rule = {
  code: 'PIR009',
  title: 'A promise without a follow-up',
  level: 'warning',
  finds:
    'A sentence says should, must, need to, consider, strongly encouraged or absolutely need, and no follow-up shares its nouns.',
  why: 'Lessons that nobody has taken on are learnt again.',
  remedy: 'Give it an owner and a date there, or say that it will not be done.',
  check(report) {
    const nouns = report.followUps.map(({ unit }) => nounsOf(unit.text));
    return prose(report).flatMap((unit): Finding[] => {
      const { section, kind } = unit;
      if (
        isIn(section, 'follow-ups') ||
        section.kind === 'evidence' ||
        section.kind === 'questions' ||
        section.kind === 'generated'
      )
        return [];
      // What was said on the night is no lesson.
      if (kind === 'row' || (section.kind === undefined && report.rowOf.has(unit))) return [];
      return sentencesOf(unit.text).flatMap((sentence): Finding[] => {
        const index = sentence.text.search(promise);
        if (index === -1 || sentence.text.endsWith('?') || none.test(sentence.text)) return [];
        const about = nounsOf(sentence.text);
        if (about.size > 0 && nouns.some((one) => sharesNouns(about, one))) return [];
        return [
          {
            place: unit.place(sentence.index + index),
            about: sentence.text,
            says: `No follow-up keeps this promise: ${quoted(sentence.text, 80)} Make it a follow-up?`,
          },
        ];
      });
    });
  },
};
