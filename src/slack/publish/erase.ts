/** Posts that somebody asks to erase an entry; once it is erased, also what Handrail had posted of it loses its words. */
import type { EventOf } from '../../incidents/events.ts';
import { eraseAsked, erasedMessage, erasedOutside } from '../views/erase.ts';
import { emptyCanvas } from './canvas.ts';
import type { Stage } from './stage.ts';

export async function publishErase(
  stage: Stage,
  channel: string,
  event: EventOf<'erase_asked' | 'entry_erased'>,
): Promise<void> {
  const { incident } = stage.shown;
  if (event.type === 'erase_asked') {
    await stage.post(`erase:${event.body.erase}`, channel, eraseAsked(incident, event));
    return;
  }
  const message = erasedMessage(incident, event);
  const asked = stage.posted(`erase:${event.body.erase}`);
  if (asked) await stage.update('the question about an entry', asked, message);
  for (const { version } of event.body.left) {
    for (const kind of ['tell', 'evidence', 'handover']) {
      const told = stage.posted(`${kind}:${version}`);
      if (told) await stage.update('a message about an erased entry', told, message);
    }
    // Outside nobody needs to know who and why.
    const outside = stage.posted(`update-outside:${version}`);
    if (outside) await stage.update('an erased update', outside, erasedOutside);
  }
  if (!asked) await stage.post(`tell:${event.version}`, channel, message);
  await emptyCanvas(stage);
}
