// The reactions below a message, and the small menu to add one.

import type { PageMessage } from '../../page-protocol.ts';
import { listOf } from '../blocks/surface.ts';
import { nameOf } from '../state/seen.ts';
import { emoji, emojiText, quickReactions } from '../text/emoji.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { usePopover } from './popover.ts';

interface Reaction {
  name: string;
  users: string[];
}

export const reactionsOf = (message: PageMessage): Reaction[] =>
  listOf(message.reactions).map(({ name, users }) => ({
    name: String(name),
    users: Array.isArray(users) ? users.map(String) : [],
  }));

/** Adds the reaction, or takes one's own away. */
export function useReact(message: PageMessage): (name: string) => void {
  const { page, state } = usePage();
  return (name) => {
    const mine = reactionsOf(message).some((each) => each.name === name && each.users.includes(state.me.id));
    const { channel, ts } = message;
    void page.act({ do: mine ? 'unreact' : 'react', channel, ts, emoji: name });
  };
}

export function Reactions({ message }: { message: PageMessage }) {
  const { state } = usePage();
  const react = useReact(message);
  const reactions = reactionsOf(message);
  if (reactions.length === 0) return null;
  return html`<div class="reactions">
    ${reactions.map(({ name, users }) => {
      const mine = users.includes(state.me.id);
      const who = users.map((id) => (id === state.me.id ? 'you' : nameOf(state, id))).join(', ');
      return html`<button
        key=${name}
        type="button"
        class=${mine ? 'reaction is-mine' : 'reaction'}
        aria-pressed=${mine ? 'true' : 'false'}
        aria-label=${`${name.replaceAll('_', ' ')}, ${users.length}: ${who}`}
        title=${`:${name}: ${who}`}
        onClick=${() => react(name)}
      ><span class="emoji">${emojiText(name)}</span> ${users.length}</button>`;
    })}
  </div>`;
}

const all = Object.keys(emoji).filter((name) => !quickReactions.includes(name));

export function ReactionPicker({ message }: { message: PageMessage }) {
  const react = useReact(message);
  const popover = usePopover('end', (box) => box.querySelector('button')?.focus());
  const move = (event: KeyboardEvent) => {
    const items = [...(popover.box.current?.querySelectorAll('button') ?? [])];
    const at = items.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    items[Math.max(0, Math.min(items.length - 1, at + step))]?.focus();
  };
  return html`
    <button
      type="button"
      class="tool"
      aria-label="Add a reaction"
      title="Add a reaction"
      ...${popover.buttonProps}
    ><${Icon} name="smile" /></button>
    <div ...${popover.boxProps} class="popover emoji-grid" role="group" aria-label="Reactions" onKeyDown=${move}>
      ${
        popover.open &&
        [...quickReactions, ...all].map(
          (name) => html`<button
            type="button"
            title=${`:${name}:`}
            aria-label=${name.replaceAll('_', ' ')}
            onClick=${() => {
              popover.close();
              react(name);
            }}
          >${emojiText(name)}</button>`,
        )
      }
    </div>
  `;
}
