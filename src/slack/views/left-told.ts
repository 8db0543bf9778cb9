/** Lines in the channel about what was left behind: a second person is needed, it was moved, its time is over. */
import type { EventOf, Person } from '../../incidents/events.ts';
import type { Incident, LooseEnd } from '../../incidents/state.ts';
import { actions, button, context, section } from '../blocks.ts';
import type { Callable } from '../door.ts';
import { esc, line, link, ping, who } from '../mrkdwn.ts';
import { drillMark } from './card.ts';
import { calls } from './wait-confirm.ts';
import type { Message } from './waiting.ts';

const titleOf = (incident: Incident, id: string): string =>
  `*${line(incident.looseEnds.get(id)?.opened.title ?? id, 200)}*`;

/** Personal data or access is to be kept: who may agree is called. Without its button once it was answered. */
export function keepAskedMessage(incident: Incident, end: LooseEnd, approvers: Callable): Message {
  const title = `*${line(end.opened.title, 200)}*`;
  const { waits, keepAsked } = end;
  if (waits?.for !== 'keep' || !keepAsked) {
    const words = `:busts_in_silhouette: Whether ${title} is kept was decided: ${line(end.says ?? '', 300)}`;
    return { text: words, blocks: [context(words)] };
  }
  const { reason, until, owner } = keepAsked;
  const called = calls(approvers, waits.by.id);
  const words = `:busts_in_silhouette: ${called ? `${called}: ` : ''}${who(waits.by)} wants to keep ${title} until ${line(until, 60)}, looked after by ${who(owner)}: ${esc(reason, 800)}\nSomebody else who may approve has to agree. Or it is taken back.`;
  const value = { incident: incident.number, looseEnd: end.id, asked: waits.at };
  return {
    text: words,
    blocks: [
      section(`${drillMark(incident)}${words}`),
      ...actions([button('agree-keep', 'Agree to keep', value)], `wait:keep:${end.id}`),
    ],
  };
}

/** What the second of two said. */
export function secondLine(end: LooseEnd, { by, body }: EventOf<'loose_end_settled'>): string {
  const title = `*${line(end.opened.title, 200)}*`;
  if (body.state === 'gone') return `:white_check_mark: ${title} is gone. ${esc(body.says, 1000)}`;
  const until = body.until ? ` until ${line(body.until, 60)}` : '';
  return `:busts_in_silhouette: ${who(by)} agrees that ${title} is kept${until}: ${esc(body.says, 800)}`;
}

export function goneSaidLine(incident: Incident, event: EventOf<'loose_end_gone_said'>): string {
  return `:busts_in_silhouette: ${who(event.by)} says that ${titleOf(incident, event.body.id)} is gone: ${esc(event.body.says, 500)}\nNothing can look by itself, so somebody else has to say so too: *It is gone: I looked too* in the list (\`/incident left\`).`;
}

export function movedLine(incident: Incident, event: EventOf<'loose_end_moved'>): string {
  const { id, says } = event.body;
  return `:arrow_right: ${who(event.by)} moved ${titleOf(incident, id)}: it is followed at ${link(event.body.link, event.body.link)}${says ? `. ${esc(says, 500)}` : ''}`;
}

/** Its owners are called; a day later everybody is asked, and the lead is called as well. Settled ones are left out. */
export function remindedLine(incident: Incident, { body }: EventOf<'ends_reminded'>): string | undefined {
  const ends = body.ids.flatMap((id) => {
    const end = incident.looseEnds.get(id);
    return end && end.keptUntil === body.since && end.state !== 'gone' && end.state !== 'moved' ? [end] : [];
  });
  if (ends.length === 0) return undefined;
  const rows = [...byOwner(ends)].map(([, { owner, titles }]) => {
    const shown = titles.slice(0, 8).map((title) => `_${line(title, 150)}_`);
    const more = titles.length > 8 ? `, and ${titles.length - 8} more` : '';
    return `• ${ping(owner)}: ${shown.join(', ')}${more}`;
  });
  const answer = 'Is it gone? Else keep it longer, or move it to a ticket: the list is below.';
  const lead = incident.roles.get('lead');
  const everybody = `Nobody has answered for a day: the time until which this was kept is over. Who of you looks after it?${lead ? ` ${ping(lead)} leads.` : ''}`;
  const head = `:alarm_clock: ${body.asks === 'owner' ? 'The time until which this was kept is over.' : everybody}`;
  return `${head}\n${rows.join('\n')}\n${answer}`;
}

function byOwner(ends: readonly LooseEnd[]): Map<string, { owner: Person; titles: string[] }> {
  const found = new Map<string, { owner: Person; titles: string[] }>();
  for (const end of ends) {
    const owner = end.owner ?? end.openedBy;
    const row = found.get(owner.id) ?? { owner, titles: [] };
    row.titles.push(end.opened.title);
    found.set(owner.id, row);
  }
  return found;
}
