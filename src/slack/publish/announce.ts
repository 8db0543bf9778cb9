/** One public line about an incident, kept up to date: where it was declared, and in the incidents channel. */
import { line } from '../mrkdwn.ts';
import { announcement } from '../views/orientation.ts';
import { channelGone } from './failures.ts';
import type { Stage } from './stage.ts';

/** Private incidents are told nowhere. */
export async function announce(stage: Stage, channel: string): Promise<void> {
  const { incident } = stage.shown;
  const { private: hidden, place } = incident.declared;
  if (hidden) return;
  const message = announcement(incident, channel);
  const { incidentsChannel } = stage.config;
  const common = incidentsChannel === undefined ? undefined : await channelId(stage, incidentsChannel);
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
  // Posting needs membership; joining a public channel again changes nothing.
  await stage.attempt(
    'join a channel',
    () => stage.client.conversations.join({ channel }),
    new Set(['method_not_supported_for_channel_type', 'channel_not_found', 'is_archived', 'missing_scope']),
  );
  await stage.post(what, channel, message, { quietly });
}

async function channelId(stage: Stage, nameOrId: string): Promise<string | undefined> {
  if (/^[CG][A-Z0-9]{5,}$/.test(nameOrId)) return nameOrId;
  const key = `channel/${nameOrId}`;
  const known = stage.drawn.get(key);
  if (known) return known;
  let cursor: string | undefined;
  for (let page = 0; page < 50; page++) {
    const answer = await stage.attempt('look for the incidents channel', () =>
      stage.client.conversations.list({
        types: 'public_channel',
        exclude_archived: true,
        limit: 900,
        ...(cursor ? { cursor } : {}),
      }),
    );
    const found = answer?.channels?.find((one) => one.name === nameOrId)?.id;
    if (found) {
      stage.drawn.set(key, found);
      return found;
    }
    cursor = answer?.response_metadata?.next_cursor || undefined;
    if (!cursor) break;
  }
  await stage.shown.record(
    {
      do: 'record slack failure',
      what: 'tell the incidents channel',
      says: `There is no channel #${line(nameOrId, 80)}. Correct slack.incidents_channel in handrail.yaml.`,
    },
    `slack-failure:${stage.shown.incident.number}:incidents-channel`,
  );
  return undefined;
}
