// The members of a channel, its pins, and a file that was opened: what stands beside a channel besides a thread.

import { useEffect, useState } from 'preact/hooks';
import type { PageChannel, PageMessage } from '../../page-protocol.ts';
import type { SharedFile } from '../state/page-state.ts';
import { userOf } from '../state/seen.ts';
import { dateOf, dayWords, timeOf } from '../text/dates.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { Markdown } from './formatted.ts';
import { html } from './html.ts';
import { Menu } from './menu.ts';
import { Panel } from './panel.ts';

export function Members({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  const isDirect = channel.kind === 'im' || channel.kind === 'mpim';
  const absent = state.session.people.filter((each) => !channel.members.includes(each.id));
  const canInvite = channel.isMember && !channel.archived && !isDirect && absent.length > 0;
  const leave = async () => {
    const left = await page.act({ do: 'leave', channel: channel.id });
    if (left.ok) page.show(null);
  };
  return html`<${Panel} title="Members" more=${String(channel.members.length)}>
    <div class="panel-body">
      ${
        canInvite &&
        html`<p><${Menu}
          label="Invite somebody"
          class="button"
          items=${absent.map((each) => ({
            label: each.realName,
            more: each.bot ? 'App' : `@${each.name}`,
            onChoose: () => void page.act({ do: 'invite', channel: channel.id, who: each.id }),
          }))}
        >Invite somebody<//></p>`
      }
      <ul class="people">
        ${channel.members.map((id) => {
          const user = userOf(state, id);
          return html`<li key=${id}>
            <${Avatar} user=${user} />
            <span class="person-words">
              <strong>${user?.realName ?? id}${id === state.me.id ? ' (you)' : ''}</strong>
              <span class="muted small">${user?.bot ? 'App' : `@${user?.name ?? id} · ${user?.timeZone.replaceAll('_', ' ') ?? ''}`}</span>
            </span>
            ${id !== state.me.id && html`<button type="button" class="button" aria-label=${`Write to ${user?.realName ?? id}`} onClick=${() => page.talkTo(id)}>Write</button>`}
          </li>`;
        })}
      </ul>
      ${channel.isMember && !isDirect && html`<p><button type="button" class="text-button is-danger" onClick=${leave}>Leave #${channel.name}</button></p>`}
    </div>
  <//>`;
}

const excerpt = (message: PageMessage): string =>
  message.text
    .replace(/<[^<>|]+\|([^<>]+)>/g, '$1')
    .replace(/[*_~`]/g, '')
    .slice(0, 200);

export function Pins({ channel }: { channel: PageChannel }) {
  const { page, state } = usePage();
  const zone = state.me.timeZone;
  return html`<${Panel} title="Pinned" more=${`#${channel.name}`}>
    <div class="panel-body">
      ${channel.pins.length === 0 && html`<p class="empty-line">Nothing is pinned here yet. Pin a message from its menu.</p>`}
      <ul class="pins">
        ${channel.pins.map((ts) => {
          const message = state.messages[channel.id]?.[ts];
          return html`<li key=${ts}>
            <button type="button" class="pin-item" onClick=${() => page.go({ channel: channel.id, ts })}>
              <strong>${message === undefined ? 'Message' : (userOf(state, message.user)?.realName ?? message.user)}</strong>
              <span class="muted small">${dayWords(dateOf(ts), zone, new Date())} at ${timeOf(dateOf(ts), zone)}</span>
              ${message && html`<span class="pin-text">${excerpt(message)}</span>`}
            </button>
          </li>`;
        })}
      </ul>
    </div>
  <//>`;
}

export function OpenFile({ file }: { file: SharedFile }) {
  const { page } = usePage();
  const isMarkdown = file.mimetype === 'text/markdown' || /\.md$/i.test(file.name);
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asText, setAsText] = useState(!isMarkdown);
  useEffect(() => {
    page.fileText(file.id).then(setText, (error: Error) => setProblem(error.message));
  }, [file.id]);
  const tab = (label: string, on: boolean, toText: boolean) => html`<button
    type="button"
    class="tab"
    aria-pressed=${on ? 'true' : 'false'}
    onClick=${() => setAsText(toText)}
  >${label}</button>`;
  return html`<${Panel} title=${file.title}>
    <div class="file-bar">
      ${isMarkdown && html`<span class="tabs">${tab('Read', !asText, false)}${tab('Source', asText, true)}</span>`}
      <a class="button" href=${page.fileAddress(file.id)} download=${file.name}>Download</a>
    </div>
    <div class="panel-body file-body" tabindex="0" role="region" aria-label=${`Contents of ${file.title}`}>
      ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
      ${text === null && problem === null && html`<p class="empty-line">Loading …</p>`}
      ${text !== null && (asText ? html`<pre class="file-text">${text}</pre>` : html`<${Markdown} text=${text} isDocument=${true} />`)}
    </div>
  <//>`;
}
