// Images: only those of this server. The sandbox asks nothing of other machines, so others are named, with their address.

import { isSafeUrl } from '../text/nodes.ts';
import { Link } from '../view/formatted.ts';
import { html } from '../view/html.ts';
import { type Json, stringOf } from './surface.ts';

const isOwn = (url: string): boolean =>
  URL.canParse(url, window.location.href) &&
  new URL(url, window.location.href).origin === window.location.origin;

export function Picture({ element, small }: { element: Json; small?: boolean }) {
  const url = typeof element.image_url === 'string' ? element.image_url : '';
  const alt = stringOf(element.alt_text) || 'Image';
  if (isOwn(url)) return html`<img class=${small ? 'picture is-small' : 'picture'} src=${url} alt=${alt} />`;
  if (small)
    return html`<span class="picture is-small is-missing" role="img" aria-label=${alt} title=${alt}></span>`;
  return html`<div class="picture is-missing">
    <span>Picture: ${alt}</span>
    ${isSafeUrl(url) && html`<span class="picture-more">Not loaded here. <${Link} url=${url}>Open it<//></span>`}
  </div>`;
}
