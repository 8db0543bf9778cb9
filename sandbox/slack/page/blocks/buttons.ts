// Buttons and overflow menus.

import { isSafeUrl } from '../text/nodes.ts';
import { usePage } from '../view/context.ts';
import { plainEmoji } from '../view/formatted.ts';
import { html } from '../view/html.ts';
import { Icon } from '../view/icons.ts';
import { Menu } from '../view/menu.ts';
import { confirmed } from './confirmed.ts';
import { type ElementProps, keyOf, listOf, useSurface } from './surface.ts';

export function Button({ block, element }: ElementProps) {
  const { page } = usePage();
  const surface = useSurface();
  const isBusy = surface.busy === keyOf(block, element);
  const url = typeof element.url === 'string' && isSafeUrl(element.url) ? element.url : undefined;
  const style = element.style === 'primary' || element.style === 'danger' ? ` is-${element.style}` : '';
  const press = async () => {
    // A second press while the first is under way would be a second act.
    if (surface.busy !== null || !(await confirmed(page, element))) return;
    if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
    await surface.click(block, element, typeof element.value === 'string' ? element.value : undefined);
  };
  return html`<button
    type="button"
    class=${`button${style}`}
    aria-label=${element.accessibility_label}
    aria-busy=${isBusy ? 'true' : undefined}
    aria-disabled=${surface.busy === null ? undefined : 'true'}
    title=${url}
    onClick=${press}
  >
    <span>${plainEmoji(element.text)}</span>
    ${isBusy && html`<span class="spinner" aria-hidden="true"></span>`}
  </button>`;
}

export function Overflow({ block, element }: ElementProps) {
  const { page } = usePage();
  const surface = useSurface();
  const items = listOf(element.options).map((option) => {
    const url = typeof option.url === 'string' && isSafeUrl(option.url) ? option.url : undefined;
    return {
      label: plainEmoji(option.text),
      more: option.description === undefined ? undefined : plainEmoji(option.description),
      onChoose: async () => {
        if (surface.busy !== null || !(await confirmed(page, element))) return;
        if (url !== undefined) window.open(url, '_blank', 'noopener,noreferrer');
        await surface.click(block, element, String(option.value));
      },
    };
  });
  return html`<${Menu} label="More actions" class="button is-icon" align="end" items=${items}>
    <${Icon} name="more" />
  <//>`;
}
