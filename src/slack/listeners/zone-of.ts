/** The zone in which an incident's people type times, soon enough to open a form with it. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Room } from '../room.ts';

/** Of the 3 s in which a form has to be open. */
const PATIENCE_MS = 400;

/** Its own, which it keeps whatever the settings say later; that of the settings when the database hangs. */
export async function zoneSoon(room: Room, incident: number): Promise<string> {
  const ended = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  const asked = room.door.zoneOf(incident).catch(() => undefined);
  const known = await Promise.race([asked, late]).finally(() => ended.abort());
  return known ?? room.door.config.zone;
}
