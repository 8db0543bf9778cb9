// What stands beside a channel: a title, a way to close it, and what is inside.

import { useEffect, useRef } from 'preact/hooks';
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
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    // In a narrow window the button that opened it is covered: the focus would be nowhere.
    if (panel.current?.contains(document.activeElement) === false) panel.current.focus();
  }, []);
  const close = () => {
    page.closeSide();
    window.requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  return html`<aside
    class="panel"
    tabindex="-1"
    ref=${panel}
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
