// Makes a channel: a name, and whether it is private.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';

function Form({ onClose }: { onClose: () => void }) {
  const { page } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useLayoutEffect(() => {
    const box = dialog.current;
    box?.showModal();
    return () => box?.close();
  }, []);
  const create = async (event: Event) => {
    event.preventDefault();
    const wanted = name.trim().toLowerCase().replace(/\s+/g, '-');
    if (wanted === '') return setProblem('Type a name, such as database-talk.');
    const { ok, text, made } = await page.act({ do: 'createChannel', name: wanted, isPrivate }, 'quiet');
    if (!ok || made === undefined) return setProblem(text ?? 'That did not work.');
    onClose();
    await page.go({ channel: made });
  };
  return html`<dialog class="dialog is-small" ref=${dialog} aria-labelledby="new-channel" onCancel=${onClose}>
    <form class="dialog-frame" novalidate onSubmit=${create}>
      <header class="dialog-head"><h2 id="new-channel">New channel</h2></header>
      <div class="dialog-body">
        <label class="input-label" for="new-channel-name">Name</label>
        <input
          class="field"
          id="new-channel-name"
          maxlength="80"
          autocomplete="off"
          aria-invalid=${problem === null ? undefined : 'true'}
          aria-describedby="new-channel-problem"
          value=${name}
          onInput=${(event: Event) => setName((event.currentTarget as HTMLInputElement).value)}
        />
        <p class="field-error" id="new-channel-problem" role="alert">${problem}</p>
        <div class="choice">
          <input type="checkbox" id="new-channel-private" checked=${isPrivate} onChange=${() => setPrivate(!isPrivate)} />
          <label for="new-channel-private">Private: only its members see it</label>
        </div>
      </div>
      <footer class="dialog-foot">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button type="submit" class="button is-primary">Create</button>
      </footer>
    </form>
  </dialog>`;
}

export function NewChannel() {
  const [open, setOpen] = useState(false);
  return html`
    <button type="button" class="tool" aria-label="New channel" title="New channel" onClick=${() => setOpen(true)}><${Icon} name="plus" /></button>
    ${open && html`<${Form} onClose=${() => setOpen(false)} />`}
  `;
}
