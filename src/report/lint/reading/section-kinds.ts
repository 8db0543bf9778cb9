/** Which part of a report a heading begins, by the words that reports in the field use for it. */

export type SectionKind =
  | 'summary'
  | 'leadup'
  | 'impact'
  | 'detection'
  | 'response'
  | 'recovery'
  | 'cause'
  | 'whys'
  | 'timeline'
  | 'decisions'
  | 'evidence'
  | 'lessons'
  | 'follow-ups'
  | 'left-behind'
  | 'people'
  | 'questions'
  | 'generated';

const words: readonly (readonly [SectionKind, RegExp])[] = [
  ['left-behind', /^(?:left behind|loose ends?|leftovers?|temporary changes?|clean ?up(?: list)?)\b/],
  [
    'follow-ups',
    /^(?:follow ?ups?|action items?|actions?(?: items)?|next steps|to ?dos?|corrective (?:and preventive )?actions|tasks|remediation items)\b/,
  ],
  ['whys', /^(?:the )?(?:five|5) why/],
  [
    'cause',
    /^(?:the )?(?:blameless )?(?:root )?causes?\b|^contributing (?:factors|causes)|^trigger$|^root cause analysis|^why (?:did )?it happen/,
  ],
  ['impact', /^(?:the |business |customer |user )?impact\b/],
  ['detection', /^detection\b|^how (?:was it|we) (?:detected|noticed)/],
  ['response', /^(?:incident )?response\b/],
  ['recovery', /^(?:recovery|resolution|mitigation|remediation)\b/],
  ['timeline', /^(?:incident )?(?:timeline|chronology|sequence of events|log of events)\b/],
  ['leadup', /^(?:lead ?up|background)\b/],
  [
    'lessons',
    /^(?:lessons?(?: learned| learnt)?|take ?aways?|what (?:went|we learned|we learnt|was)|went (?:well|wrong)|was (?:hard|lucky)|where we (?:got|were) lucky|retrospective)\b/,
  ],
  ['decisions', /^decisions?\b/],
  ['evidence', /^evidence\b|^appendix\b/],
  ['people', /^(?:people|responders?|participants?|authors?|who (?:was|took part))\b/],
  ['questions', /^open questions?\b|^questions for the retrospective/],
  ['summary', /^(?:executive )?(?:summary|overview|tl ?dr|synopsis|what happened|description|abstract)\b/],
  [
    'generated',
    /^(?:how long it took|changes made|checked again|by hand|runbooks used|updates$|handovers$|waived questions)/,
  ],
];

/** Undefined for a heading that says nothing of these. Emoji, numbers and punctuation before the words do not matter. */
export function sectionKind(title: string): SectionKind | undefined {
  const plain = title
    .slice(0, 120)
    .toLowerCase()
    .replace(/[’'`]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    // Numbers, and what is left of emoji: also of those that were saved in a wrong encoding.
    .replace(/^(?:(?!5 why)(?![a-z]+(?: |$))\S+ )+/, '');
  return words.find(([, pattern]) => pattern.test(plain))?.[0];
}

/** A line of its own, without any mark of a heading, is one when it is nothing but the usual words. */
export function isBareTitle(line: string): boolean {
  return (
    line.length <= 40 &&
    /^(?:Summary|Impact|Detection|Response|Recovery|Root [Cc]ause|Timeline|Takeaways?|Lessons [Ll]earn(?:ed|t)|Follow-?[Uu]ps?(?: [Tt]asks)?|Action [Ii]tems|Left [Bb]ehind|Five [Ww]hys|Leadup):?$/.test(
      line.trim(),
    )
  );
}
