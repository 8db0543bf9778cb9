// The app's shortcuts that belong to no message, and its commands, behind one button.

import { usePage } from './context.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { Menu } from './menu.ts';

export function Shortcuts() {
  const { page, state } = usePage();
  const items = state.session.shortcuts
    .filter((each) => each.type === 'global')
    .map(({ name, callbackId }) => ({
      label: name,
      more: state.session.app.name,
      onChoose: () => void page.act({ do: 'globalShortcut', callbackId }),
    }));
  if (items.length === 0) return html`<span></span>`;
  return html`<${Menu} label="Shortcuts" class="tool" items=${items}><${Icon} name="bolt" /><//>`;
}
