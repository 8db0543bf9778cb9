// Shows formatted text: marks, mentions, links, dates, emoji, and the larger parts of Markdown.

import { useMemo } from 'preact/hooks';
import { placeInside } from '../state/place.ts';
import { nameOf, titleOf } from '../state/seen.ts';
import { dateToken, fullTimeOf } from '../text/dates.ts';
import { emojiText } from '../text/emoji.ts';
import { markdown } from '../text/markdown.ts';
import { mrkdwn } from '../text/mrkdwn.ts';
import type { Inline, Part } from '../text/nodes.ts';
import { usePage } from './context.ts';
import { html, type Shown } from './html.ts';

/** A link; one that leads into this page stays in it, and keeps who one is. */
export function Link({
  url,
  class: className = 'link',
  children,
}: {
  url: string;
  class?: string;
  children: Shown;
}) {
  const { page } = usePage();
  const place = placeInside(url, window.location.href);
  if (place === undefined)
    return html`<a class=${className} href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
  const follow = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void page.go(place);
  };
  return html`<a class=${className} href=${page.addressOf(place)} onClick=${follow}>${children}</a>`;
}

function UserMention({ id, label }: { id: string; label?: string }) {
  const { page, state } = usePage();
  const user = state.session.people.find((each) => each.id === id);
  const name = user?.realName ?? label ?? id;
  if (user === undefined) return html`<span class="mention">@${name}</span>`;
  const isMe = id === state.me.id;
  return html`<button
    type="button"
    class=${isMe ? 'mention is-me' : 'mention'}
    title=${isMe ? 'This is you' : `Write to ${name}`}
    onClick=${() => page.talkTo(id)}
  >@${name}</button>`;
}

function ChannelMention({ id, label }: { id: string; label?: string }) {
  const { page, state } = usePage();
  const channel = state.channels[id];
  if (channel === undefined) return html`<span class="mention">#${label ?? 'private channel'}</span>`;
  return html`<${Link} class="mention" url=${page.addressOf({ channel: id })}>#${titleOf(state, channel)}<//>`;
}

function When({ node }: { node: Inline & { t: 'date' } }) {
  const { state } = usePage();
  const at = new Date(node.at * 1000);
  const zone = state.me.timeZone;
  const time = html`<time dateTime=${at.toISOString()} title=${fullTimeOf(at, zone)}>
    ${dateToken(node.format, at, zone, new Date())}
  </time>`;
  return node.url === undefined ? time : html`<${Link} url=${node.url}>${time}<//>`;
}

export function Inlines({ nodes }: { nodes: readonly Inline[] }): Shown {
  const { state } = usePage();
  return nodes.map((node): Shown => {
    switch (node.t) {
      case 'text':
        return node.text;
      case 'break':
        return html`<br />`;
      case 'bold':
        return html`<strong><${Inlines} nodes=${node.inner} /></strong>`;
      case 'italic':
        return html`<em><${Inlines} nodes=${node.inner} /></em>`;
      case 'strike':
        return html`<s><${Inlines} nodes=${node.inner} /></s>`;
      case 'code':
        return html`<code>${node.text}</code>`;
      case 'link':
        return html`<${Link} url=${node.url}><${Inlines} nodes=${node.inner} /><//>`;
      case 'user':
        return html`<${UserMention} ...${node} />`;
      case 'channel':
        return html`<${ChannelMention} ...${node} />`;
      case 'group': {
        const group = state.session.userGroups.find((each) => each.id === node.id);
        const members = group?.users.map((each) => nameOf(state, each)).join(', ');
        return html`<span class="mention" title=${members}>@${group?.handle ?? node.label ?? node.id}</span>`;
      }
      case 'broadcast':
        return html`<span class="mention is-me">@${node.range}</span>`;
      case 'emoji':
        return html`<span class="emoji" title=${`:${node.name}:`}>${emojiText(node.name)}</span>`;
      case 'date':
        return html`<${When} node=${node} />`;
    }
  });
}

function List({ part }: { part: Part & { t: 'list' } }) {
  const items = part.items.map(
    (item) => html`<li class="indent" data-indent=${item.indent}><${Inlines} nodes=${item.inner} /></li>`,
  );
  return part.ordered ? html`<ol start=${part.start}>${items}</ol>` : html`<ul>${items}</ul>`;
}

function Table({ part }: { part: Part & { t: 'table' } }) {
  const row = (cells: readonly Inline[][], tag: 'th' | 'td') => html`<tr>
    ${cells.map((cell) => html`<${tag}><${Inlines} nodes=${cell} /><//>`)}
  </tr>`;
  return html`<div class="table-frame" tabindex="0" role="region" aria-label="Table">
    <table>
      <thead>${row(part.head, 'th')}</thead>
      <tbody>${part.rows.map((cells) => row(cells, 'td'))}</tbody>
    </table>
  </div>`;
}

export function Parts({ parts }: { parts: readonly Part[] }): Shown {
  return parts.map((part): Shown => {
    switch (part.t) {
      case 'paragraph':
        return html`<p><${Inlines} nodes=${part.inner} /></p>`;
      case 'heading':
        return html`<div role="heading" aria-level=${part.level + 2} class=${`heading level-${part.level}`}>
          <${Inlines} nodes=${part.inner} />
        </div>`;
      case 'quote':
        return html`<blockquote><${Parts} parts=${part.parts} /></blockquote>`;
      case 'code':
        return html`<pre tabindex="0"><code>${part.text}</code></pre>`;
      case 'list':
        return html`<${List} part=${part} />`;
      case 'table':
        return html`<${Table} part=${part} />`;
      case 'rule':
        return html`<hr />`;
    }
  });
}

export function Mrkdwn({ text }: { text: string }) {
  const parts = useMemo(() => mrkdwn(text), [text]);
  return html`<div class="formatted"><${Parts} parts=${parts} /></div>`;
}

export function Markdown({ text, isDocument = false }: { text: string; isDocument?: boolean }) {
  const parts = useMemo(() => markdown(text), [text]);
  return html`<div class=${isDocument ? 'formatted document' : 'formatted'}><${Parts} parts=${parts} /></div>`;
}

export interface TextObject {
  type?: string;
  text?: string;
}

/** Emoji in a plain text, such as a button's; empty for what is no text object. */
export function plainEmoji(object: unknown): string {
  const { text, emoji } = (object ?? {}) as { text?: unknown; emoji?: unknown };
  if (typeof text !== 'string') return '';
  return emoji === false ? text : text.replace(/:([a-z0-9+_'-]+):/g, (_, name: string) => emojiText(name));
}

/** A text object: mrkdwn, or plain text with emoji. */
export const TextOf = ({ text }: { text: TextObject }): Shown =>
  text.type === 'mrkdwn'
    ? html`<${Mrkdwn} text=${text.text ?? ''} />`
    : html`<span class="plain">${plainEmoji(text)}</span>`;
