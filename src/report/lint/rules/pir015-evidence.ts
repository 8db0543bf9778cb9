/** PIR015: a claim about the cause, or that something was checked, with nothing to see it by. */
import type { Finding } from '../problem.ts';
import type { Unit } from '../reading/paper.ts';
import { sentencesOf } from '../reading/sentences.ts';
import { isIn, quoted, type ReportRead, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const cause =
  /\b(?:root cause (?:is|was)|(?:was|were|is|are) caused by|caused (?:the|our|this|an?)|because|due to|turned out|this (?:indicates|means|shows)|which (?:caused|led to)|led to|triggered (?:by|the|an?))\b/i;
const checked = /\b(?:confirmed|validated|verified|proved|proven|ruled out)\b(?! by\b)/i;
const unsure =
  /\b(?:suspect|may|might|possibly|perhaps|probably|not (?:sure|known)|unknown|unclear|guess|assume|hypothesis)/i;
/** A number, an address, words of a system in quotes, or where to look. */
const seen =
  /\d|https?:\/\/|[“"][^“”"]{4,}[”"]|\b(?:see|screenshot|graph|dashboard|log lines?|below|above|attached)\b/i;

function hasEvidence(unit: Unit, next: Unit | undefined, text: string): boolean {
  return (
    unit.code || unit.link || seen.test(text) || (next?.kind === 'code' && next.section === unit.section)
  );
}

/** The report brings its own evidence in a section; then lines of the timeline need none of their own. */
const broughtAlong = (report: ReportRead): boolean =>
  unitsIn(report, 'evidence').some(({ kind, prompt }) => kind !== 'prose' && !prompt);

export const pir015: Rule = {
  code: 'PIR015',
  title: 'A claim without evidence',
  level: 'warning',
  finds:
    'A sentence about the cause says what caused what, or a line of the timeline says that something was confirmed or ruled out, and there is no number, code, quotation or link beside it.',
  why: 'What was only believed on the night is what the next reader builds on.',
  remedy: 'Add the line of the log, the number, or a link; or write that it is a guess.',
  check(report) {
    const { units } = report.paper;
    const wanted = !broughtAlong(report);
    return units.flatMap((unit, index): Finding[] => {
      if (unit.kind === 'heading' || unit.kind === 'code' || unit.prompt) return [];
      const about = isIn(unit.section, 'cause') || isIn(unit.section, 'whys');
      const row = report.rowOf.get(unit);
      if (!about && !(row && wanted)) return [];
      const text = row?.text ?? unit.text;
      const claim = sentencesOf(text).find(
        (one) => (about ? cause : checked).test(one.text) && !unsure.test(one.text),
      );
      if (!claim || hasEvidence(unit, units[index + 1], claim.text)) return [];
      const from = Math.max(0, unit.text.indexOf(claim.text.slice(0, 60)));
      return [
        {
          place: unit.place(from),
          about: claim.text,
          says: `By what can this be seen? ${quoted(claim.text, 80)}`,
        },
      ];
    });
  },
};
