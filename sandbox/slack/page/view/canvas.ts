// The canvas of a channel, beside it.

import type { PageChannel } from '../../page-protocol.ts';
import { Markdown } from './formatted.ts';
import { html } from './html.ts';
import { Panel } from './panel.ts';

export function CanvasOf({ channel: { name, canvas } }: { channel: PageChannel }) {
  const title = canvas?.title || 'Canvas';
  return html`<${Panel} title=${title} more=${`#${name}`}>
    <div class="panel-body file-body" tabindex="0" role="region" aria-label=${`Contents of ${title}`}>
      ${canvas === undefined || canvas.markdown.trim() === '' ? html`<p class="empty-line">This canvas is empty.</p>` : html`<${Markdown} text=${canvas.markdown} isDocument=${true} />`}
    </div>
  <//>`;
}
