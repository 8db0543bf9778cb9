/** Asks a quiet channel what happens: nothing was written down for a while. */
import { quietAskedAgain, quietMessage } from '../views/quiet.ts';
import type { Stage } from './stage.ts';

const keyOf = (version: number): string => `quiet:${version}`;

/** Drawn from the newest state: who wrote meanwhile is not asked, and a question that is over says so. */
export async function publishQuiet(stage: Stage, channel: string): Promise<void> {
  const { incident, event } = stage.shown;
  const question = incident.quietQuestion;
  if (!question) return;
  const key = keyOf(question.version);
  const place = stage.posted(key);
  if (place) {
    await stage.update('the question to the quiet channel', place, quietMessage(incident, question));
    return;
  }
  if (event?.type !== 'quiet_asked' || event.version !== question.version || question.over) return;
  const asked = await stage.post(key, channel, quietMessage(incident, question));
  const before = question.before === undefined ? undefined : stage.posted(keyOf(question.before));
  if (asked && before)
    await stage.update('an older question to the quiet channel', before, quietAskedAgain(stage.link(asked)));
}
