// Asks before an act: yes or no, Escape is no.

import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Question as Asked } from '../state/page-state.ts';
import { TextOf } from './formatted.ts';
import { html } from './html.ts';

export function Question({ question }: { question: Asked }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const deny = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const box = dialog.current;
    box?.showModal();
    // What is dangerous should not be one Enter away.
    deny.current?.focus();
    return () => box?.close();
  }, []);
  return html`<dialog
    class="dialog is-small"
    ref=${dialog}
    role="alertdialog"
    aria-labelledby="question-title"
    aria-describedby="question-text"
    onCancel=${(event: Event) => {
      event.preventDefault();
      question.answer(false);
    }}
  >
    <div class="dialog-frame">
      <header class="dialog-head"><h2 id="question-title">${question.title}</h2></header>
      <div class="dialog-body" id="question-text"><${TextOf} text=${question.text} /></div>
      <footer class="dialog-foot">
        <button type="button" class="button" ref=${deny} onClick=${() => question.answer(false)}>${question.deny}</button>
        <button type="button" class=${`button ${question.danger ? 'is-danger is-full' : 'is-primary'}`} onClick=${() => question.answer(true)}>${question.confirm}</button>
      </footer>
    </div>
  </dialog>`;
}
