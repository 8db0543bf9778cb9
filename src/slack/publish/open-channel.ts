/** Opens the incident's channel: name, people, topic, card, bookmark, orientation, one public line. */
import { effectRecordId } from '../command-ids.ts';
import { line, slackId } from '../mrkdwn.ts';
import { channelName } from '../views/card.ts';
import { announcement, orientation } from '../views/orientation.ts';
import { postCard, setTopic } from './card.ts';
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
  if (channel) await record({ do: 'record channel', channel: channel.id, name: channel.name }, effectRecordId(effectId, 'channel'));
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
      if (id && name && (name === prefix || name.startsWith(`${prefix}-`)) && (created ?? 0) * 1000 >= incident.declaredAt - 120_000)
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
        taken = error instanceof Error && 'data' in error && (error.data as { error?: string }).error === 'name_taken';
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

async function inviteAll(stage: Stage, channel: string): Promise<void> {
  const { incident, record } = stage.shown;
  const { users, usergroups } = stage.config.invite;
  const people = [incident.declaredBy, ...incident.roles.values(), ...incident.declared.invited].map(slackId);
  const ofGroups = await Promise.all(usergroups.map((group) => stage.people.groupMembers(group)));
  const wanted = [...new Set([...people, ...users, ...ofGroups.flat()])].filter((user) => user !== undefined && user !== stage.bot.user);
  const failed: { user: string; why: string }[] = [];
  for (let from = 0; from < wanted.length; from += 100) {
    const some = wanted.slice(from, from + 100) as string[];
    const answer = await stage.attempt('invite people', async () => {
      try {
        return await stage.client.conversations.invite({ channel, users: some.join(','), force: true });
      } catch (error) {
        const { errors } = ((error as { data?: unknown }).data ?? {}) as { errors?: { user?: string; error?: string }[] };
        if (!errors) throw error;
        return { ok: false, errors };
      }
    }, new Set(['already_in_channel', 'cant_invite_self']));
    for (const { user, error } of (answer?.errors ?? []) as { user?: string; error?: string }[])
      if (user && error !== 'already_in_channel' && error !== 'cant_invite_self') failed.push({ user, why: error ?? 'unknown' });
  }
  if (failed.length === 0) return;
  const names = await Promise.all(failed.slice(0, 10).map(async ({ user, why }) => `${await stage.people.name(user)} (${why})`));
  await record(
    { do: 'record slack failure', what: 'invite people', says: `Not invited: ${names.join(', ')}.` },
    `slack-failure:${incident.number}:invite`,
  );
}

async function bookmark(stage: Stage, channel: string): Promise<void> {
  const { system } = stage.shown.incident.declared;
  const links = [...(system?.docs ?? []), ...(system?.picture ? [{ title: 'Picture of the system', url: system.picture }] : [])];
  const first = links.find(({ url }) => /^https?:\/\//.test(url));
  if (!system || !first) return;
  const bookmarkTitle = `${system.title}: ${first.title}`.slice(0, 200);
  const quietly = new Set(['too_many_bookmarks', 'channel_not_found']);
  const known = stage.shown.tries > 1 ? await stage.attempt('read the bookmarks', () => stage.client.bookmarks.list({ channel_id: channel }), quietly) : undefined;
  if (known?.bookmarks?.some((one) => one.link === first.url)) return;
  await stage.attempt('add the bookmark', () => stage.client.bookmarks.add({ channel_id: channel, title: bookmarkTitle, type: 'link', link: first.url }), quietly);
}

/** Private incidents are told nowhere. */
async function announce(stage: Stage, channel: string): Promise<void> {
  const { incident } = stage.shown;
  const { private: hidden, place } = incident.declared;
  if (hidden) return;
  const message = announcement(incident, channel);
  const { incidentsChannel } = stage.config;
  const common = incidentsChannel === undefined ? undefined : await channelId(stage, incidentsChannel);
  if (place && place !== common && /^[CG]/.test(place) && !stage.posted('announced:place')) await tellIn(stage, 'announced:place', place, message);
  if (common && !stage.posted('announced:channel')) await tellIn(stage, 'announced:channel', common, message);
}

async function tellIn(stage: Stage, what: string, channel: string, message: { text: string; blocks: never[] | ReturnType<typeof announcement>['blocks'] }): Promise<void> {
  // Posting needs membership; joining a public channel again changes nothing.
  await stage.attempt('join a channel', () => stage.client.conversations.join({ channel }), new Set(['method_not_supported_for_channel_type', 'channel_not_found', 'is_archived', 'missing_scope']));
  await stage.post(what, channel, message);
}

async function channelId(stage: Stage, nameOrId: string): Promise<string | undefined> {
  if (/^[CG][A-Z0-9]{5,}$/.test(nameOrId)) return nameOrId;
  const key = `channel/${nameOrId}`;
  const known = stage.drawn.get(key);
  if (known) return known;
  let cursor: string | undefined;
  for (let page = 0; page < 50; page++) {
    const answer = await stage.attempt('look for the incidents channel', () =>
      stage.client.conversations.list({ types: 'public_channel', exclude_archived: true, limit: 900, ...(cursor ? { cursor } : {}) }),
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
    { do: 'record slack failure', what: 'tell the incidents channel', says: `There is no channel #${line(nameOrId, 80)}. Correct slack.incidents_channel in handrail.yaml.` },
    `slack-failure:${stage.shown.incident.number}:incidents-channel`,
  );
  return undefined;
}

/** Slack opens no channel: who declared it must not believe that one is coming. */
async function noChannel(stage: Stage): Promise<void> {
  const { incident } = stage.shown;
  const { place, private: hidden } = incident.declared;
  if (hidden || !place || !/^[CG]/.test(place) || stage.posted('no-channel')) return;
  const text = `:warning: INC-${incident.number} ${line(incident.declared.title, 150)} is on record, but Slack did not open a channel for it. Work from a terminal: \`handrail incident\`.`;
  await stage.post('no-channel', place, { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text } }] });
}
