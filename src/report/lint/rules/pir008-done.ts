/** PIR008: a follow-up of which nobody can tell when it is done. */
import type { Finding } from '../problem.ts';
import { quoted } from '../report-read.ts';
import type { Rule } from '../rule.ts';

const vague =
  /^(?:please |we (?:should|will|need to|must) |to |maybe |perhaps )?(investigate|improve|consider|look (?:into|at)|think about|explore|examine|discuss|reconsider|evaluate|be (?:more )?careful|try to|understand|keep (?:an eye|up)|pay attention|raise awareness|better)\b/i;
/** Says how one will know: then the first word does not matter. */
const measured =
  /\b(?:done when|so that|until (?!q[1-4]\b|end\b|next\b|\d)\p{L}|and (?:write|document|add|decide|record|report|publish)|by (?:adding|writing|removing|setting|measuring)|(?:below|above|under|within|at least|at most|less than|more than) \d)/iu;

const verbs = new Set(
  'accept add adopt agree alert allow apply archive ask assign attach audit automate backfill back block book build buy bump cache call change charge check choose clean clear close collect compare complete configure confirm connect consolidate convert copy correct cover create cut decide declare decommission decrease define delete deliver demonstrate deploy deprecate describe detach develop disable disconnect do document double drain drop drill email enable encrypt end enforce enlarge ensure escalate establish exercise expand expire export extend extract fail file filter find finish fix force format free freeze get give grant guard handle harden have hire hold identify implement import include increase index inform install instrument introduce isolate join keep label leave limit link list lock log look lower maintain make map mark measure meet merge migrate mirror mitigate monitor mount move name notify offer open optimise optimize order organise organize own pace page pair parse patch pause pay pin plan play point post practise practice prepare prevent print promote prove provide provision publish pull purge push put raise read rebuild record recover redact reduce refactor refresh refuse reject release reload remind remount remove rename renew repair repeat replace reply report request require rerun resize resolve restart restore restrict retire retry return reuse revert review revoke rewrite roll rotate route run save scale scan schedule script secure see segregate send separate serve set share ship show shorten shut sign silence simplify size skip snapshot speak split standardise standardize start stop store subscribe switch sync tag take teach tell terminate test throttle tidy tighten track train transfer translate trigger trim tune turn undo unify uninstall unlock unmount update upgrade upload use validate verify vote wait walk warn watch wire withdraw wrap write'.split(
    ' ',
  ),
);

/** A verb of doing among the first words; `All database backup` has none. */
function hasVerb(text: string): boolean {
  const words =
    text
      .slice(0, 400)
      .toLowerCase()
      .match(/[\p{L}]+/gu) ?? [];
  // A noun may be spelt like a verb: only the first word is one for certain, or what stands after these.
  const first = words.slice(0, 1).some((word) => verbs.has(word));
  const later = words.some(
    (word, index) =>
      index > 0 &&
      verbs.has(word) &&
      /^(?:to|and|then|should|must|will|please|or|not|we|let|now)$/.test(words[index - 1] ?? ''),
  );
  const named = /^[^:]{1,60}:\s*(\p{L}+)/u.exec(text)?.[1]?.toLowerCase() ?? '';
  const adverb = (words[0] ?? '').endsWith('ly') && verbs.has(words[1] ?? '');
  return first || later || adverb || verbs.has(named);
}

export const pir008: Rule = {
  code: 'PIR008',
  title: 'Follow-up that cannot be told done',
  level: 'warning',
  finds:
    'An open follow-up begins with a word such as Investigate, Improve or Consider and gives no measure, or has no verb.',
  why: 'What cannot be done cannot be closed either: it stays on the list until nobody reads the list.',
  remedy: 'Begin with what will be done (add, remove, write, set ...), or add “done when ...”.',
  check: ({ followUps }) =>
    followUps.flatMap(({ unit, text, done }): Finding[] => {
      if (done || text === '' || measured.test(text.slice(0, 2000)) || /\bdone when\b/i.test(unit.text))
        return [];
      const found = vague.exec(text.slice(0, 200));
      const says = found
        ? `${quoted(text)} begins with “${found[1]}”: nobody can tell when it is done.`
        : `${quoted(text)} has no verb: what is to be done?`;
      // Words of another script than Latin have verbs that are not known here.
      if (!found && (hasVerb(text) || !/^[\p{Script=Latin}\p{N}\p{P}\p{S}\s]+$/u.test(text))) return [];
      return [{ place: unit.place(0), about: unit.text, says }];
    }),
};
