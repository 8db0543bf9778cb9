// An input block: label, element, hint, and what is wrong with what was entered.

import { plainEmoji } from '../view/formatted.ts';
import { html } from '../view/html.ts';
import { Element } from './element.ts';
import { isRecord, type Json, useSurface } from './surface.ts';

const grouped = new Set(['radio_buttons', 'checkboxes']);

export function Input({ block }: { block: Json }) {
  const surface = useSurface();
  const element = isRecord(block.element) ? block.element : {};
  const label = plainEmoji(block.label);
  const id = `${surface.prefix}-${String(block.block_id)}`;
  const error = surface.errors[String(block.block_id)];
  const { hint } = block;
  const describedBy = [error === undefined ? '' : `${id}-error`, hint === undefined ? '' : `${id}-hint`]
    .filter(Boolean)
    .join(' ');
  return html`<div class=${error === undefined ? 'input-block' : 'input-block is-wrong'}>
    <div class="input-label" aria-hidden=${grouped.has(String(element.type)) ? undefined : 'true'}>
      ${label}${block.optional === true && html` <span class="optional">(optional)</span>`}
    </div>
    <${Element}
      block=${block}
      element=${element}
      label=${block.optional === true ? `${label} (optional)` : label}
      describedBy=${describedBy || undefined}
    />
    ${error !== undefined && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
    ${hint !== undefined && html`<p class="field-hint" id=${`${id}-hint`}>${plainEmoji(hint)}</p>`}
  </div>`;
}
