/** The live choices of the fields of a modal: asked for while it is open, at most for a few seconds. */
import type { Param, Runbook } from '../../runbooks/runbook.ts';
import type { View } from '../blocks.ts';
import type { Room } from '../room.ts';
import { type Choices, isLive } from '../views/modals/run.ts';
import type { OpenView } from './context.ts';

export function hasLive(declared: Readonly<Record<string, Param>>): boolean {
  return Object.values(declared).some(isLive);
}

const patienceMs = 8_000;

/** A field without choices gets an empty list, and so a text field. `runbook` is the one that declares the fields. */
export async function liveChoices(
  room: Room,
  declared: Readonly<Record<string, Param>>,
  incident: number,
  runbook: Runbook,
): Promise<Choices> {
  const live = Object.entries(declared).filter(([, param]) => isLive(param));
  const found = await Promise.all(
    live.map(async ([name, param]) => {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<[]>((resolve) => {
        timer = setTimeout(() => resolve([]), patienceMs);
      });
      const asked = room.door.options(param, incident, '', runbook).catch((error: unknown) => {
        room.log.warn({ error, param: name }, 'live choices could not be read');
        return [];
      });
      const choices = await Promise.race([asked, tooLong]);
      clearTimeout(timer);
      return [name, choices] as const;
    }),
  );
  return Object.fromEntries(found);
}

/** Draws an open modal anew. The hash keeps an old drawing from overwriting a newer one. */
export async function change(room: Room, { id, hash }: OpenView, view: View): Promise<OpenView | undefined> {
  try {
    const answer = await room.client.views.update({ view_id: id, hash, view });
    return answer.view?.id && answer.view.hash ? { id: answer.view.id, hash: answer.view.hash } : undefined;
  } catch (error) {
    // Closed meanwhile, or changed by somebody's newer choice.
    room.log.debug({ error }, 'a modal was not updated');
    return undefined;
  }
}
