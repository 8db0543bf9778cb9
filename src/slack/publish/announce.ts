/** One public line about an incident, kept up to date: where it was declared, and in the incidents channel. */
import { announcement } from '../views/orientation.ts';
import { channelId, join } from './channel-id.ts';
import { channelGone } from './failures.ts';
import type { Stage } from './stage.ts';

/** Private incidents are told nowhere. */
export async function announce(stage: Stage, channel: string): Promise<void> {
  const { incident } = stage.shown;
  const { private: hidden, place } = incident.declared;
  if (hidden) return;
  const message = announcement(incident, channel);
  const { incidentsChannel } = stage.config;
  const common =
    incidentsChannel === undefined
      ? undefined
      : await channelId(stage, 'slack.incidents_channel', incidentsChannel);
  // Where it was declared may be a place that the bot cannot enter: that is no failure.
  if (place && place !== common && /^[CG]/.test(place) && !stage.posted('announced:place'))
    await tellIn(stage, 'announced:place', place, message, channelGone);
  if (common && !stage.posted('announced:channel')) await tellIn(stage, 'announced:channel', common, message);
}

/** The lines that were posted say how the incident stands now. Where that is refused they stay as they are. */
export async function drawAnnouncements(stage: Stage, channel: string): Promise<void> {
  const message = announcement(stage.shown.incident, channel);
  for (const what of ['announced:place', 'announced:channel']) {
    const place = stage.posted(what);
    if (place) await stage.update('the line about the incident', place, message, channelGone);
  }
}

async function tellIn(
  stage: Stage,
  what: string,
  channel: string,
  message: ReturnType<typeof announcement>,
  quietly: ReadonlySet<string> = new Set(),
): Promise<void> {
  await join(stage, channel);
  await stage.post(what, channel, message, { quietly });
}
