// Turns a stored message back into what its author would type, for editing it.

import { unescape } from './inline.ts';

/** @param nameOf the name behind `@` for a user's id. */
export function typedText(text: string, nameOf: (id: string) => string | undefined): string {
  const plain = text
    .replace(/<@([A-Z0-9]+)(?:\|[^<>]*)?>/g, (all, id: string) => {
      const name = nameOf(id);
      return name === undefined ? all : `@${name}`;
    })
    .replace(/<#[A-Z0-9]+\|([^<>]+)>/g, '#$1')
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replace(/<!subteam\^[A-Z0-9]+\|(@[^<>]+)>/g, '$1')
    .replace(/<((?:https?:\/\/)[^<>|]+)>/g, '$1');
  return unescape(plain);
}
