// Channels, private channels and direct messages: who is in them, their topic, pins and bookmarks.

import { type Canvas, canvasProperties } from './canvases.ts';
import type { Message } from './messages.ts';
import { postSystemMessage } from './messages.ts';
import { emit, seconds, type Workspace } from './workspace.ts';

export interface Pin {
  ts: string;
  by: string;
  at: number;
}

export interface Bookmark {
  id: string;
  title: string;
  link: string;
  emoji: string;
  by: string;
  created: number;
  updated: number;
}

interface Note {
  value: string;
  creator: string;
  last_set: number;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im' | 'mpim';
  created: number;
  creator: string;
  archived: boolean;
  general: boolean;
  members: Set<string>;
  topic: Note;
  purpose: Note;
  previousNames: string[];
  /** By ts, oldest first; replies are among them. */
  messages: Map<string, Message>;
  /** First message to its replies, oldest first: an index of `messages`. */
  threads: Map<string, Set<string>>;
  pins: Pin[];
  bookmarks: Bookmark[];
  canvas?: Canvas;
}

export type NameProblem =
  | 'invalid_name_required'
  | 'invalid_name_maxlength'
  | 'invalid_name_punctuation'
  | 'invalid_name_specials'
  | 'name_taken';

/** Why a channel may not have this name, in Slack's words; undefined when it may. `except` is a channel that has it already. */
export function nameProblem(ws: Workspace, name: string, except?: string): NameProblem | undefined {
  if (name === '') return 'invalid_name_required';
  if (name.length > 80) return 'invalid_name_maxlength';
  if (/^[-_]+$/.test(name)) return 'invalid_name_punctuation';
  // Letters of other scripts are allowed when they have no upper case, as in Slack.
  if (name !== name.toLowerCase() || !/^[\p{L}\p{N}\p{M}_-]+$/u.test(name)) return 'invalid_name_specials';
  for (const channel of ws.channels.values())
    if (channel.name === name && channel.id !== except) return 'name_taken';
  return undefined;
}

export function createChannel(
  ws: Workspace,
  draft: {
    name: string;
    kind: Channel['kind'];
    creator: string;
    members?: readonly string[];
    general?: boolean;
  },
): Channel {
  const now = seconds(ws);
  const empty = (): Note => ({ value: '', creator: '', last_set: 0 });
  const prefix = draft.kind === 'im' ? 'D' : 'C';
  const channel: Channel = {
    id: ws.ids.next(prefix),
    name: draft.name,
    kind: draft.kind,
    created: now,
    creator: draft.creator,
    archived: false,
    general: draft.general ?? false,
    members: new Set(draft.members ?? [draft.creator]),
    topic: empty(),
    purpose: empty(),
    previousNames: [],
    messages: new Map(),
    threads: new Map(),
    pins: [],
    bookmarks: [],
  };
  ws.channels.set(channel.id, channel);
  emit(ws, { type: 'channel_created', channel, by: draft.creator });
  if (draft.kind === 'public' || draft.kind === 'private')
    for (const user of channel.members) announceJoin(ws, channel, user);
  return channel;
}

function announceJoin(ws: Workspace, channel: Channel, user: string, inviter?: string): void {
  emit(ws, { type: 'member_joined', channel, user, ...(inviter === undefined ? {} : { inviter }) });
  postSystemMessage(ws, channel, {
    subtype: 'channel_join',
    user,
    text: `<@${user}> has joined the channel`,
    ...(inviter === undefined ? {} : { inviter }),
  });
}

/** Makes somebody a member; does nothing when they are one. */
export function addMember(ws: Workspace, channel: Channel, user: string, inviter?: string): boolean {
  if (channel.members.has(user)) return false;
  channel.members.add(user);
  announceJoin(ws, channel, user, inviter);
  return true;
}

