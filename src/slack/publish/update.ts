/** Posts an update for everybody who waits into the channel that handrail.yaml names for it, and into the incident's own. */
import type { EventOf } from '../../incidents/events.ts';
import {
  type Outside,
  reminderAnswered,
  updateInside,
  updateOutside,
  updateReminder,
} from '../views/update.ts';
import { channelId, join } from './channel-id.ts';
import type { Posted, Stage } from './stage.ts';

const REMINDER = 'update-reminder';

export async function publishUpdate(stage: Stage, channel: string): Promise<void> {
  const { incident, event } = stage.shown;
  if (event?.type === 'update_missed') {
    // Another update has come since.
    if (incident.updateNext !== undefined || incident.closedAt !== undefined) return;
    await stage.post(REMINDER, channel, updateReminder(incident, event));
    return;
  }
  if (event?.type !== 'update_posted') return;
  const outside = await tellOutside(stage, event);
  const place = await once(stage, `update:${event.version}`, channel, updateInside(incident, event, outside));
  const reminder = stage.posted(REMINDER);
  if (place && reminder && answersFirst(stage, event.version, reminder))
    await stage.update('the reminder of an update', reminder, reminderAnswered(stage.link(place)));
}

/** No update came between the reminder and this one. */
function answersFirst(stage: Stage, version: number, reminder: Posted): boolean {
  return ![...stage.shown.incident.posts].some(
    ([what, { ts }]) =>
      /^update:\d+$/.test(what) && what !== `update:${version}` && Number(ts) > Number(reminder.ts),
  );
}

/** Nothing of a private incident leaves without a typed yes: the door has asked for it (decide/sharing.ts). */
async function tellOutside(stage: Stage, event: EventOf<'update_posted'>): Promise<Outside> {
  const { incident } = stage.shown;
  const { updatesChannel } = stage.config;
  if (!event.body.outside) return { kind: 'kept' };
  if (updatesChannel === undefined) return { kind: 'not configured' };
  const shown = /^[CG][A-Z0-9]{5,}$/.test(updatesChannel) ? updatesChannel : `#${updatesChannel}`;
  const refused: Outside = { kind: 'refused', channel: shown };
  const to = await channelId(stage, 'slack.updates_channel', updatesChannel);
  if (to === undefined) return refused;
  const what = `update-outside:${event.version}`;
  if (!stage.posted(what)) await join(stage, to);
  const place = await once(stage, what, to, updateOutside(incident, event));
  return place ? { kind: 'posted', link: stage.link(place) } : refused;
}

/** A second try of the effect finds what the first one posted. */
async function once(
  stage: Stage,
  what: string,
  channel: string,
  message: ReturnType<typeof updateOutside>,
): Promise<Posted | undefined> {
  return stage.posted(what) ?? (await stage.post(what, channel, message));
}
