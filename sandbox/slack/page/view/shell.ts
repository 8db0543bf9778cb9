// The whole page: top bar, list of channels, the channel, what stands beside it, and the dialogs over it.

import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Page } from '../state/page.ts';
import type { PageState } from '../state/page-state.ts';
import { isUnread, titleOf } from '../state/seen.ts';
import { CanvasOf } from './canvas.ts';
import { Channel } from './channel.ts';
import { PageContext } from './context.ts';
import { html } from './html.ts';
import { Modal } from './modal.ts';
import { Question } from './question.ts';
import { Members, OpenFile, Pins } from './side.ts';
import { Sidebar } from './sidebar.ts';
import { Thread } from './thread.ts';
import { Notices, TopBar } from './top-bar.ts';

function Side({ state }: { state: PageState }) {
  const channel = state.channels[state.place.channel ?? ''];
  if (channel === undefined || state.place.tab === 'home') return null;
  if (state.side === null)
    return state.place.thread === undefined
      ? null
      : html`<${Thread} key=${state.place.thread} channel=${channel} thread=${state.place.thread} />`;
  switch (state.side.kind) {
    case 'members':
      return html`<${Members} channel=${channel} />`;
    case 'pins':
      return html`<${Pins} channel=${channel} />`;
    case 'canvas':
      return html`<${CanvasOf} channel=${channel} />`;
    case 'file':
      return html`<${OpenFile} key=${state.side.file.id} file=${state.side.file} />`;
  }
}

function titleFor(state: PageState): string {
  const channel = state.channels[state.place.channel ?? ''];
  const news = Object.values(state.channels).some((each) => each.id !== channel?.id && isUnread(state, each));
  const where =
    channel === undefined ? '' : `${channel.kind === 'im' ? '' : '#'}${titleOf(state, channel)} · `;
  return `${news ? '• ' : ''}${where}${state.me.realName} · Sandbox`;
}

export function Shell({ page }: { page: Page }) {
  const [state, setState] = useState(page.state);
  useLayoutEffect(() => {
    page.subscribe(setState);
    // What changed since the first look.
    setState(page.state);
  }, []);
  useEffect(() => {
    document.title = titleFor(state);
  }, [state]);
  const channel = state.channels[state.place.channel ?? ''];
  const hasSide = state.side !== null || (state.place.thread !== undefined && state.place.tab !== 'home');
  return html`<${PageContext.Provider} value=${{ page, state }}>
    <${TopBar} />
    <${Notices} />
    <div class=${hasSide ? 'columns has-side' : 'columns'} onKeyDown=${(event: KeyboardEvent) => {
      if (event.key === 'Escape' && state.drawer) page.set({ drawer: false });
    }}>
      <${Sidebar} />
      ${state.drawer && html`<div class="drawer-shade" onClick=${() => page.set({ drawer: false })}></div>`}
      ${
        channel === undefined
          ? html`<main class="channel"><div class="empty"><h2>There is no channel here yet</h2><p>Make one with the plus sign in the list of channels.</p></div></main>`
          : html`<${Channel} channel=${channel} />`
      }
      <${Side} state=${state} />
    </div>
    ${state.views.length > 0 && html`<${Modal} views=${state.views} />`}
    ${state.question !== null && html`<${Question} question=${state.question} />`}
  <//>`;
}
