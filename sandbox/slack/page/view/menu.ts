// A menu at a button: arrow keys move, Enter chooses, Escape closes.

import { html, type Shown } from './html.ts';
import { usePopover } from './popover.ts';

export interface MenuItem {
  label: string;
  /** Small text below. */
  more?: string | undefined;
  danger?: boolean;
  /** Leads somewhere instead of doing something. */
  href?: string | undefined;
  newTab?: boolean;
  current?: boolean;
  onChoose?: (() => void) | undefined;
}

interface Props {
  label: string;
  class?: string;
  align?: 'start' | 'end';
  disabled?: boolean;
  items: readonly (MenuItem | 'line')[];
  children: Shown;
}

function move(event: KeyboardEvent): void {
  const box = event.currentTarget as HTMLElement;
  const items = [...box.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === 'Tab') box.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items.at(to % items.length)?.focus();
}

export function Menu({ label, class: className = '', align = 'start', disabled, items, children }: Props) {
  const popover = usePopover(align, (box) => box.querySelector<HTMLElement>('[role=menuitem]')?.focus());
  const choose = (item: MenuItem) => {
    popover.close();
    item.onChoose?.();
  };
  const body = (item: MenuItem) => html`
    <span class="menu-label">${item.label}</span>
    ${item.more && html`<span class="menu-more">${item.more}</span>`}
  `;
  return html`
    <button
      type="button"
      class=${className}
      aria-label=${label}
      title=${label}
      aria-haspopup="menu"
      aria-expanded=${popover.open ? 'true' : 'false'}
      disabled=${disabled}
      ...${popover.buttonProps}
    >
      ${children}
    </button>
    <div ...${popover.boxProps} class="popover menu" role="menu" aria-label=${label} onKeyDown=${move}>
      ${
        popover.open &&
        items.map((item) =>
          item === 'line'
            ? html`<hr />`
            : item.href === undefined
              ? html`<button
                  type="button"
                  role="menuitem"
                  class=${item.danger ? 'menu-item is-danger' : 'menu-item'}
                  aria-current=${item.current ? 'true' : undefined}
                  onClick=${() => choose(item)}
                >
                  ${body(item)}
                </button>`
              : html`<a
                  role="menuitem"
                  class="menu-item"
                  href=${item.href}
                  target=${item.newTab ? '_blank' : undefined}
                  rel=${item.newTab ? 'noopener noreferrer' : undefined}
                  aria-current=${item.current ? 'true' : undefined}
                  onClick=${() => choose(item)}
                >
                  ${body(item)}
                </a>`,
        )
      }
    </div>
  `;
}
