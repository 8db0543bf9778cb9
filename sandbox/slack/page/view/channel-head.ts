// The head of a channel: its name, topic, members and pins, and the bar of bookmarks.

import type { PageChannel } from '../../page-protocol.ts';
import { otherIn, titleOf, userOf } from '../state/seen.ts';
import { emojiText } from '../text/emoji.ts';
import { inlineOf } from '../text/inline.ts';
import { isSafeUrl, plainOf } from '../text/nodes.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { Inlines, Link } from './formatted.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';

function Tabs({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  const isHome = state.place.tab === 'home';
  const tab = (label: string, on: boolean, toHome: boolean) => html`<button
    type="button"
    class="tab"
    aria-pressed=${on ? 'true' : 'false'}
    onClick=${() => page.go({ channel: channel.id, ...(toHome ? { tab: 'home' as const } : {}) })}
  >${label}</button>`;
  return html`<span class="tabs">${tab('Home', isHome, true)}${tab('Messages', !isHome, false)}</span>`;
}

function Bookmarks({ channel }: { channel: PageChannel }) {
  if (channel.bookmarks.length === 0) return null;
  return html`<ul class="bookmarks" aria-label="Bookmarks">
    ${channel.bookmarks.map(({ id, title, link, emoji }) => {
      const sign =
        emoji === ''
          ? html`<${Icon} name="bookmark" size=${14} />`
          : html`<span class="emoji">${emojiText(emoji.replaceAll(':', ''))}</span>`;
      const inside = html`${sign}<span class="bookmark-title">${title}</span>`;
      return html`<li key=${id}>${isSafeUrl(link) ? html`<${Link} class="bookmark" url=${link}>${inside}<//>` : html`<span class="bookmark">${inside}</span>`}</li>`;
    })}
  </ul>`;
}

export function ChannelHead({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  const isDirect = channel.kind === 'im';
  const other = isDirect ? userOf(state, otherIn(state, channel)) : undefined;
  const isOpen = (kind: string) => state.side?.kind === kind;
  const topic = inlineOf(channel.topic.replace(/\n/g, ' '));
  return html`<header class="channel-head">
    <div class="channel-line">
      <h1 class="channel-name" title=${titleOf(state, channel)}>
        ${isDirect ? html`<${Avatar} user=${other} small=${true} />` : html`<${Icon} name=${channel.kind === 'public' ? 'hash' : 'lock'} size=${18} />`}
        <span>${titleOf(state, channel)}</span>
        ${channel.kind === 'private' && html`<span class="visually-hidden">, private</span>`}
      </h1>
      ${other?.bot === true && html`<${Tabs} channel=${channel} />`}
      <span class="channel-tools">
        ${
          channel.canvas !== undefined &&
          html`<button
            type="button"
            class="head-button"
            aria-expanded=${isOpen('canvas') ? 'true' : 'false'}
            title="The channel's canvas"
            onClick=${() => page.show(isOpen('canvas') ? null : { kind: 'canvas' })}
          ><${Icon} name="file" /> Canvas</button>`
        }
        ${
          channel.pins.length > 0 &&
          html`<button
            type="button"
            class="head-button"
            aria-expanded=${isOpen('pins') ? 'true' : 'false'}
            aria-label=${`${channel.pins.length} pinned`}
            title="Pinned messages"
            onClick=${() => page.show(isOpen('pins') ? null : { kind: 'pins' })}
          ><${Icon} name="pin" /> ${channel.pins.length}</button>`
        }
        ${
          !isDirect &&
          html`<button
            type="button"
            class="head-button"
            aria-expanded=${isOpen('members') ? 'true' : 'false'}
            aria-label=${`${channel.members.length} members`}
            title="Members"
            onClick=${() => page.show(isOpen('members') ? null : { kind: 'members' })}
          ><${Icon} name="people" /> ${channel.members.length}</button>`
        }
      </span>
    </div>
    ${channel.topic !== '' && html`<p class="topic" title=${plainOf(topic)}><${Inlines} nodes=${topic} /></p>`}
    <${Bookmarks} channel=${channel} />
  </header>`;
}
