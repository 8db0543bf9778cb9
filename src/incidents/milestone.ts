/** The milestones that a person can set because nothing else shows them. */

const words = {
  detected: 'Detected',
  acknowledged: 'Acknowledged',
  fixed: 'The fix was in place',
  tidied: 'Tidied up',
} as const;

export type Milestone = keyof typeof words;

/** In the order in which they can happen. */
export const milestoneNames = Object.keys(words) as readonly Milestone[];

export const isMilestone = (name: string): name is Milestone => Object.hasOwn(words, name);

/** As a line of the timeline begins; a name that this version does not know stays as it is. */
export const milestoneWords = (name: string): string => (isMilestone(name) ? words[name] : name);
