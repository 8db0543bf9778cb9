// The top of the page: that this is a sandbox, whether the bot is there, and as whom one acts.

import { mentionsIn } from '../state/seen.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { Menu } from './menu.ts';

function ActAs() {
  const { state } = usePage();
  const people = state.session.people.filter((each) => !each.bot);
  const query = (name: string) => `/?as=${encodeURIComponent(name)}`;
  /** The same place, seen by somebody else. */
  const here = (name: string) => {
    const url = new URL(window.location.href);
    url.searchParams.set('as', name);
    return url.pathname + url.search;
  };
  const items = [
    ...people.map((each) => ({
      label: each.realName,
      more: each.id === state.me.id ? 'you act as this person' : `@${each.name}`,
      href: here(each.name),
      current: each.id === state.me.id,
    })),
    'line' as const,
    ...people
      .filter((each) => each.id !== state.me.id)
      .map((each) => ({ label: `${each.realName} in a new tab`, href: query(each.name), newTab: true })),
  ];
  return html`<${Menu} label=${`You act as ${state.me.realName}. Act as somebody else`} class="act-as" align="end" items=${items}>
    <span class="act-as-label">You act as</span>
    <${Avatar} user=${state.me} small=${true} />
    <strong class="act-as-name">${state.me.realName}</strong>
    <${Icon} name="chevron" size=${12} />
  <//>`;
}

export function TopBar() {
  const { page, state } = usePage();
  const unread = Object.values(state.channels).reduce((sum, each) => sum + mentionsIn(state, each), 0);
  return html`<header class="top-bar">
    <a class="skip" href="#composer" onClick=${(event: Event) => {
      event.preventDefault();
      document.getElementById('composer')?.focus();
    }}>To the message box</a>
    <button
      type="button"
      class="tool drawer-open"
      aria-label="Channels and people"
      aria-expanded=${state.drawer ? 'true' : 'false'}
      aria-controls="sidebar"
      onClick=${() => {
        page.set({ drawer: !state.drawer });
        window.requestAnimationFrame(() => document.querySelector<HTMLElement>('.place.is-here')?.focus());
      }}
    ><${Icon} name="menu" />${unread > 0 && html`<span class="count">${unread}</span>`}</button>
    <p class="sandbox-sign"><span>Sandbox: a local stand-in for Slack</span></p>
    <${ActAs} />
  </header>`;
}

/** What is wrong at large, under the top bar. */
export function Notices() {
  const { page, state } = usePage();
  const { name } = state.session.app;
  return html`<div class="notices" role="status">
    ${!state.live && html`<p class="notice is-warning">The connection to the sandbox is lost. What you see may be old. Trying again …</p>`}
    ${state.live && !state.connected && html`<p class="notice is-warning">${name} is not connected: its commands and buttons do not work until it is.</p>`}
    ${
      state.notice !== null &&
      html`<p class="notice is-problem">
        <span>${state.notice}</span>
        <button type="button" class="quiet" aria-label="Close this message" onClick=${() => page.set({ notice: null })}><${Icon} name="close" size=${12} /></button>
      </p>`
    }
  </div>`;
}
