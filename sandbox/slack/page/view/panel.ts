// What stands beside a channel: a title, a way to close it, and what is inside.

import { usePage } from './context.ts';
import { html, type Shown } from './html.ts';
import { Icon } from './icons.ts';

export function Panel({
  title,
  more,
  tools,
  children,
}: {
  title: string;
  more?: string;
  tools?: Shown;
  children: Shown;
}) {
  const { page } = usePage();
  const close = () => {
    page.closeSide();
    window.requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  return html`<aside
    class="panel"
    aria-label=${more === undefined ? title : `${title}, ${more}`}
    onKeyDown=${(event: KeyboardEvent) => {
      // Escape in an open menu closes the menu only.
      const inMenu = (event.target as HTMLElement).closest('[popover]') !== null;
      if (event.key === 'Escape' && !inMenu) close();
    }}
  >
    <header class="panel-head">
      <button type="button" class="tool panel-back" aria-label="Back to the channel" onClick=${close}><${Icon} name="back" /></button>
      <h2>${title}</h2>
      <span class="muted panel-more">${more}</span>
      ${tools}
      <button type="button" class="tool panel-close" aria-label=${`Close: ${title}`} title="Close (Esc)" onClick=${close}><${Icon} name="close" /></button>
    </header>
    ${children}
  </aside>`;
}
