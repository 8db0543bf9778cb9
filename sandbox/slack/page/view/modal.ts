// The app's modals: the visible one of the stack, its fields, what is wrong with them, and its buttons.

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { PageView } from '../../page-protocol.ts';
import { Blocks } from '../blocks/blocks.ts';
import { listOf, SurfaceContext } from '../blocks/surface.ts';
import { userOf } from '../state/seen.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { plainEmoji } from './formatted.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { useViewSurface } from './view-surface.ts';

const words = (text: unknown, otherwise: string): string =>
  typeof text === 'object' && text !== null ? plainEmoji(text) : otherwise;

/** Where the person should be: the first wrong field, the field the view asks for, or the first one. */
function focusIn(box: HTMLElement | null, wrong: boolean): void {
  const body = box?.querySelector('.dialog-body');
  const field =
    (wrong ? body?.querySelector<HTMLElement>('.is-wrong :is(input, textarea, button)') : null) ??
    body?.querySelector<HTMLElement>('[data-focus=first]') ??
    body?.querySelector<HTMLElement>('input, textarea, button, [tabindex="0"]') ??
    box?.querySelector<HTMLElement>('.dialog-foot button');
  field?.focus();
}

function ModalContent({ view, depth }: { view: PageView; depth: number }) {
  const { page, state } = usePage();
  const { surface, problem, isSubmitting, submit } = useViewSurface(view);
  const form = useRef<HTMLFormElement>(null);
  const hasErrors = Object.keys(surface.errors).length > 0;
  useEffect(() => focusIn(form.current, false), [view.id]);
  useEffect(() => {
    // A loading view was replaced by one with fields, and nobody is in one of them.
    const active = document.activeElement;
    if (active?.closest('.dialog-body') == null && active?.closest('[popover]') == null)
      focusIn(form.current, false);
  }, [view.hash]);
  useEffect(() => {
    if (hasErrors) focusIn(form.current, true);
  }, [hasErrors]);
  const close = (all: boolean) => void page.act({ do: 'closeView', view: view.id, all });
  const wait = isSubmitting || surface.busy === 'submit';
  return html`<form
    class="dialog-frame"
    ref=${form}
    novalidate
    onSubmit=${(event: Event) => {
      event.preventDefault();
      if (!wait && view.submit) void submit();
    }}
  >
    <header class="dialog-head">
      ${depth > 1 && html`<button type="button" class="tool" aria-label="Back" onClick=${() => close(false)}><${Icon} name="back" /></button>`}
      <${Avatar} user=${userOf(state, state.session.app.botUserId)} small=${true} />
      <h2 id="modal-title">${words(view.title, state.session.app.name)}</h2>
      <button type="button" class="tool" aria-label="Close" title="Close" onClick=${() => close(true)}><${Icon} name="close" /></button>
    </header>
    <div class="dialog-body">
      ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
      <${SurfaceContext.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>
      ${listOf(view.blocks).length === 0 && html`<p class="empty-line">There is nothing here.</p>`}
    </div>
    <footer class="dialog-foot">
      <button type="button" class="button" onClick=${() => close(false)}>${words(view.close, view.submit ? 'Cancel' : 'Close')}</button>
      ${
        view.submit != null &&
        html`<button type="submit" class="button is-primary" aria-disabled=${wait ? 'true' : undefined}>
          <span>${words(view.submit, 'Submit')}</span>${wait && html`<span class="spinner" aria-hidden="true"></span>`}
        </button>`
      }
      <span class="visually-hidden" role="status">${wait ? 'Sending …' : ''}</span>
    </footer>
  </form>`;
}

/** One dialog for the whole stack: it stays open while views replace each other. */
export function Modal({ views }: { views: readonly PageView[] }) {
  const { page } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const view = views.at(-1);
  useLayoutEffect(() => {
    const box = dialog.current;
    box?.showModal();
    return () => box?.close();
  }, []);
  if (view === undefined) return null;
  return html`<dialog
    class="dialog"
    ref=${dialog}
    aria-labelledby="modal-title"
    onCancel=${(event: Event) => {
      if (event.target !== dialog.current) return;
      event.preventDefault();
      void page.act({ do: 'closeView', view: view.id });
    }}
  >
    <${ModalContent} key=${view.id} view=${view} depth=${views.length} />
  </dialog>`;
}
