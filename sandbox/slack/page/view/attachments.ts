// The older way to add to a message: a bar of colour beside blocks or a text.

import { Blocks } from '../blocks/blocks.ts';
import { type Json, listOf } from '../blocks/surface.ts';
import { Link, Mrkdwn } from './formatted.ts';
import { html } from './html.ts';

const named: Record<string, string> = { good: '#2f8a5b', warning: '#b7791f', danger: '#c0392b' };
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function colourOf(value: unknown): string {
  const wanted = text(value);
  if (named[wanted] !== undefined) return named[wanted];
  return /^#?[0-9a-f]{6}$/i.test(wanted) ? `#${wanted.replace('#', '')}` : '';
}

export function Attachments({ attachments }: { attachments: readonly Json[] }) {
  return attachments.map((each) => {
    const blocks = listOf(each.blocks);
    const title = text(each.title);
    const colour = colourOf(each.color);
    return html`<div class="attachment" style=${colour === '' ? {} : { borderColor: colour }}>
      ${text(each.pretext) !== '' && html`<${Mrkdwn} text=${text(each.pretext)} />`}
      ${
        title !== '' &&
        html`<p><strong>${
          /^https?:/.test(text(each.title_link)) ? html`<${Link} url=${each.title_link}>${title}<//>` : title
        }</strong></p>`
      }
      ${blocks.length > 0 ? html`<${Blocks} blocks=${blocks} />` : html`<${Mrkdwn} text=${text(each.text) || text(each.fallback)} />`}
    </div>`;
  });
}
