// The list of channels, people and the app; what is new in them is marked.

import type { PageChannel, PageUser } from '../../page-protocol.ts';
import { directWith, isUnread, mentionsIn } from '../state/seen.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { html, type Shown } from './html.ts';
import { Icon, type IconName } from './icons.ts';
import { NewChannel } from './new-channel.ts';

/** Up and down go through the whole list. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.place')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  event.preventDefault();
  all[Math.max(0, Math.min(all.length - 1, at + step))]?.focus();
}

interface PlaceProps {
  channel: PageChannel | undefined;
  label: string;
  icon: Shown;
  href: string;
  isHere: boolean;
  onGo: () => void;
}

function Place({ channel, label, icon, href, isHere, onGo }: PlaceProps) {
  const { state } = usePage();
  const unread = channel !== undefined && !isHere && isUnread(state, channel);
  const mentions = channel === undefined || isHere ? 0 : mentionsIn(state, channel);
  const classes = [
    'place',
    isHere && 'is-here',
    unread && 'is-unread',
    channel?.isMember === false && 'is-outside',
  ];
  const name = [label, unread && 'new messages', mentions > 0 && `${mentions} for you`]
    .filter(Boolean)
    .join(', ');
  const go = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onGo();
  };
  return html`<li>
    <a class=${classes.filter(Boolean).join(' ')} href=${href} aria-current=${isHere ? 'page' : undefined} aria-label=${name} title=${label} onClick=${go}>
      ${icon}<span class="place-name">${label}</span>
      ${mentions > 0 && html`<span class="count">${mentions}</span>`}
      ${unread && mentions === 0 && html`<span class="dot" aria-hidden="true"></span>`}
    </a>
  </li>`;
}

const byName = (a: PageChannel, b: PageChannel): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true });
const signOf = (channel: PageChannel): IconName => (channel.kind === 'public' ? 'hash' : 'lock');

export function Sidebar() {
  const { page, state } = usePage();
  const { place } = state;
  const all = Object.values(state.channels).filter(
    (each) => each.kind === 'public' || each.kind === 'private',
  );
  const own = all.filter((each) => each.isMember && !each.archived).sort(byName);
  const others = all.filter((each) => !each.isMember && !each.archived).sort(byName);
  const archived = all.filter((each) => each.archived).sort(byName);
  const app = state.session.people.find((each) => each.bot);
  const people = state.session.people.filter((each) => !each.bot && each.id !== state.me.id);
  const groups = Object.values(state.channels).filter((each) => each.kind === 'mpim');

  const channel = (each: PageChannel) => html`<${Place}
    key=${each.id}
    channel=${each}
    label=${each.name}
    icon=${html`<${Icon} name=${signOf(each)} />`}
    href=${page.addressOf({ channel: each.id })}
    isHere=${place.channel === each.id}
    onGo=${() => page.go({ channel: each.id })}
  />`;
  const person = (user: PageUser, tab?: 'home') => {
    const known = directWith(state, user.id);
    const home = tab === undefined ? {} : { tab };
    return html`<${Place}
      key=${user.id}
      channel=${known}
      label=${user.realName}
      icon=${html`<${Avatar} user=${user} small=${true} />`}
      href=${page.addressOf(known === undefined ? {} : { channel: known.id, ...home })}
      isHere=${known !== undefined && place.channel === known.id}
      onGo=${() => page.talkTo(user.id, tab)}
    />`;
  };
  const part = (title: string, items: readonly Shown[], tool?: Shown) =>
    (items.length > 0 || tool !== undefined) &&
    html`<section aria-label=${title}>
      <h2 class="places-title">${title}${tool}</h2>
      <ul>${items}</ul>
    </section>`;

  return html`<nav class=${state.drawer ? 'sidebar is-open' : 'sidebar'} id="sidebar" aria-label="Channels and people" onKeyDown=${walk}>
    <div class="team">
      <strong>${state.session.team.name}</strong>
      <button type="button" class="tool drawer-close" aria-label="Close the list" onClick=${() => page.set({ drawer: false })}><${Icon} name="close" /></button>
    </div>
    <div class="places">
      ${part('Channels', own.map(channel), html`<${NewChannel} />`)}
      ${part('Other channels', others.map(channel))}
      ${part('Direct messages', [...people.map((each) => person(each)), ...groups.map(channel)])}
      ${app !== undefined && part('App', [person(app, 'home')])}
      ${part('Archived', archived.map(channel))}
    </div>
  </nav>`;
}
