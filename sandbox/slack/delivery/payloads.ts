// The payloads of commands, clicks, shortcuts and views, with the fields of Slack's published samples.

import type { Values } from '../blocks/interactive.ts';
import type { Json } from '../blocks/rule.ts';
import type { Channel } from '../state/channels.ts';
import type { Ephemeral } from '../state/ephemerals.ts';
import { type Message, messageObject } from '../state/messages.ts';
import type { User } from '../state/people.ts';
import { createReplyUrl } from '../state/reply-urls.ts';
import { createTrigger } from '../state/triggers.ts';
import type { View } from '../state/views.ts';
import type { Workspace } from '../state/workspace.ts';

/** The old verification token; Slack still sends one. */
export const VERIFICATION_TOKEN = 'local-verification-token';

const channelName = (channel: Channel): string =>
  channel.kind === 'im' ? 'directmessage' : channel.kind === 'private' ? 'privategroup' : channel.name;

function common(ws: Workspace, user: User): Json {
  return {
    team: { id: ws.team.id, domain: ws.team.domain },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: user.id, username: user.name, name: user.name, team_id: ws.team.id },
    api_app_id: ws.app.id,
    token: VERIFICATION_TOKEN,
  };
}

export function slashPayload(
  ws: Workspace,
  user: User,
  channel: Channel,
  command: string,
  text: string,
): Json {
  return {
    token: VERIFICATION_TOKEN,
    team_id: ws.team.id,
    team_domain: ws.team.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: ws.app.id,
    is_enterprise_install: 'false',
    response_url: createReplyUrl(ws, 'commands', { channel: channel.id, user: user.id }),
    trigger_id: createTrigger(ws, user.id),
  };
}

/** Where a person clicked: on a message, on one that only they see, or in a view. */
export type Surface =
  | { kind: 'message'; channel: Channel; message: Message; shown: Json }
  | { kind: 'ephemeral'; channel: Channel; ephemeral: Ephemeral }
  | { kind: 'view'; view: View };

/** @param action the entry of `actions`; it gets its action_ts here. @param values what the surface's elements hold. */
export function actionPayload(
  ws: Workspace,
  user: User,
  surface: Surface,
  action: Json,
  values: Values,
): Json {
  const actions = [{ ...action, action_ts: ws.ids.ts() }];
  const trigger_id = createTrigger(ws, user.id);
  const base = { type: 'block_actions', ...common(ws, user), trigger_id };
  if (surface.kind === 'view')
    return {
      ...base,
      container: { type: 'view', view_id: surface.view.id },
      view: structuredClone(surface.view),
      actions,
    };
  const { channel } = surface;
  const about = surface.kind === 'message' ? surface.message : surface.ephemeral;
  const thread = about.thread_ts === undefined ? {} : { thread_ts: about.thread_ts };
  return {
    ...base,
    container: {
      type: 'message',
      message_ts: about.ts,
      channel_id: channel.id,
      is_ephemeral: surface.kind === 'ephemeral',
      ...thread,
    },
    channel: { id: channel.id, name: channelName(channel) },
    ...(surface.kind === 'message' ? { message: surface.shown } : {}),
    state: { values: structuredClone(values) },
    response_url: createReplyUrl(ws, 'actions', {
      channel: channel.id,
      user: user.id,
      ts: about.ts,
      ...thread,
    }),
    actions,
  };
}

/** Addresses to answer to, for selects in the view that asked for one with `response_url_enabled`. */
function responseUrls(ws: Workspace, user: User, view: View): Json[] {
  return view.blocks.flatMap((block) => {
    const element = block.element as Json | undefined;
    if (element?.response_url_enabled !== true) return [];
    const value = view.state.values[String(block.block_id)]?.[String(element.action_id)];
    const channel = value?.selected_conversation ?? value?.selected_channel;
    if (typeof channel !== 'string') return [];
    return [
      {
        response_url: createReplyUrl(ws, 'app', { channel, user: user.id }),
        block_id: block.block_id,
        action_id: element.action_id,
        channel_id: channel,
      },
    ];
  });
}

export function submissionPayload(ws: Workspace, user: User, view: View): Json {
  return {
    type: 'view_submission',
    ...common(ws, user),
    trigger_id: createTrigger(ws, user.id),
    view: structuredClone(view),
    response_urls: responseUrls(ws, user, view),
  };
}

export function closedPayload(ws: Workspace, user: User, view: View, isCleared: boolean): Json {
  return {
    type: 'view_closed',
    ...common(ws, user),
    view: structuredClone(view),
    is_cleared: isCleared,
  };
}

export function messageShortcutPayload(
  ws: Workspace,
  user: User,
  callbackId: string,
  channel: Channel,
  message: Message,
): Json {
  return {
    type: 'message_action',
    ...common(ws, user),
    action_ts: ws.ids.ts(),
    callback_id: callbackId,
    trigger_id: createTrigger(ws, user.id),
    response_url: createReplyUrl(ws, 'app', { channel: channel.id, user: user.id, ts: message.ts }),
    channel: { id: channel.id, name: channelName(channel) },
    message_ts: message.ts,
    message: messageObject(ws, channel, message),
  };
}

export function globalShortcutPayload(ws: Workspace, user: User, callbackId: string): Json {
  return {
    type: 'shortcut',
    ...common(ws, user),
    action_ts: ws.ids.ts(),
    callback_id: callbackId,
    trigger_id: createTrigger(ws, user.id),
  };
}
