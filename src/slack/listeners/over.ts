/** A form that could only be refused is not opened: the incident is closed, or resolved already. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Room } from '../room.ts';
import type { Refusal } from '../told-alone.ts';

/** Of the 3 s in which a form has to be open; with the database hanging it opens, and is refused when it is sent. */
const PATIENCE_MS = 400;

/** Why this form makes no sense now. `resolve` is refused on a resolved incident too; the others only on a closed one. */
export async function overFor(
  room: Room,
  incident: number,
  form: 'run' | 'resolve' | 'roles',
): Promise<Refusal | undefined> {
  const ended = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  const asked = room.door
    .look(incident, ({ closedAt, resolvedAt }) => ({
      closed: closedAt !== undefined,
      resolved: resolvedAt !== undefined,
    }))
    .catch(() => undefined);
  const known = await Promise.race([asked, late]).finally(() => ended.abort());
  if (known?.closed) return { ok: false, code: 'closed', says: `INC-${incident} is closed.` };
  if (known?.resolved && form === 'resolve')
    return { ok: false, code: 'resolved', says: `INC-${incident} is already resolved.` };
  return undefined;
}
