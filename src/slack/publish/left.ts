/** Posts the list of what was left behind; the card keeps it up to date from then on. */
import { leftMessage } from '../views/left.ts';
import type { Stage } from './stage.ts';

export async function publishLeft(stage: Stage, channel: string): Promise<void> {
  await stage.post('left', channel, leftMessage(stage.shown.incident));
}
