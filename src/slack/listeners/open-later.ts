/** A form that opens at once, since a click can open one for 3 s only; what it asks is read behind it. */
import type { Incident } from '../../incidents/state.ts';
import type { View } from '../blocks.ts';
import { toldModal } from '../views/modals/declare.ts';
import { loadingModal } from '../views/modals/write.ts';
import type { ButtonContext } from './clicked.ts';

/** Told in place of the form, and refused, when what it is about is over. */
export async function openLater<T>(
  context: Pick<ButtonContext, 'room' | 'open' | 'refused'>,
  title: string,
  incident: number,
  read: (state: Incident) => T | undefined,
  draw: (found: T) => View,
  over: string,
): Promise<void> {
  const { room } = context;
  const opened = await context.open(loadingModal(title));
  if (!opened) return;
  const found = await room.door.look(incident, read);
  const view = found === undefined ? toldModal('Not done', `:no_entry_sign: ${over}`) : draw(found);
  await room.client.views.update({ view_id: opened.id, hash: opened.hash, view });
  if (found === undefined) await context.refused({ ok: false, code: 'stale', says: over });
}
