/** What people decide about what is left behind. */
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import { isLeft, isOverdue } from '../loose-end.ts';
import { judgeAlone } from './alone.ts';
import { sayGone } from './gone.ts';
import { agreeKeep, keep, keepRest, leftNow } from './keeping.ts';
import { probeAll } from './loose-ends.ts';
import { addLeft, move } from './moving.ts';
import { remind } from './reminding.ts';

export function decideLeft(draft: Draft, what: LeftWhat): void {
  switch (what.do) {
    case 'check what is left': {
      if (what.looseEnd !== undefined) return checkOne(draft, what.looseEnd);
      emit(draft, 'left_asked', {});
      const asked = probeAll(draft, (end) => isLeft(end) || isOverdue(end));
      draft.says = asked === 0 ? 'Nothing to check.' : `Checking ${asked}.`;
      return;
    }
    case 'keep':
      return keep(draft, what);
    case 'judge alone':
      return judgeAlone(draft, what);
    case 'agree keep':
      return agreeKeep(draft, what);
    case 'keep rest':
      return keepRest(draft, what);
    case 'say gone':
      return sayGone(draft, what);
    case 'move':
      return move(draft, what);
    case 'add left':
      return addLeft(draft, what);
    case 'remind':
      return remind(draft, what);
  }
}

/** The list stays where it is, and is drawn anew when what was found is something new. */
function checkOne(draft: Draft, looseEnd: string): void {
  const { id } = leftNow(draft, looseEnd);
  const asked = probeAll(draft, (end) => end.id === id);
  draft.says = asked === 0 ? 'Nothing can look at this: two people say that it is gone.' : 'Checking.';
}
