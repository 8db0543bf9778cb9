// A person's picture: initials on a colour of their own, so that nobody needs a photograph.

import type { PageUser } from '../../page-protocol.ts';
import { html } from './html.ts';

/** Every colour carries white text at 4.5 to 1 or better. */
const COLOURS = 8;

function colourOf(id: string): number {
  let sum = 0;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 997;
  return sum % COLOURS;
}

export function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => (/^./u.exec(word ?? '?')?.[0] ?? '?').toUpperCase()).join('');
}

export const Avatar = ({ user, small }: { user: PageUser | undefined; small?: boolean }) => html`<span
  class=${`avatar colour-${colourOf(user?.id ?? '')}${small ? ' is-small' : ''}${user?.bot ? ' is-bot' : ''}`}
  aria-hidden="true"
>${initials(user?.realName ?? '?')}</span>`;
