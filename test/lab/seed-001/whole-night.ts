// The second reported incident in its parts, with the rights that the bot has.
import type { Rights } from '../account.ts';
import { inParts } from '../whole-night.ts';
import { ending } from './ending.ts';
import { rebuilding } from './rebuilding.ts';
import { source } from './source.ts';
import { surge } from './surge.ts';
import { closeTheNight, openTheNight, type TheNight } from './the-night.ts';

export function wholeNight(rights: Rights): void {
  inParts<TheNight>({
    open: (the) => openTheNight(the, rights),
    close: closeTheNight,
    parts: [surge, source, rebuilding, ending].map((part) => (the: TheNight) => part(the, rights)),
  });
}
