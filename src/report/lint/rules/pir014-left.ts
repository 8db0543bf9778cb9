/** PIR014: something temporary is still there, or stays without somebody who owns that and a date. */
import type { Finding } from '../problem.ts';
import { dayIn } from '../reading/clock.ts';
import type { Unit } from '../reading/paper.ts';
import { sentencesOf } from '../reading/sentences.ts';
import type { Words } from '../reading/words.ts';
import { isIn, prose, quoted, type ReportRead, unitsIn } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const gone =
  /\b(?:gone|removed|deleted|undone|taken back|reverted|dropped|scaled (?:back|down)|turned (?:off|down)|closed|looked at|moved|nothing|none|no loose ends)\b/i;
const negated =
  /\bnot (?:yet )?(?:gone|removed|deleted|undone|taken back|reverted|looked at|closed)\b|\b(?:still|may exist|nobody has looked)\b/i;
const kept = /\b(?:kept|accepted|stays?|stay on purpose)\b/i;
const elsewhere = /\bsee follow-?ups?\b/i;
const owned = /\b(?:kept by|owner:?|owned by|accepted by)\s\p{L}|(?:^|[\s(])@[\p{L}\p{N}]/iu;

const column = (unit: Unit, pattern: RegExp): Words | undefined =>
  unit.cells?.[(unit.head ?? []).findIndex((name) => pattern.test(name))];

function ofEntry(unit: Unit): Finding[] {
  const state = column(unit, /^\W*(?:state|status)/i)?.text ?? unit.text;
  const what = unit.cells?.[0]?.text ?? unit.text;
  const finding = (says: string, remedy?: string): Finding[] => [
    {
      place: unit.place(0),
      about: unit.text,
      says: `${quoted(what)} ${says}`,
      ...(remedy ? { remedy } : {}),
    },
  ];
  if (elsewhere.test(state)) return [];
  if (negated.test(state)) return finding('is still there.');
  if (gone.test(state)) return [];
  if (!kept.test(state)) return finding('is still open: nothing says that it is gone or kept.');
  const until = column(unit, /^\W*(?:until|due|date)/i)?.text ?? unit.text;
  const owner = column(unit, /^\W*owner/i)?.text.trim() || (owned.test(unit.text) ? 'yes' : '');
  const lacks = [...(owner ? [] : ['owner']), ...(dayIn(until) === undefined ? ['date'] : [])];
  if (lacks.length === 0) return [];
  return finding(`is kept without ${lacks.join(' and ')}.`, 'Write who keeps it and until which day.');
}

const remains =
  /\b(?:(?:is|are|was|were) still (?:an? )?(?:in|on|there|running|open|enabled|scaled|paused|admin|member|mounted|granted|active)\b|(?:still has|still have) (?:access|admin|the role)|left (?:in place|running|enabled|behind)|kept the \p{L}+ (?:for (?:future|later) use|around)|has not been (?:removed|taken back|reverted|deleted))/iu;

/** A sentence elsewhere that says so by the way; one that looks back at the night is none. */
function byTheWay(report: ReportRead): Finding[] {
  return prose(report).flatMap((unit): Finding[] => {
    const { section } = unit;
    if (isIn(section, 'left-behind') || isIn(section, 'follow-ups') || section.kind === 'generated')
      return [];
    return sentencesOf(unit.text).flatMap((sentence): Finding[] => {
      const index = sentence.text.search(remains);
      if (index === -1) return [];
      return [
        {
          place: unit.place(sentence.index + index),
          about: sentence.text,
          level: 'warning',
          says: `Is it still there? ${quoted(sentence.text, 80)}`,
          remedy: 'Put it under “Left behind” with who keeps it and until when, or say when it was removed.',
        },
      ];
    });
  });
}

export const pir014: Rule = {
  code: 'PIR014',
  title: 'Something left behind is open, or kept without owner and date',
  level: 'error',
  finds:
    'A line under “Left behind” is not gone, or it is kept and nobody owns that until a day. A sentence elsewhere that says that something is still there: a warning.',
  why: 'Access, dumps and raised limits that were meant for one night are found a year later.',
  remedy: 'Take it back and write when, or write who keeps it, why, and until which day.',
  check(report) {
    const left = unitsIn(report, 'left-behind').filter(
      ({ kind, prompt }) => (kind === 'row' || kind === 'item') && !prompt,
    );
    return [...left.flatMap(ofEntry), ...byTheWay(report)];
  },
};
