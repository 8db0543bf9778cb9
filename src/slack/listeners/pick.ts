/** A command that needs an incident, typed elsewhere: the open incidents are offered instead of an error. */
import { actions, button, section } from '../blocks.ts';
import type { Room } from '../room.ts';
import type { Seen } from '../views/help.ts';
import type { CommandContext } from './context.ts';
import { lookSoon } from './soon.ts';

/** The open incidents that this person can see, newest first. */
export async function seenBy(room: Room, user: string): Promise<Seen[]> {
  const open = [...(await room.door.openIncidents())]
    .filter(({ row }) => !row.quiet)
    .sort((a, b) => b.number - a.number);
  const sees = await Promise.all(open.map(({ row }) => room.members.sees(user, row)));
  return open.filter((_, index) => sees[index]);
}

export async function pickIncident(context: CommandContext, text: string): Promise<void> {
  await context.done();
  const seen = await seenBy(context.room, context.actor.user);
  if (seen.length === 0)
    return context.tell('No incident is open that you can see. Declare one with `/incident start`.');
  if (JSON.stringify(text).length > 1800)
    return context.tell('This is not an incident’s channel. Type it in the channel of the incident.');
  const buttons = seen
    .slice(0, 20)
    .map(({ number, row }, n) =>
      button('pick', `INC-${number} ${row.title}`, { incident: number, text }, { n }),
    );
  return context.tell('For which incident?', [
    section('This is not an incident’s channel. *For which incident?*'),
    ...actions(buttons, 'pick'),
  ]);
}

/** Whether this person may see an incident at all: a button's value is no proof. */
export async function mayTouch(room: Room, user: string, incident: number): Promise<boolean> {
  const found = await room.door.look(incident, ({ declared, channel }) => ({
    hidden: declared.private,
    channel: channel?.id,
  }));
  if (!found) return false;
  return !found.hidden || (found.channel !== undefined && (await room.members.isIn(user, found.channel)));
}

/** Told in place of what a button or a form of an incident would have done. */
export const OUTSIDE = ':no_entry_sign: You cannot see that incident.';

/**
 * Whether somebody is outside of a private incident: a button or a form that they were shown stays on their screen when
 * they are taken out of its channel. `from`: the channel of the button, since who clicks in a channel is in it. Costs
 * nothing for other incidents from their second click on; while nothing answers nobody is kept from their work.
 */
export function outsiders(room: Room): (user: string, incident: number, from?: string) => Promise<boolean> {
  const places = new Map<number, { readonly hidden: boolean; readonly channel: string | undefined }>();
  return async (user, incident, from) => {
    const place =
      places.get(incident) ??
      (await lookSoon(room, incident, ({ declared, channel }) => ({
        hidden: declared.private,
        channel: channel?.id,
      })));
    if (!place?.hidden || place.channel === undefined) {
      if (place && !place.hidden) places.set(incident, place);
      return false;
    }
    places.set(incident, place);
    return place.channel !== from && (await room.members.isOut(user, place.channel));
  };
}
