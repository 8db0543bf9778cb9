// A message that only this person sees.

import type { PageEphemeral } from '../../page-protocol.ts';
import { Blocks } from '../blocks/blocks.ts';
import { listOf, SurfaceContext } from '../blocks/surface.ts';
import { userOf } from '../state/seen.ts';
import { dateOf, timeOf } from '../text/dates.ts';
import { Avatar } from './avatar.ts';
import { usePage } from './context.ts';
import { Mrkdwn } from './formatted.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { useMessageSurface } from './message-surface.ts';

export function Ephemeral({ ephemeral }: { ephemeral: PageEphemeral }) {
  const { page, state } = usePage();
  const { surface, problem } = useMessageSurface(ephemeral.channel, ephemeral.ts);
  const { app } = state.session;
  const blocks = listOf(ephemeral.blocks);
  const time = timeOf(dateOf(ephemeral.ts), state.me.timeZone);
  return html`<article class="message is-ephemeral" data-ts=${ephemeral.ts} tabindex="-1" aria-label=${`${app.name}, ${time}, only visible to you`}>
    <p class="pinned-line"><${Icon} name="eye" size=${12} /> Only visible to you</p>
    <div class="gutter"><${Avatar} user=${userOf(state, app.botUserId)} /></div>
    <div class="message-body">
      <p class="message-head">
        <strong class="author">${app.name}</strong><span class="badge">App</span>
        <span class="stamp">${time}</span>
      </p>
      <${SurfaceContext.Provider} value=${surface}>
        ${blocks.length > 0 ? html`<${Blocks} blocks=${blocks} />` : html`<${Mrkdwn} text=${ephemeral.text} />`}
      <//>
      ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
      <p><button type="button" class="text-button small" onClick=${() => page.dismiss(ephemeral.ts)}>Dismiss</button></p>
    </div>
  </article>`;
}
