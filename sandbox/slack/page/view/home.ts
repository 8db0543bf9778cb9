// The app's Home tab: the view it has published for this person.

import type { PageView } from '../../page-protocol.ts';
import { Blocks } from '../blocks/blocks.ts';
import { SurfaceContext } from '../blocks/surface.ts';
import { usePage } from './context.ts';
import { html } from './html.ts';
import { useViewSurface } from './view-surface.ts';

function HomeView({ view }: { view: PageView }) {
  const { surface, problem } = useViewSurface(view);
  return html`
    ${problem !== null && html`<p class="problem" role="alert">${problem}</p>`}
    <${SurfaceContext.Provider} value=${surface}><${Blocks} blocks=${view.blocks} /><//>
  `;
}

export function Home() {
  const { state } = usePage();
  const { home } = state;
  const { name } = state.session.app;
  return html`<div class="home" tabindex="0" role="region" aria-label=${`Home of ${name}`}>
    <div class="home-inner">
      ${
        home === null
          ? html`<div class="empty">
              <h2>${name} has put nothing here yet</h2>
              <p>Its commands work in every channel.</p>
            </div>`
          : html`<${HomeView} key=${home.id} view=${home} />`
      }
    </div>
  </div>`;
}
