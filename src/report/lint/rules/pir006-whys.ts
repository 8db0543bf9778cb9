/** PIR006: the why-chain ends in "unknown", and no follow-up looks into it. */
import type { Finding } from '../problem.ts';
import { nounsOf, shared, sharesNouns } from '../reading/nouns.ts';
import { quoted, type ReportRead, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const unknown =
  /\b(?:unknown|not known|unclear|unexplained|unsure|not (?:yet )?(?:sure|certain|clear|understood|found)|(?:do|does|did)(?: not|n[’']t) (?:yet )?know|(?:could|can)(?: not|n[’']t) (?:be )?(?:determined?|explain(?:ed)?|reproduced?|find)|were unable to reproduce|further investigation|remains a mystery|nobody (?:yet )?knows|no one (?:yet )?knows)\b/i;
const looking =
  /\b(?:find out|investigate|look into|determine|reproduce|analy[sz]e|understand|root cause|trace|debug|why|examine|capture|measure|instrument)\b/i;

/** The last of each chain: an item with nothing under it, and the last paragraph. */
function ends(report: ReportRead): ReturnType<typeof unitsIn> {
  const units = unitsIn(report, 'whys', 'cause').filter(({ kind, prompt }) => kind !== 'code' && !prompt);
  return units.filter((unit, index) => {
    const next = units[index + 1];
    return unit.kind !== 'item' || next?.kind !== 'item' || next.depth <= unit.depth;
  });
}

export const pir006: Rule = {
  code: 'PIR006',
  title: 'The whys end in “unknown”, and nobody looks further',
  level: 'warning',
  finds:
    'A line of the whys or of the cause says that the reason is not known, and no open follow-up looks into it.',
  why: 'What is not known today comes back, and then nobody remembers that it was not known.',
  remedy: 'Add a follow-up that says what will be looked at, or what will be recorded next time.',
  check(report) {
    const open = report.followUps.filter(({ done }) => !done);
    const nouns = open.map(({ text }) => ({ text, nouns: nounsOf(text) }));
    return ends(report).flatMap((unit): Finding[] => {
      const index = unit.text.search(unknown);
      if (index === -1) return [];
      const about = nounsOf(unit.text);
      const covered = nouns.some(
        (one) =>
          (looking.test(one.text) &&
            (shared(about, one.nouns) > 0 || /\b(?:why|root cause)\b/i.test(one.text))) ||
          shared(about, one.nouns) > 2 ||
          (about.size < 3 && sharesNouns(about, one.nouns)),
      );
      if (covered) return [];
      return [
        {
          place: unit.place(index),
          about: unit.text,
          says: `${quoted(unit.text)} is where the whys end, and no follow-up looks into it.`,
        },
      ];
    });
  },
};
