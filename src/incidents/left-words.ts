/** What is left behind and how it stands, in words: the same in Slack, at a terminal and in a refusal. */
import { readableSeconds } from '../runbooks/duration.ts';
import { comingWords } from './coming-time.ts';
import { isLeft, isOverdue, type LooseEnd } from './loose-end.ts';
import type { Incident } from './state.ts';
import { lengthOf } from './until.ts';

export { isLeft };

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
export function sensitiveWords({ opened, state }: Pick<LooseEnd, 'opened' | 'state'>): string | undefined {
  if (!opened.sensitivity) return undefined;
  const what = opened.sensitivity === 'access' ? 'access' : 'personal data';
  return isLeft({ state }) ? `${what}: has to go before the incident is closed, or two people keep it` : what;
}

const rank = { 'personal-data': 0, access: 1, none: 2 } as const;

/** In the order in which it is taken back: personal data first, then access, and of the rest the newest first. */
export const byUrgency = (ends: Iterable<LooseEnd>): readonly LooseEnd[] =>
  [...ends]
    .reverse()
    .sort(
      (a, b) =>
        rank[a.opened.sensitivity ?? 'none'] - rank[b.opened.sensitivity ?? 'none'] ||
        b.openedAt - a.openedAt,
    );

export const leftTitle = (open: number): string =>
  open === 0 ? 'Nothing left behind' : `Left behind: ${open}`;

/** Until when it may stay, or is kept; undefined for what stays as it is. */
export function untilWords(
  end: Pick<LooseEnd, 'opened' | 'state' | 'keptUntil' | 'askedFor'>,
  incident: Pick<Incident, 'declared' | 'resolvedAt' | 'closedAt'>,
): string | undefined {
  const { opened, state, keptUntil } = end;
  if (keptUntil !== undefined) {
    const at = comingWords(keptUntil, incident.declared.zone);
    if (isOverdue(end)) return `its time was over on ${at}`;
    return state === 'accepted' ? `kept until ${at}` : `to be gone by ${at}`;
  }
  const { until } = opened;
  if (until === undefined || state === 'accepted') return undefined;
  if (until !== 'incident-close') {
    const ms = lengthOf(until);
    return ms === undefined ? `may stay until ${until}` : `may stay for ${readableSeconds(ms / 1000)}`;
  }
  if (incident.closedAt !== undefined) return 'was to be taken back before the incident was closed';
  return incident.resolvedAt === undefined
    ? 'to be taken back before the incident is closed'
    : 'still to be taken back, or kept, before the incident is closed';
}

/** Whose word it waits for; undefined when it waits for nobody. */
export function waitsWords({ waits, keepAsked }: Pick<LooseEnd, 'waits' | 'keepAsked'>): string | undefined {
  if (!waits) return undefined;
  const { name } = waits.by;
  if (waits.for === 'gone')
    return `${name} says that it is gone: ${waits.says}. A second person has to say so too.`;
  const until = keepAsked?.until === undefined ? '' : ` until ${keepAsked.until}`;
  return `${name} wants to keep it${until}: ${waits.says}. A second person who may approve has to agree.`;
}
