/** Until when something may be left behind, where that is a length of time. */
import { parseDuration } from '../runbooks/duration.ts';
import type { LooseEnd } from './loose-end.ts';

/** ms of a length such as `2h`; undefined for a date, a word, or nothing. */
export const lengthOf = (until: string | undefined): number | undefined =>
  until === undefined ? undefined : parseDuration(until);

/** When its time is over (ms); undefined for what is to be gone by the close, or is not known to be there. */
export function overAt({ opened, madeAt }: Pick<LooseEnd, 'opened' | 'madeAt'>): number | undefined {
  const length = lengthOf(opened.until);
  return length === undefined || madeAt === undefined ? undefined : madeAt + length;
}
