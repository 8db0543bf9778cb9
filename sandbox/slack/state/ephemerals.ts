// Messages that only one person sees. They are kept for that person's page and are gone at its reload, as in Slack.

import type { Json } from '../blocks/rule.ts';
import type { Channel } from './channels.ts';
import { emit, type Workspace } from './workspace.ts';

export interface Ephemeral {
  ts: string;
  channel: string;
  /** Who sees it. */
  user: string;
  text: string;
  blocks?: Json[];
  thread_ts?: string;
}

export function postEphemeral(
  ws: Workspace,
  channel: Channel,
  user: string,
  draft: { text: string; blocks?: Json[]; thread_ts?: string },
): Ephemeral {
  const ephemeral: Ephemeral = { ts: ws.ids.ts(), channel: channel.id, user, ...draft };
  ws.ephemerals.push(ephemeral);
  emit(ws, { type: 'ephemeral_posted', ephemeral });
  return ephemeral;
}

export function changeEphemeral(
  ws: Workspace,
  ephemeral: Ephemeral,
  draft: { text: string; blocks?: Json[] },
): void {
  ephemeral.text = draft.text;
  if (draft.blocks === undefined) delete ephemeral.blocks;
  else ephemeral.blocks = draft.blocks;
  emit(ws, { type: 'ephemeral_changed', ephemeral });
}

export function deleteEphemeral(ws: Workspace, ephemeral: Ephemeral): void {
  ws.ephemerals = ws.ephemerals.filter((each) => each !== ephemeral);
  emit(ws, { type: 'ephemeral_deleted', ephemeral });
}

/** What a reload of the page does: this person's ephemerals are gone for good. */
export function forgetEphemerals(ws: Workspace, user: string): void {
  ws.ephemerals = ws.ephemerals.filter((each) => each.user !== user);
}
