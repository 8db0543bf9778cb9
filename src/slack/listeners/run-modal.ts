/** Opens *Run a runbook* with what is in memory; live choices follow when they are known. */
import { runbooksInOrder, systemById } from '../../catalog/systems.ts';
import { followedWords } from '../../incidents/decide/starting.ts';
import type { At } from '../../incidents/events.ts';
import type { View } from '../blocks.ts';
import type { Listed } from '../door.ts';
import { esc } from '../mrkdwn.ts';
import type { Room } from '../room.ts';
import { toldModal } from '../views/modals/declare.ts';
import { insideModal, runModal } from '../views/modals/run.ts';
import { loadingModal } from '../views/modals/write.ts';
import { tryOf } from '../views/wait.ts';
import type { OpenView } from './context.ts';
import { change, hasLive, liveChoices } from './live-choices.ts';
import { noRunbook } from './unknown-words.ts';

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
  /** The ended run whose offer was clicked. */
  readonly follows?: number;
}

/**
 * `open` shows a view and gives what Slack knows of it. Gives the words of a refusal when there is no such runbook, or
 * the offer that was clicked is taken already.
 */
export async function openRunModal(
  room: Room,
  open: (view: View) => Promise<OpenView | undefined>,
  incident: number,
  wanted: Wanted,
): Promise<string | undefined> {
  const listed = room.door.runbooks();
  const typed = wanted.runbook?.trim().toLowerCase();
  const chosen = listed.find((one) => one.runbook && (one.id === typed || one.title.toLowerCase() === typed));
  if (wanted.runbook !== undefined && !chosen) return noRunbook(wanted.runbook.trim(), listed);
  const given = {
    incident,
    listed,
    ...(chosen ? { chosen } : {}),
    ...(wanted.values ? { values: wanted.values } : {}),
    ...(wanted.follows === undefined ? {} : { follows: wanted.follows }),
  };
  const live = hasLive(chosen?.runbook?.params ?? {});
  const view = await open(runModal({ ...given, loading: live }));
  if (!view) return undefined;
  const known = await room.door.look(incident, (state) => ({
    system: state.declared.system?.id,
    taken: wanted.follows === undefined ? undefined : followedWords(state, wanted.follows),
  }));
  if (known?.taken) {
    await change(room, view, toldModal('Started already', `:no_entry_sign: ${esc(known.taken)}`));
    return known.taken;
  }
  const ordered = inOrder(room, known?.system);
  const sameOrder = ordered.every((one, index) => one.id === listed[index]?.id);
  if (sameOrder && !live) return undefined;
  const choices = chosen?.runbook
    ? await liveChoices(room, chosen.runbook.params, incident, chosen.runbook)
    : {};
  await change(room, view, runModal({ ...given, listed: ordered, choices }));
  return undefined;
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
  const declared = chosen?.runbook?.params ?? {};
  const shown = await change(room, view, runModal({ ...given, loading: hasLive(declared) }));
  if (!shown || !chosen?.runbook || !hasLive(declared)) return;
  const choices = await liveChoices(room, declared, incident, chosen.runbook);
  await change(room, shown, runModal({ ...given, choices }));
}

/**
 * The runbook inside a step is asked for what the step does not give: the same fields, with what it gives filled in.
 * Gives the words of a refusal when nobody has to fill in anything there any more.
 */
export async function openInside(
  room: Room,
  open: (view: View) => Promise<OpenView | undefined>,
  incident: number,
  at: At,
): Promise<string | undefined> {
  const opened = await open(loadingModal('Start what is inside'));
  if (!opened) return undefined;
  const asks = await room.door.look(incident, (state) => {
    const found = tryOf(state, at);
    return found?.last && found.one.phase === 'params' ? found.one.asks : undefined;
  });
  const listed = asks && room.door.runbooks().find((one) => one.id === asks.runbook);
  if (!asks || !listed?.runbook) {
    const over = asks ? `The runbook ${asks.runbook} is not here now.` : 'This is filled in already.';
    await change(room, opened, toldModal('Not done', `:no_entry_sign: ${esc(over)}`));
    return over;
  }
  const { runbook } = listed;
  const given = { incident, at, listed, runbook, values: asks.known };
  const live = hasLive(runbook.params);
  const shown = await change(room, opened, insideModal({ ...given, loading: live }));
  if (!shown || !live) return undefined;
  const choices = await liveChoices(room, runbook.params, incident, runbook);
  await change(room, shown, insideModal({ ...given, choices }));
  return undefined;
}
