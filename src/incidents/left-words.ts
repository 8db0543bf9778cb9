/** What is left behind and how it stands, in words: the same in Slack and at a terminal. */
import type { LooseEnd } from './state.ts';

const states = {
  'may exist': 'may be there',
  open: 'still there',
  gone: 'gone',
  accepted: 'kept',
  moved: 'followed elsewhere',
} as const;

/** Of what somebody decided alone. */
const alone = { ...states, open: 'nobody else has looked at it yet', gone: 'looked at' } as const;

export const stateWords = ({ opened, state }: Pick<LooseEnd, 'opened' | 'state'>): string =>
  (opened.kind === 'approval-alone' ? alone : states)[state];

/** Why it holds the incident open; undefined for what does not. */
export function sensitiveWords({ opened }: Pick<LooseEnd, 'opened'>): string | undefined {
  if (!opened.sensitivity) return undefined;
  const what = opened.sensitivity === 'access' ? 'access' : 'personal data';
  return `${what}: has to go before the incident is closed`;
}

/** Still there, or nobody knows. */
export const isLeft = ({ state }: Pick<LooseEnd, 'state'>): boolean =>
  state === 'open' || state === 'may exist';

/** Personal data and access first, since they hold the incident open; the rest in the order in which they came. */
export const byUrgency = (ends: Iterable<LooseEnd>): readonly LooseEnd[] =>
  [...ends].sort((a, b) => (a.opened.sensitivity ? 0 : 1) - (b.opened.sensitivity ? 0 : 1));

export const leftTitle = (open: number): string =>
  open === 0 ? 'Nothing left behind' : `Left behind: ${open}`;
