// One message: who, when, what it says, its reactions, its thread, and what one can do with it.

import type { PageMessage } from '../../page-protocol.ts';
import { Blocks } from '../blocks/blocks.ts';
import { isRecord, listOf, SurfaceContext } from '../blocks/surface.ts';
import { isSystem, nameOf, userOf } from '../state/seen.ts';
import { dateOf, dayWords, fullTimeOf, timeOf } from '../text/dates.ts';
import { Attachments } from './attachments.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { EditMessage } from './edit-message.ts';
import { Files } from './files.ts';
import { Mrkdwn } from './formatted.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { useMessageSurface } from './message-surface.ts';
import { Reactions } from './reactions.ts';
import { Toolbar } from './toolbar.ts';

export function Stamp({
  message,
  isShort,
}: {
  message: { channel: string; ts: string; thread_ts?: unknown };
  isShort?: boolean;
}) {
  const { page, state } = usePage();
  const at = dateOf(message.ts);
  const thread = typeof message.thread_ts === 'string' ? { thread: message.thread_ts } : {};
  const place = { channel: message.channel, ts: message.ts, ...thread };
  return html`<a
    class=${isShort ? 'stamp is-short' : 'stamp'}
    href=${page.addressOf(place)}
    tabindex=${isShort ? -1 : undefined}
    title=${`${fullTimeOf(at, state.me.timeZone)}. Link to this message`}
    onClick=${(event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      void page.go(place);
    }}
  ><time dateTime=${at.toISOString()}>${timeOf(at, state.me.timeZone)}</time></a>`;
}

function ThreadLine({ message }: { message: PageMessage }) {
  const { page, state } = usePage();
  const count = Number(message.reply_count ?? 0);
  if (count === 0) return null;
  const users = Array.isArray(message.reply_users) ? message.reply_users.map(String) : [];
  const last = typeof message.latest_reply === 'string' ? dateOf(message.latest_reply) : undefined;
  const zone = state.me.timeZone;
  return html`<button
    type="button"
    class="thread-line"
    onClick=${() => page.go({ channel: message.channel, thread: message.ts })}
  >
    ${users.slice(0, 4).map((id) => html`<${Avatar} user=${userOf(state, id)} small=${true} />`)}
    <span class="thread-count">${count === 1 ? '1 reply' : `${count} replies`}</span>
    ${last && html`<span class="muted">Last reply ${dayWords(last, zone, new Date()).toLowerCase()} at ${timeOf(last, zone)}</span>`}
  </button>`;
}

interface Props {
  message: PageMessage;
  /** By the same author, shortly after the one above: without picture and name. */
  follows: boolean;
  inThread?: boolean;
  isMarked?: boolean;
  /** The one message of the list that the Tab key reaches. */
  isStop?: boolean;
}

export function Message({ message, follows, inThread = false, isMarked = false, isStop = false }: Props) {
  const { state } = usePage();
  const { surface, problem } = useMessageSurface(message.channel, message.ts);
  const { subtype } = message;
  const isNews = isSystem(message);
  const id = `${inThread ? 't' : 'm'}-${message.ts}`;
  const isEditing = state.editing === id;
  const author = userOf(state, message.user);
  const edited = isRecord(message.edited) && message.user !== state.session.app.botUserId;
  const blocks = listOf(message.blocks);
  const name = subtype === 'tombstone' ? '' : nameOf(state, message.user);
  const isPinned = Array.isArray(message.pinned_to);
  // Slack's own lines name the person in their text.
  const withName = (!follows || isPinned) && !isNews;
  const classes = [
    'message',
    !withName && 'follows',
    isNews && 'is-system',
    blocks.length > 0 && 'has-blocks',
    isMarked && 'is-marked',
    isPinned && 'is-pinned',
  ];
  return html`<article
    class=${classes.filter(Boolean).join(' ')}
    id=${id}
    data-ts=${message.ts}
    tabindex=${isStop ? 0 : -1}
    aria-label=${`${name || 'Deleted message'}, ${timeOf(dateOf(message.ts), state.me.timeZone)}`}
  >
    ${isPinned && html`<p class="pinned-line"><${Icon} name="pin" size=${12} /> Pinned</p>`}
    <div class="gutter">
      ${withName ? html`<${Avatar} user=${author} />` : html`<${Stamp} message=${message} isShort=${true} />`}
    </div>
    <div class="message-body">
      ${
        withName &&
        html`<p class="message-head">
          <strong class="author" title=${author && `@${author.name}`}>${name}</strong>
          ${author?.bot && html`<span class="badge">App</span>`}
          <${Stamp} message=${message} />
        </p>`
      }
      ${subtype === 'thread_broadcast' && html`<p class="muted small">answered in a thread:</p>`}
      ${
        isEditing
          ? html`<${EditMessage} message=${message} id=${id} />`
          : html`<${SurfaceContext.Provider} value=${surface}>
              ${blocks.length > 0 ? html`<${Blocks} blocks=${blocks} />` : message.text !== '' && html`<${Mrkdwn} text=${message.text} />`}
              ${edited && html`<span class="muted small edited"> (edited)</span>`}
              <${Attachments} attachments=${listOf(message.attachments)} />
            <//>`
      }
      <${Files} files=${listOf(message.files)} />
      ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
      <${Reactions} message=${message} />
      ${!inThread && html`<${ThreadLine} message=${message} />`}
    </div>
    ${!isNews && !isEditing && html`<${Toolbar} message=${message} inThread=${inThread} />`}
  </article>`;
}
