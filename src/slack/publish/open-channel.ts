/** Opens the incident's channel: name, people, topic, card, bookmark, orientation, one public line. */
import { effectRecordId } from '../command-ids.ts';
import { cut } from '../fit.ts';
import { line } from '../mrkdwn.ts';
import { channelName } from '../views/card.ts';
import { orientation } from '../views/orientation.ts';
import { announce } from './announce.ts';
import { postCard, setTopic } from './card.ts';
import { inviteAll } from './invite.ts';
import type { Stage } from './stage.ts';

export async function openChannel(stage: Stage): Promise<void> {
  const channel = await theChannel(stage);
  if (channel === undefined) return noChannel(stage);
  await inviteAll(stage, channel);
  if (!stage.posted('card')) await postCard(stage, channel);
  await setTopic(stage, channel);
  const where = orientation(stage.shown.incident);
  if (where && !stage.posted('orientation')) await stage.post('orientation', channel, where);
  await bookmark(stage, channel);
  await announce(stage, channel);
}

async function theChannel(stage: Stage): Promise<string | undefined> {
  const { incident, effectId, record, tries } = stage.shown;
  if (incident.channel) return incident.channel.id;
  const found = tries > 1 ? await stage.attempt('look for the channel', () => existing(stage)) : undefined;
  const channel = found ?? (await create(stage));
  if (channel)
    await record(
      { do: 'record channel', channel: channel.id, name: channel.name },
      effectRecordId(effectId, 'channel'),
    );
  return channel?.id;
}

/** A channel that an earlier try made: the bot is in it, and it is not older than the incident. */
async function existing(stage: Stage): Promise<{ id: string; name: string } | undefined> {
  const { incident } = stage.shown;
  const prefix = `inc-${incident.number}`;
  let cursor: string | undefined;
  do {
    const answer = await stage.client.users.conversations({
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 200,
      ...(cursor ? { cursor } : {}),
    });
    for (const { id, name, created } of answer.channels ?? [])
      if (
        id &&
        name &&
        (name === prefix || name.startsWith(`${prefix}-`)) &&
        (created ?? 0) * 1000 >= incident.declaredAt - 120_000
      )
        return { id, name };
    cursor = answer.response_metadata?.next_cursor || undefined;
  } while (cursor);
  return undefined;
}

async function create(stage: Stage): Promise<{ id: string; name: string } | undefined> {
  const { incident } = stage.shown;
  const base = channelName(incident);
  for (let n = 1; n <= 6; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    let taken = false;
    const made = await stage.attempt('open the channel', async () => {
      try {
        return await stage.client.conversations.create({ name, is_private: incident.declared.private });
      } catch (error) {
        // The name of a channel that somebody else made, or of an older installation.
        taken =
          error instanceof Error &&
          'data' in error &&
          (error.data as { error?: string }).error === 'name_taken';
        if (taken) return undefined;
        throw error;
      }
    });
    if (taken) continue;
    const { id, name: given } = made?.channel ?? {};
    return id ? { id, name: given ?? name } : undefined;
  }
  return undefined;
}

/** What it opens comes first: the bar shows the beginning. */
export function bookmarkTitle(document: string, system: string): string {
  return `${cut(document, 100)} · ${cut(system, 90)}`;
}

async function bookmark(stage: Stage, channel: string): Promise<void> {
  const { system } = stage.shown.incident.declared;
  const links = [
    ...(system?.docs ?? []),
    ...(system?.picture ? [{ title: 'Picture of the system', url: system.picture }] : []),
  ];
  const first = links.find(({ url }) => /^https?:\/\//.test(url));
  if (!system || !first) return;
  const quietly = new Set(['too_many_bookmarks', 'channel_not_found']);
  const known =
    stage.shown.tries > 1
      ? await stage.attempt(
          'read the bookmarks',
          () => stage.client.bookmarks.list({ channel_id: channel }),
          quietly,
        )
      : undefined;
  if (known?.bookmarks?.some((one) => one.link === first.url)) return;
  await stage.attempt(
    'add the bookmark',
    () =>
      stage.client.bookmarks.add({
        channel_id: channel,
        title: bookmarkTitle(first.title, system.title),
        type: 'link',
        link: first.url,
      }),
    quietly,
  );
}

/** Slack opens no channel: who declared it must not believe that one is coming. */
async function noChannel(stage: Stage): Promise<void> {
  const { incident } = stage.shown;
  const { place, private: hidden } = incident.declared;
  if (hidden || !place || !/^[CG]/.test(place) || stage.posted('no-channel')) return;
  const text = `:warning: INC-${incident.number} ${line(incident.declared.title, 150)} is on record, but Slack did not open a channel for it. Work from a terminal: \`handrail incident\`.`;
  await stage.post('no-channel', place, {
    text,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }],
  });
}
