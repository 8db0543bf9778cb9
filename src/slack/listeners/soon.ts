/** What a form proposes is read from the state, soon enough to open it in time; without it the form opens empty. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Incident } from '../../incidents/state.ts';
import type { Room } from '../room.ts';

/** Of the 3 s in which a form has to be open. */
const PATIENCE_MS = 400;

export async function lookSoon<T>(
  room: Room,
  incident: number,
  view: (incident: Incident) => T,
): Promise<T | undefined> {
  const ended = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  const asked = room.door.look(incident, view).catch(() => undefined);
  return Promise.race([asked, late]).finally(() => ended.abort());
}
