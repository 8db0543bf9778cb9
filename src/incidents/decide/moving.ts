/** What is left is followed somewhere else, or was written down by a person because no step has left it. */
import type { LeftWhat } from '../commands/left.ts';
import { type Draft, emit } from '../draft.ts';
import { Refused } from '../refused.ts';
import { leftNow, timeOf } from './keeping.ts';
import { needs } from './rights.ts';

/** To a ticket or a pull request. Personal data and access are not followed elsewhere: they go, or two people keep them. */
export function move(draft: Draft, what: Extract<LeftWhat, { do: 'move' }>): void {
  needs(draft, 'operate', 'move what is left');
  const end = leftNow(draft, what.looseEnd);
  if (end.opened.kind === 'approval-alone')
    throw new Refused('not-now', 'What was decided alone is looked at by a second person.');
  if (end.opened.sensitivity)
    throw new Refused('sensitive', 'Personal data and access are taken back, or kept by two people.');
  const link = webLink(what.link);
  const says = what.says?.trim();
  emit(draft, 'loose_end_moved', { id: end.id, link, ...(says ? { says } : {}) });
}

/** Whoever sees something that was left may write it down. */
export function addLeft(draft: Draft, what: Extract<LeftWhat, { do: 'add left' }>): void {
  needs(draft, 'observe', 'write down what was left');
  const { incident } = draft;
  const title = what.title.trim();
  if (title === '') throw new Refused('title', 'Say what was left.');
  const until = what.until?.trim() ? timeOf(draft, what.until) : undefined;
  const { sensitivity, owner } = what;
  emit(draft, 'loose_end_opened', {
    id: `M${incident.version + 1}`,
    kind: 'temporary',
    title,
    object: what.object.trim(),
    namespace: incident.declared.namespace,
    state: 'open',
    source: 'manual',
    ...(owner ? { owner } : {}),
    ...(sensitivity ? { sensitivity } : {}),
    ...until,
  });
}

/** @throws Refused for anything but a web address */
function webLink(typed: string): string {
  // Slack puts addresses into angle brackets.
  const text = typed.trim().replace(/^<([^|>]+)(?:\|[^>]*)?>$/, '$1');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new Refused('link', 'Give the address of the ticket, such as https://tracker.example.org/123.');
  return url.href;
}
