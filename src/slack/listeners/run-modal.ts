/** Opens *Run a runbook* with what is in memory; live choices follow when they are known. */
import { runbooksInOrder, systemById } from '../../catalog/systems.ts';
import type { View } from '../blocks.ts';
import type { Listed } from '../door.ts';
import type { Room } from '../room.ts';
import { type Choices, isLive, runModal } from '../views/modals/run.ts';
import type { OpenView } from './context.ts';

/** Runbooks that fit the system come first. */
function inOrder(room: Room, system: string | undefined): Listed[] {
  const listed = room.door.runbooks();
  const ids = runbooksInOrder(
    system ? systemById(room.door.catalog, system) : undefined,
    listed.map((one) => one.id),
  );
  return ids.flatMap((id) => listed.find((one) => one.id === id) ?? []);
}

interface Wanted {
  readonly runbook?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** `open` shows a view and gives what Slack knows of it. */
export async function openRunModal(
  room: Room,
  open: (view: View) => Promise<OpenView | undefined>,
  incident: number,
  wanted: Wanted,
): Promise<void> {
  const listed = room.door.runbooks();
  const typed = wanted.runbook?.trim().toLowerCase();
  const chosen = listed.find((one) => one.runbook && (one.id === typed || one.title.toLowerCase() === typed));
  const given = {
    incident,
    listed,
    ...(chosen ? { chosen } : {}),
    ...(wanted.values ? { values: wanted.values } : {}),
  };
  const view = await open(runModal({ ...given, loading: hasLive(chosen) }));
  if (!view) return;
  const system = await room.door.look(incident, ({ declared }) => declared.system?.id);
  const ordered = inOrder(room, system);
  const sameOrder = ordered.every((one, index) => one.id === listed[index]?.id);
  if (sameOrder && !hasLive(chosen)) return;
  await change(
    room,
    view,
    runModal({ ...given, listed: ordered, choices: await liveChoices(room, chosen, incident) }),
  );
}

/** A runbook was chosen in the modal: its parameters are shown. */
export async function showChosen(
  room: Room,
  view: { id: string; hash: string },
  incident: number,
  runbook: string,
): Promise<void> {
  const system = await room.door.look(incident, ({ declared }) => declared.system?.id);
  const listed = inOrder(room, system);
  const chosen = listed.find((one) => one.id === runbook && one.runbook);
  const given = { incident, listed, ...(chosen ? { chosen } : {}) };
  const shown = await change(room, view, runModal({ ...given, loading: hasLive(chosen) }));
  if (shown && hasLive(chosen))
    await change(room, shown, runModal({ ...given, choices: await liveChoices(room, chosen, incident) }));
}

function hasLive(listed: Listed | undefined): boolean {
  return Object.values(listed?.runbook?.params ?? {}).some(isLive);
}

const patienceMs = 8_000;

/** A parameter without choices gets an empty list, and so a text field. */
async function liveChoices(room: Room, listed: Listed | undefined, incident: number): Promise<Choices> {
  const live = Object.entries(listed?.runbook?.params ?? {}).filter(([, param]) => isLive(param));
  const found = await Promise.all(
    live.map(async ([name, param]) => {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise<[]>((resolve) => {
        timer = setTimeout(() => resolve([]), patienceMs);
      });
      const asked = room.door.options(param, incident, '').catch((error: unknown) => {
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

/** The hash keeps an old drawing from overwriting a newer one. */
async function change(
  room: Room,
  { id, hash }: { id: string; hash: string },
  view: View,
): Promise<{ id: string; hash: string } | undefined> {
  try {
    const answer = await room.client.views.update({ view_id: id, hash, view });
    return answer.view?.id && answer.view.hash ? { id: answer.view.id, hash: answer.view.hash } : undefined;
  } catch (error) {
    // Closed meanwhile, or changed by somebody's newer choice.
    room.log.debug({ error }, 'a modal was not updated');
    return undefined;
  }
}
