/** What people decide about what is left behind. */
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { judgeAlone } from './alone.ts';
import { probeAll } from './loose-ends.ts';
import { needs } from './rights.ts';

export function decideLeft(draft: Draft, what: LeftWhat): void {
  switch (what.do) {
    case 'check what is left': {
      emit(draft, 'left_asked', {});
      const asked = probeAll(draft, (end) => end.state !== 'accepted' && end.state !== 'moved');
      draft.says = asked === 0 ? 'Nothing to check.' : `Checking ${asked}.`;
      return;
    }
    case 'keep':
      return keep(draft, what);
    case 'judge alone':
      return judgeAlone(draft, what);
    case 'agree keep':
    case 'keep rest':
    case 'say gone':
    case 'move':
    case 'add left':
    case 'remind':
      throw new Refused('later', 'Not there yet.');
  }
}

function keep(draft: Draft, what: Extract<LeftWhat, { do: 'keep' }>): void {
  needs(draft, 'operate', 'keep what is left');
  const end = draft.incident.looseEnds.get(what.looseEnd);
  if (!end || end.state === 'gone') throw new Refused('gone', 'This is not left behind any more.');
  if (end.opened.sensitivity)
    throw new Refused('sensitive', 'Personal data and access are not kept on one word. Take it back.');
  const reason = what.reason.trim();
  if (reason === '') throw new Refused('reason', 'Give a short reason; it goes into the report.');
  emit(draft, 'loose_end_settled', {
    id: end.id,
    state: 'accepted',
    says: reason,
    owner: what.owner,
    until: what.until,
  });
}
