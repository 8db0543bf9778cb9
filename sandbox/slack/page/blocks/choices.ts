// Radio buttons and checkboxes.

import { usePage } from '../view/context.ts';
import { TextOf } from '../view/formatted.ts';
import { html } from '../view/html.ts';
import { confirmed } from './confirmed.ts';
import { type ElementProps, keyOf, listOf, useSurface } from './surface.ts';
import { asList, currentValue } from './values.ts';

export function Choices({ block, element, label, describedBy }: ElementProps) {
  const { page } = usePage();
  const surface = useSurface();
  const isRadio = element.type === 'radio_buttons';
  const value = currentValue(surface, block, element);
  const chosen = asList(value);
  const name = `${surface.prefix}-${keyOf(block, element)}`;
  const choose = async (option: string, event: Event) => {
    const box = event.currentTarget as HTMLInputElement;
    if (!(await confirmed(page, element))) {
      box.checked = chosen.includes(option);
      return;
    }
    const others = chosen.filter((each) => each !== option);
    const next = isRadio ? option : others.length < chosen.length ? others : [...chosen, option];
    surface.change(block, element, next, true);
  };
  return html`<div
    class="choices"
    role=${isRadio ? 'radiogroup' : 'group'}
    aria-label=${label}
    aria-describedby=${describedBy}
  >
    ${listOf(element.options).map((option, at) => {
      const id = `${name}-${at}`;
      const optionValue = String(option.value);
      return html`<div class="choice">
        <input
          type=${isRadio ? 'radio' : 'checkbox'}
          id=${id}
          name=${name}
          data-focus=${at === 0 && element.focus_on_load === true ? 'first' : undefined}
          checked=${chosen.includes(optionValue)}
          onChange=${(event: Event) => choose(optionValue, event)}
        />
        <label for=${id}>
          <${TextOf} text=${option.text} />
          ${
            option.description !== undefined &&
            html`<span class="choice-more"><${TextOf} text=${option.description} /></span>`
          }
        </label>
      </div>`;
    })}
  </div>`;
}
