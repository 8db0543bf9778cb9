// Edits one's own message where it stands.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageMessage } from '../../page-protocol.ts';
import { userOf } from '../state/seen.ts';
import { typedText } from '../text/typed.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';

export function EditMessage({ message, id }: { message: PageMessage; id: string }) {
  const { page, state } = usePage();
  const before = typedText(message.text, (user) => userOf(state, user)?.name);
  const [text, setText] = useState(before);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(before.length, before.length);
  }, []);
  const close = () => {
    page.set({ editing: null });
    window.requestAnimationFrame(() => document.getElementById(id)?.focus());
  };
  const save = async () => {
    if (text.trim() === '') return;
    const isSame = text === before;
    if (isSame || (await page.act({ do: 'edit', channel: message.channel, ts: message.ts, text })).ok)
      close();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) void save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="edit">
    <textarea
      class="field"
      rows=${Math.min(8, text.split('\n').length + 1)}
      aria-label="Edit the message"
      ref=${area}
      value=${text}
      onInput=${(event: Event) => setText((event.currentTarget as HTMLTextAreaElement).value)}
      onKeyDown=${key}
    ></textarea>
    <div class="row">
      <button type="button" class="button is-primary" disabled=${text.trim() === ''} onClick=${save}>Save</button>
      <button type="button" class="button" onClick=${close}>Cancel</button>
    </div>
  </div>`;
}
