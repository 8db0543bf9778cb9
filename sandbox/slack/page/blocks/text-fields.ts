// Fields one types into: text of one or several lines, numbers, addresses, and the pickers of dates and times.

import { useRef } from 'preact/hooks';
import { fromWallTime, wallTime } from '../text/dates.ts';
import { usePage } from '../view/context.ts';
import { html } from '../view/html.ts';
import { confirmed } from './confirmed.ts';
import { type ElementProps, isRecord, textOf, useSurface } from './surface.ts';
import { asText, currentValue } from './values.ts';

const inputModes: Record<string, string> = {
  number_input: 'decimal',
  email_text_input: 'email',
  url_text_input: 'url',
};

export function TextField({ block, element, label, describedBy }: ElementProps) {
  const surface = useSurface();
  const value = asText(currentValue(surface, block, element));
  const asked = isRecord(element.dispatch_action_config) ? element.dispatch_action_config : {};
  const tellsWhileTyping =
    Array.isArray(asked.trigger_actions_on) && asked.trigger_actions_on.includes('on_character_entered');
  const waiting = useRef(0);
  const typed = (event: Event) => {
    const { value: text } = event.currentTarget as HTMLInputElement;
    surface.change(block, element, text, false);
    if (!tellsWhileTyping) return;
    window.clearTimeout(waiting.current);
    waiting.current = window.setTimeout(() => surface.change(block, element, text, true), 400);
  };
  const enter = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || element.multiline === true || event.isComposing) return;
    if (block.dispatch_action === true) {
      event.preventDefault();
      surface.change(block, element, (event.currentTarget as HTMLInputElement).value, true);
    }
  };
  const common = {
    value,
    'aria-label': label,
    'aria-describedby': describedBy,
    'aria-invalid': surface.errors[String(block.block_id)] === undefined ? undefined : 'true',
    placeholder: textOf(element.placeholder),
    'data-focus': element.focus_on_load === true ? 'first' : undefined,
    autocomplete: 'off',
    onInput: typed,
    onKeyDown: enter,
  };
  if (element.multiline === true) return html`<textarea class="field" rows="4" ...${common}></textarea>`;
  return html`<input
    class="field"
    type="text"
    inputmode=${inputModes[String(element.type)]}
    spellcheck=${element.type === 'plain_text_input'}
    ...${common}
  />`;
}

const kinds: Record<string, string> = {
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

export function DateField({ block, element, label, describedBy }: ElementProps) {
  const { page, state } = usePage();
  const surface = useSurface();
  const zone = state.me.timeZone;
  const isMoment = element.type === 'datetimepicker';
  const value = currentValue(surface, block, element);
  const shown = isMoment && value !== null ? wallTime(Number(value), zone) : asText(value);
  /** Typing a date passes through other dates: they are told when the person is done, a picked one at once. */
  const isTyping = useRef(false);
  const tell = async (input: HTMLInputElement, done: boolean) => {
    const next = isMoment ? (fromWallTime(input.value, zone) ?? null) : input.value || null;
    if (done && !(await confirmed(page, element))) {
      input.value = shown;
      return;
    }
    surface.change(block, element, next, done);
  };
  const leave = (event: Event) => {
    if (!isTyping.current) return;
    isTyping.current = false;
    void tell(event.currentTarget as HTMLInputElement, true);
  };
  return html`<span class="date-field">
    <input
      class="field"
      type=${kinds[String(element.type)]}
      value=${shown}
      aria-label=${label ?? (textOf(element.placeholder) || 'Date and time')}
      aria-describedby=${describedBy}
      aria-invalid=${surface.errors[String(block.block_id)] === undefined ? undefined : 'true'}
      data-focus=${element.focus_on_load === true ? 'first' : undefined}
      onKeyDown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter') leave(event);
        else if (event.key !== 'Tab') isTyping.current = true;
      }}
      onChange=${(event: Event) => tell(event.currentTarget as HTMLInputElement, !isTyping.current)}
      onBlur=${leave}
    />
    ${isMoment && html`<span class="zone">${zone.replaceAll('_', ' ')}</span>`}
  </span>`;
}
