// Menus of one or several choices: a button that opens a list, with a search where the list is long.

import { useRef, useState } from 'preact/hooks';
import { usePage } from '../view/context.ts';
import { html } from '../view/html.ts';
import { Icon } from '../view/icons.ts';
import { usePopover } from '../view/popover.ts';
import { confirmed } from './confirmed.ts';
import { matching, type Offer, offersOf } from './offers.ts';
import { Placeholder } from './placeholder.ts';
import { type ElementProps, textOf, useSurface } from './surface.ts';
import { asList, currentValue } from './values.ts';

interface ListProps {
  offers: readonly Offer[];
  chosen: readonly string[];
  many: boolean;
  label: string;
  onChoose: (value: string) => void;
}

/** The list itself: the search field keeps the focus, the arrow keys move the mark. */
function OfferList({ offers, chosen, many, label, onChoose }: ListProps) {
  const [search, setSearch] = useState('');
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      offers.findIndex((each) => chosen.includes(each.value)),
    ),
  );
  const list = useRef<HTMLDivElement>(null);
  const shown = matching(offers, search);
  const active = shown[Math.min(at, shown.length - 1)];
  const idOf = (offer: Offer) => `${label}-${offer.value}`.replace(/\W+/g, '-');
  const key = (event: KeyboardEvent) => {
    const to = {
      ArrowDown: Math.min(at + 1, shown.length - 1),
      ArrowUp: Math.max(at - 1, 0),
      PageDown: Math.min(at + 8, shown.length - 1),
      PageUp: Math.max(at - 8, 0),
    }[event.key];
    if (to !== undefined) {
      setAt(to);
      list.current?.querySelectorAll('[role=option]')[to]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && active !== undefined) onChoose(active.value);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="offers" onKeyDown=${key}>
    <input
      class=${offers.length > 7 ? 'field' : 'field is-slim'}
      type="text"
      role="combobox"
      placeholder="Search"
      autocomplete="off"
      aria-label=${`Search: ${label}`}
      aria-expanded="true"
      aria-controls=${`${label}-list`.replace(/\W+/g, '-')}
      aria-activedescendant=${active && idOf(active)}
      value=${search}
      onInput=${(event: Event) => {
        setSearch((event.currentTarget as HTMLInputElement).value);
        setAt(0);
      }}
    />
    <div
      role="listbox"
      id=${`${label}-list`.replace(/\W+/g, '-')}
      aria-label=${label}
      aria-multiselectable=${many ? 'true' : undefined}
      ref=${list}
    >
      ${shown.map(
        (offer, index) => html`
          ${
            offer.group !== undefined &&
            offer.group !== shown[index - 1]?.group &&
            html`<div class="offer-group" role="presentation">${offer.group}</div>`
          }
          <div
            role="option"
            id=${idOf(offer)}
            class=${offer === active ? 'offer is-active' : 'offer'}
            aria-selected=${chosen.includes(offer.value) ? 'true' : 'false'}
            onClick=${() => onChoose(offer.value)}
            onMouseMove=${() => setAt(index)}
          >
            <span class="offer-check">${chosen.includes(offer.value) && html`<${Icon} name="check" />`}</span>
            <span class="offer-text">
              <span>${offer.label}</span>
              ${offer.more && html`<span class="offer-more">${offer.more}</span>`}
            </span>
          </div>
        `,
      )}
      ${shown.length === 0 && html`<p class="empty-line">Nothing matches “${search}”.</p>`}
    </div>
  </div>`;
}

export function Select({ block, element, label, describedBy }: ElementProps) {
  const { page, state } = usePage();
  const surface = useSurface();
  const popover = usePopover('start', (box) => box.querySelector('input')?.focus());
  const offers = offersOf(state, element);
  if (offers === undefined) return html`<${Placeholder} type=${element.type} />`;
  const many = String(element.type).startsWith('multi_');
  const chosen = asList(currentValue(surface, block, element));
  const placeholder = textOf(element.placeholder) || (many ? 'Choose some' : 'Choose one');
  const most = Number(element.max_selected_items ?? Number.POSITIVE_INFINITY);
  const tell = async (next: string | readonly string[] | null) => {
    if (await confirmed(page, element)) surface.change(block, element, next, true);
  };
  const choose = (value: string) => {
    if (!many) {
      popover.close();
      void tell(value);
    } else if (chosen.includes(value)) void tell(chosen.filter((each) => each !== value));
    else if (chosen.length < most) void tell([...chosen, value]);
  };
  const words = chosen.map((value) => offers.find((each) => each.value === value)?.label ?? value);
  const name = label ?? placeholder;
  return html`<span class="select">
    <button
      type="button"
      class="field select-button"
      ...${popover.buttonProps}
      aria-haspopup="listbox"
      aria-label=${`${name}: ${words.join(', ') || 'nothing chosen'}`}
      aria-describedby=${describedBy}
      aria-invalid=${surface.errors[String(block.block_id)] === undefined ? undefined : 'true'}
      data-focus=${element.focus_on_load === true ? 'first' : undefined}
    >
      <span class=${words.length === 0 ? 'select-words is-empty' : 'select-words'}>
        ${words.length === 0 ? placeholder : words.join(', ')}
      </span>
      <${Icon} name="chevron" />
    </button>
    ${
      block.type === 'input' &&
      block.optional === true &&
      chosen.length > 0 &&
      html`<button type="button" class="quiet" aria-label=${`Clear ${name}`} onClick=${() => tell(many ? [] : null)}>
        <${Icon} name="close" size=${12} />
      </button>`
    }
    <div ...${popover.boxProps} class="popover">
      ${
        popover.open &&
        html`<${OfferList} offers=${offers} chosen=${chosen} many=${many} label=${name} onChoose=${choose} />`
      }
    </div>
  </span>`;
}
