/** Locks that others hold are taken over: by anyone who may operate, with both incidents told. */
import type { What } from '../commands.ts';
import { type Draft, emit } from '../draft.ts';
import { ARRIVES, heldOf, holderOf, lockedAnswer, locksOf, lostBy } from '../locks.ts';
import { Refused } from '../refused.ts';
import { current, samePhrase } from './asks.ts';
import { tryAt } from './flow.ts';
import { needs } from './rights.ts';

/**
 * Takes the locks of a change that waits for its confirmation. The other change is not stopped: a call that is on its
 * way cannot be called back (design/runbooks.md, Locks), so while one may still arrive that is typed: the holder's, or
 * that of somebody from whom the holder took it. The confirmation itself is pressed again afterwards.
 */
export function takeOver(draft: Draft, what: Extract<What, { do: 'take over' }>): void {
  const { at } = what;
  const { incident, command } = draft;
  const { one } = current(draft, at);
  needs(draft, 'operate', 'take this over');
  if (!one.planned || (one.phase !== 'planned' && one.phase !== 'approval'))
    throw new Refused('not-now', 'This step does not wait for a confirmation now.');
  const me = holderOf(incident.number, at);
  const held = (draft.held ?? []).filter(({ holder }) => holder !== me);
  if (held.length === 0) {
    draft.says = 'Nobody else holds it now. Confirm the change.';
    return;
  }
  if (held.some(({ holder }) => !what.from.includes(holder))) {
    const { code, says, held: shown } = lockedAnswer(incident, at, held, command.now);
    throw new Refused(code, says, shown);
  }
  const arrives = held.some(({ running }) => running.length > 0);
  if (arrives && !samePhrase(what.phrase, ARRIVES))
    throw new Refused('phrase', `Type exactly: ${ARRIVES}`, heldOf(incident.number, at, held));
  const locks = held.map(({ key, incident: number, at: theirs, by, since }) => ({
    key,
    incident: number,
    run: theirs?.run ?? 0,
    step: theirs?.step ?? '',
    try: theirs?.try ?? 0,
    by,
    since,
  }));
  emit(draft, 'lock_taken', { ...at, locks, arrives });
  // A change of this same incident is told here; another incident hears of it by a command (lookups.ts).
  for (const lost of lostBy(locks))
    if (lost.incident === incident.number)
      emit(draft, 'lock_lost', { ...lost.body, to: incident.number, by: command.by.person });
  draft.says = `You hold ${locksOf(incident, at).join(' and ')} now. Confirm the change.`;
}

/** Told to the incident whose change lost its locks: an observation, also after its end. */
export function lockLost(draft: Draft, what: Extract<What, { do: 'record lock lost' }>): void {
  const { at, keys, since, to, by } = what;
  if (!tryAt(draft, at)) return;
  emit(draft, 'lock_lost', { ...at, keys: [...keys], since, to, by });
}