export function removeMember(ws: Workspace, channel: Channel, user: string): boolean {
  if (!channel.members.has(user)) return false;
  postSystemMessage(ws, channel, { subtype: 'channel_leave', user, text: `<@${user}> has left the channel` });
  // The one who leaves is told as well: Slack sends the event before it takes the membership away.
  emit(ws, { type: 'member_left', channel, user });
  channel.members.delete(user);
  return true;
}

export function setNote(
  ws: Workspace,
  channel: Channel,
  what: 'topic' | 'purpose',
  value: string,
  by: string,
): void {
  channel[what] = { value, creator: by, last_set: seconds(ws) };
  emit(ws, { type: 'channel_changed', channel, by });
  const said = what === 'topic' ? 'topic' : 'description';
  postSystemMessage(ws, channel, {
    subtype: `channel_${what}`,
    user: by,
    text:
      value === '' ? `<@${by}> cleared the channel ${said}` : `<@${by}> set the channel ${said}: ${value}`,
    [what]: value,
  });
}

export function renameChannel(ws: Workspace, channel: Channel, name: string, by: string): void {
  const old = channel.name;
  channel.previousNames.unshift(old);
  channel.name = name;
  emit(ws, { type: 'channel_renamed', channel, by });
  postSystemMessage(ws, channel, {
    subtype: 'channel_name',
    user: by,
    text: `<@${by}> has renamed the channel from "${old}" to "${name}"`,
    old_name: old,
    name,
  });
}

export function setArchived(ws: Workspace, channel: Channel, archived: boolean, by: string): void {
  const word = archived ? 'archived' : 'un-archived';
  if (archived)
    postSystemMessage(ws, channel, {
      subtype: 'channel_archive',
      user: by,
      text: `<@${by}> ${word} the channel`,
    });
  channel.archived = archived;
  emit(ws, { type: archived ? 'channel_archived' : 'channel_unarchived', channel, by });
}

/** By id, or by name with or without the #. */
export function findChannel(ws: Workspace, idOrName: string): Channel | undefined {
  const byId = ws.channels.get(idOrName);
  if (byId !== undefined) return byId;
  const name = idOrName.replace(/^#/, '');
  return [...ws.channels.values()].find((channel) => channel.name === name);
}

/** The direct message of these people; made when they have none. */
export function openDirect(
  ws: Workspace,
  users: readonly string[],
  by: string,
): { channel: Channel; isNew: boolean } {
  const wanted = [...new Set([...users, by])].sort();
  for (const channel of ws.channels.values()) {
    if (channel.kind !== 'im' && channel.kind !== 'mpim') continue;
    if ([...channel.members].sort().join() === wanted.join()) return { channel, isNew: false };
  }
  const kind = wanted.length <= 2 ? 'im' : 'mpim';
  const name = kind === 'im' ? '' : `mpdm-${wanted.join('-').toLowerCase()}-1`;
  return { channel: createChannel(ws, { name, kind, creator: by, members: wanted }), isNew: true };
}

/** A channel as the Web API shows it to one of its users. */
export function channelObject(ws: Workspace, channel: Channel, viewer: string): Record<string, unknown> {
  const kind = channel.kind;
  const shared = {
    id: channel.id,
    created: channel.created,
    updated: channel.created * 1000,
    is_archived: channel.archived,
    context_team_id: ws.team.id,
    is_im: kind === 'im',
    is_org_shared: false,
  };
  if (kind === 'im') {
    const other = [...channel.members].find((member) => member !== viewer) ?? viewer;
    return { ...shared, user: other, is_user_deleted: false, priority: 0 };
  }
  return {
    ...shared,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_mpim: kind === 'mpim',
    is_private: kind !== 'public',
    is_general: channel.general,
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    parent_conversation: null,
    shared_team_ids: [ws.team.id],
    unlinked: 0,
    creator: channel.creator,
    is_member: channel.members.has(viewer),
    topic: channel.topic,
    purpose: channel.purpose,
    previous_names: channel.previousNames,
    ...canvasProperties(channel.canvas),
  };
}
