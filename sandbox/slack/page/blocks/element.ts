// Chooses the component for an element by its type.

import { html } from '../view/html.ts';
import { Button, Overflow } from './buttons.ts';
import { Choices } from './choices.ts';
import { Picture } from './image.ts';
import { Placeholder } from './placeholder.ts';
import { Select } from './select.ts';
import type { ElementProps } from './surface.ts';
import { DateField, TextField } from './text-fields.ts';

export function Element(props: ElementProps) {
  const { element } = props;
  switch (element.type) {
    case 'button':
      return html`<${Button} ...${props} />`;
    case 'overflow':
      return html`<${Overflow} ...${props} />`;
    case 'image':
      return html`<${Picture} element=${element} small=${true} />`;
    case 'radio_buttons':
    case 'checkboxes':
      return html`<${Choices} ...${props} />`;
    case 'static_select':
    case 'multi_static_select':
    case 'users_select':
    case 'multi_users_select':
    case 'conversations_select':
    case 'multi_conversations_select':
    case 'channels_select':
    case 'multi_channels_select':
      return html`<${Select} ...${props} />`;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return html`<${DateField} ...${props} />`;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return html`<${TextField} ...${props} />`;
    default:
      return html`<${Placeholder} type=${element.type} />`;
  }
}
