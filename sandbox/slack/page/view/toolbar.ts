// What one can do with a message: pushpin first, then reactions, thread, and a menu with the app's shortcuts.

import type { PageMessage } from '../../page-protocol.ts';
import { userOf } from '../state/seen.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { Menu, type MenuItem } from './menu.ts';
import { ReactionPicker, reactionsOf, useReact } from './reactions.ts';

function useMenuItems(message: PageMessage, inThread: boolean): (MenuItem | 'line')[] {
  const { page, state } = usePage();
  const { channel, ts } = message;
  const isPinned = Array.isArray(message.pinned_to);
  const isOwn = message.user === state.me.id && typeof message.subtype !== 'string';
  const thread =
    typeof message.thread_ts === 'string' && message.thread_ts !== ts ? message.thread_ts : undefined;
  const address = page.addressOf({ channel, ts, ...(thread === undefined ? {} : { thread }) });
  const shortcuts = state.session.shortcuts.filter((each) => each.type === 'message');
  const remove = async () => {
    const yes = await page.ask({
      title: 'Delete this message?',
      text: { type: 'plain_text', text: 'It cannot be brought back.' },
      confirm: 'Delete',
      deny: 'Keep it',
      danger: true,
    });
    if (yes) await page.act({ do: 'delete', channel, ts });
  };
  const copy = async () => {
    const link = new URL(address, window.location.href);
    link.searchParams.delete('as');
    await navigator.clipboard?.writeText(link.href).catch(() => {});
  };
  return [
    ...shortcuts.map(({ callbackId, name }) => ({
      label: name,
      more: state.session.app.name,
      onChoose: () => void page.act({ do: 'messageShortcut', callbackId, channel, ts }),
    })),
    ...(shortcuts.length > 0 ? ['line' as const] : []),
    {
      label: isPinned ? 'Remove the pin' : 'Pin to the channel',
      onChoose: () => void page.act({ do: isPinned ? 'unpin' : 'pin', channel, ts }),
    },
    { label: 'Copy the link', onChoose: copy },
    ...(isOwn
      ? [
          'line' as const,
          { label: 'Edit', onChoose: () => page.set({ editing: `${inThread ? 't' : 'm'}-${ts}` }) },
          { label: 'Delete', danger: true, onChoose: remove },
        ]
      : []),
  ];
}

export function Toolbar({ message, inThread }: { message: PageMessage; inThread: boolean }) {
  const { page, state } = usePage();
  const react = useReact(message);
  const items = useMenuItems(message, inThread);
  const channel = state.channels[message.channel];
  if (channel?.isMember !== true || channel.archived) return null;
  const isNoted = reactionsOf(message).some(
    (each) => each.name === 'pushpin' && each.users.includes(state.me.id),
  );
  const who = userOf(state, message.user)?.realName ?? 'the message';
  return html`<div class="toolbar" role="toolbar" aria-label=${`Message of ${who}`}>
    <button
      type="button"
      class="tool"
      aria-pressed=${isNoted ? 'true' : 'false'}
      aria-label="React with a pushpin"
      title="React with a pushpin"
      onClick=${() => react('pushpin')}
    ><span class="emoji">📌</span></button>
    <${ReactionPicker} message=${message} />
    ${
      !inThread &&
      html`<button
        type="button"
        class="tool"
        aria-label="Answer in a thread"
        title="Answer in a thread"
        onClick=${() => page.go({ channel: message.channel, thread: typeof message.thread_ts === 'string' ? message.thread_ts : message.ts })}
      ><${Icon} name="reply" /></button>`
    }
    <${Menu} label="More" class="tool" align="end" items=${items}><${Icon} name="more" /><//>
  </div>`;
}
