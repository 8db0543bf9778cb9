// The first reported incident in its parts, with the rights that the bot has.
import type { Rights } from '../account.ts';
import { inParts } from '../whole-night.ts';
import { ending } from './ending.ts';
import { looking } from './looking.ts';
import { moving } from './moving.ts';
import { closeTheNight, openTheNight, type TheNight } from './the-night.ts';

export function wholeNight(rights: Rights): void {
  inParts<TheNight>({
    open: (the) => openTheNight(the, rights),
    close: closeTheNight,
    parts: [looking, moving, ending],
  });
}
