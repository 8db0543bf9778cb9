/** The sections that people write themselves: one list for the forms, the report and whoever checks it. */

/** What the event `section_written` names, the heading that people know, and what they are asked. */
export interface OwnSection {
  readonly name: string;
  readonly title: string;
  /** A question, ended by its mark: the form shows it, and the report in italics while nobody has answered. */
  readonly prompt: string;
  /** A second line for the form: what makes the answer good. */
  readonly hint?: string;
}

/** In the order in which a report has them. Names are never changed: recorded events hold them. */
export const ownSections = [
  {
    name: 'summary',
    title: 'Summary',
    prompt: 'What happened, in three sentences for somebody who was not there?',
  },
  {
    name: 'leadup',
    title: 'Leadup',
    prompt: 'What had changed before: a release, an update, a node, a setting?',
  },
  {
    name: 'impact',
    title: 'Impact',
    prompt: 'Who was affected, what could they not do, and how many were they? Was data lost or wrong?',
    hint: 'Who, what, for how long, and a number.',
  },
  {
    name: 'detection',
    title: 'Detection',
    prompt: 'Could an alert have told us earlier? Which one?',
  },
  {
    name: 'response',
    title: 'Response',
    prompt: 'What stood in the way, and what helped?',
  },
  {
    name: 'recovery',
    title: 'Recovery',
    prompt: 'How could it be done faster or more safely next time?',
  },
  {
    name: 'root cause',
    title: 'Root cause',
    prompt: 'What was the cause, and what has to change so that it does not come back?',
    hint: 'What made it possible, not who did it. Leave it empty while nobody knows.',
  },
  {
    name: 'contributing factors',
    title: 'Contributing factors',
    prompt: 'What else had to be as it was for this to happen, or to last so long?',
    hint: 'One a line, each beginning with a hyphen.',
  },
  {
    name: 'went well',
    title: 'What went well',
    prompt: 'What went well and should stay as it is?',
    hint: 'One a line, each beginning with a hyphen.',
  },
  {
    name: 'was hard',
    title: 'What was hard',
    prompt: 'What was harder than it should be?',
    hint: 'One a line, each beginning with a hyphen.',
  },
  {
    name: 'was lucky',
    title: 'Where we were lucky',
    prompt: 'What could as well have gone wrong?',
    hint: 'One a line, each beginning with a hyphen.',
  },
  {
    name: 'lessons',
    title: 'Lessons',
    prompt: 'What should the team, and the next team on call, take away from this?',
    hint: 'A promise to do something belongs to the follow-ups.',
  },
  {
    name: 'learnt',
    title: 'What we learnt about the system',
    prompt: 'What do we know about the system now that we did not know before?',
    hint: 'Where things run, where their data are, what depends on what.',
  },
] as const satisfies readonly OwnSection[];

export type OwnSectionName = (typeof ownSections)[number]['name'];

/** Undefined for a name that no section has: of a newer Handrail, or mistyped. */
export const ownSectionNamed = (name: string): (OwnSection & { readonly name: OwnSectionName }) | undefined =>
  ownSections.find((section) => section.name === name);
