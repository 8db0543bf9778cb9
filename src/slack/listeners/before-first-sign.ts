/** An entry from before the first sign of trouble is kept; whoever made it is asked whether its time is right. */
import { timeWords } from '../../incidents/time-words.ts';
import { esc } from '../mrkdwn.ts';
import type { Room } from '../room.ts';

/** A minute as people type it may begin before the instant at which the trouble did. */
const SLACK_MS = 60_000;

/** The question, with a space before it; empty when there is nothing to ask. `at` in ms. */
export async function firstSignWords(room: Room, incident: number, at: number): Promise<string> {
  const declared = await room.door.look(incident, ({ declared: { since, zone } }) => ({ since, zone }));
  if (!declared || at >= declared.since - SLACK_MS) return '';
  const { since, zone } = declared;
  const words = timeWords({ at: since, precision: 'exact' }, { zone, now: room.door.now() });
  return ` :grey_question: This is before the first sign of trouble at ${esc(words)}; is that right? It is kept all the same.`;
}
