// A channel: its head, its messages, the message box, or what stands in its place for who is not a member.

import type { PageChannel } from '../../page-protocol.ts';
import { channelEntries, titleOf } from '../state/seen.ts';
import { ChannelHead } from './channel-head.ts';
import { Composer } from './composer.ts';
import { usePage } from './context.ts';
import { Home } from './home.ts';
import { html } from './html.ts';
import { MessageList } from './message-list.ts';

/** The beginning of a channel; for a newcomer, what to do first. */
function Beginning({ channel }: { channel: PageChannel }) {
  const { state } = usePage();
  const title = titleOf(state, channel);
  const incident = state.session.commands.find((each) => each.command === '/incident');
  const isTalk = channel.kind === 'im' || channel.kind === 'mpim';
  return html`<div class="beginning">
    <h2>${isTalk ? title : `#${title}`}</h2>
    <p>
      ${isTalk ? `This is the start of your talk with ${title}.` : `This is the start of ${channel.kind === 'private' ? 'the private channel ' : ''}#${title}.`}
      ${channel.purpose !== '' && ` ${channel.purpose}`}
    </p>
    ${
      incident !== undefined &&
      channel.name === 'general' &&
      channel.isMember &&
      html`<div class="first-hint">
        <p><strong>Type <code>/incident start</code> here.</strong></p>
        <p>${state.session.app.name} asks what happened and opens a channel for it. You act as ${state.me.realName}; switch to another person at the top right, for example to approve what you asked for.</p>
      </div>`
    }
  </div>`;
}

function Foot({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  if (channel.archived)
    return html`<div class="closed"><p>#${channel.name} is archived. It can be read, not written to.</p></div>`;
  if (!channel.isMember)
    return html`<div class="closed">
      <p>${state.me.realName} is not in #${channel.name}.</p>
      <button type="button" class="button is-primary" onClick=${() => page.act({ do: 'join', channel: channel.id })}>Join</button>
    </div>`;
  return html`<${Composer} key=${channel.id} channel=${channel} />`;
}

export function Channel({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  const loaded = state.loaded[channel.id];
  const isHome = state.place.tab === 'home' && channel.kind === 'im';
  return html`<main class="channel" aria-label=${titleOf(state, channel)}>
    <${ChannelHead} channel=${channel} />
    ${
      isHome
        ? html`<${Home} />`
        : html`
            <${MessageList}
              entries=${channelEntries(state, channel.id)}
              label=${`Messages in ${titleOf(state, channel)}`}
              of=${`${channel.id} ${loaded === undefined}`}
              marked=${state.place.thread === undefined ? state.place.ts : undefined}
              before=${loaded === undefined ? html`<p class="empty-line">Loading …</p>` : !loaded.hasMore && html`<${Beginning} channel=${channel} />`}
              onOlder=${loaded?.hasMore ? () => page.older() : undefined}
            />
            <${Foot} channel=${channel} />
          `
    }
  </main>`;
}
