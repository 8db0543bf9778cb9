/** Posts one line about one event. */
import { context, section } from '../blocks.ts';
import { drillMark } from '../views/card.ts';
import { tellLine } from '../views/tell.ts';
import type { Stage } from './stage.ts';

export async function publishTell(stage: Stage, channel: string): Promise<void> {
  const { incident, event } = stage.shown;
  const words = event && tellLine(incident, event);
  if (!event || words === undefined) return;
  const text = `${drillMark(incident)}${words}`;
  // Notes are read; the rest is a quiet line.
  const block = event.type === 'note_added' || text.length > 1800 ? section(text) : context(text);
  await stage.post(`tell:${event.version}`, channel, { text, blocks: [block] });
}
