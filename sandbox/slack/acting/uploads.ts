// A person shares a file in a channel. The page has no button for it: tests and scripts do.

import { reserveFile } from '../state/files.ts';
import { postMessage } from '../state/messages.ts';
import type { User } from '../state/people.ts';
import { emit } from '../state/workspace.ts';
import { messageText } from '../typed-text.ts';
import { CannotDo, joined, type Stage } from './stage.ts';

export interface Upload {
  name: string;
  content: Uint8Array;
  text?: string;
  thread_ts?: string;
  /** The address that Slack gives for it, when somebody made it lie. */
  claimedAddress?: string;
}

/** Returns the ts of its message. */
export function upload(stage: Stage, user: User, where: string, given: Upload): string {
  const { ws } = stage;
  const channel = joined(stage, user, where);
  const { name, content, text = '', thread_ts, claimedAddress } = given;
  if (name.trim() === '') throw new CannotDo('a file has a name');
  if (thread_ts !== undefined && !channel.messages.has(thread_ts))
    throw new CannotDo(`#${channel.name} has no message ${thread_ts} to answer`);
  const file = reserveFile(ws, { name, length: content.length, user: user.id });
  file.content = Buffer.from(content);
  file.complete = true;
  file.channels.push(channel.id);
  if (claimedAddress !== undefined) file.claimedAddress = claimedAddress;
  const message = postMessage(ws, channel, {
    user: user.id,
    subtype: 'file_share',
    text: messageText(ws, text),
    fileIds: [file.id],
    ...(thread_ts === undefined ? {} : { thread_ts }),
  });
  emit(ws, { type: 'file_shared', channel, file, user: user.id });
  return message.ts;
}
