/** What is said to others: updates, a handover, a question to a quiet channel. */
import type { SharingWhat } from '../commands/sharing.ts';
import { type Draft, emit } from '../draft.ts';
import { mayAsk } from '../quiet.ts';
import { Refused } from '../refused.ts';
import { timeWords } from '../time-words.ts';
import { needs } from './rights.ts';

/** Characters of an update, and of what the next person is told. */
const MOST_WORDS = 3000;
const LONGEST_ROLE = 40;

export function decideSharing(draft: Draft, what: SharingWhat): void {
  switch (what.do) {
    case 'post update':
      return postUpdate(draft, what);
    case 'remind update':
      // A newer update made another promise, or nobody waits any more.
      if (draft.incident.updateNext !== what.due || draft.incident.closedAt !== undefined) return;
      return emit(draft, 'update_missed', { promised: what.due });
    case 'hand over':
      return handOver(draft, what);
    case 'ask about quiet':
      if (mayAsk(draft.incident, what.due)) emit(draft, 'quiet_asked', { since: draft.incident.lastEntryAt });
      return;
    case 'snooze quiet':
      return snooze(draft, what.until);
  }
}

function postUpdate(draft: Draft, what: Extract<SharingWhat, { do: 'post update' }>): void {
  needs(draft, 'observe', 'post an update');
  const { incident, command } = draft;
  const text = what.text.trim();
  if (text === '') throw new Refused('text', 'Write what everybody else should know.');
  if (text.length > MOST_WORDS)
    throw new Refused('text', `That is longer than ${MOST_WORDS} characters. Say it in fewer words.`);
  if (what.next !== undefined && what.next <= command.now)
    throw new Refused('next', 'The next update cannot be promised for a time that has been.');
  if (what.outside && incident.declared.private && what.phrase?.trim().toLowerCase() !== 'yes')
    throw new Refused(
      'private',
      'This incident is private. Type yes to tell these words outside of its channel.',
    );
  emit(draft, 'update_posted', {
    update: `U${incident.version + 1}`,
    text,
    ...(what.next === undefined ? {} : { next: what.next }),
    outside: what.outside,
  });
}

function handOver(draft: Draft, { role, to, says }: Extract<SharingWhat, { do: 'hand over' }>): void {
  needs(draft, 'observe', 'hand a role over');
  const { incident } = draft;
  const named = role.trim().toLowerCase();
  if (named === '' || named.length > LONGEST_ROLE)
    throw new Refused('role', `A role has a name of at most ${LONGEST_ROLE} characters, such as lead.`);
  const from = incident.roles.get(named);
  if (from?.id === to.id) throw new Refused('same-person', `${to.name} is ${named} already.`);
  emit(draft, 'handed_over', {
    role: named,
    ...(from ? { from } : {}),
    to,
    says: says.trim().slice(0, MOST_WORDS),
  });
}

/** One question is put off once: what was pressed twice is said once. */
function snooze(draft: Draft, until: number): void {
  const { incident, command } = draft;
  const asked = incident.quietQuestion;
  if (!asked || asked.over)
    throw new Refused('quiet-over', 'Something was written down meanwhile: nothing waits here any more.');
  if (asked.snoozed) {
    const again = timeWords(
      { at: asked.snoozed.until, precision: 'exact' },
      { zone: incident.declared.zone, now: command.now },
    );
    draft.says = `It is asked again at ${again} already.`;
    return;
  }
  if (until <= command.now) throw new Refused('until', 'That has been already.');
  emit(draft, 'quiet_snoozed', { until });
}
