// Views: each person's stack of modals and their App Home, with what they have entered so far.

import { shownValues, type Values, withIds } from '../blocks/interactive.ts';
import type { Json } from '../blocks/rule.ts';
import { emit, type Workspace } from './workspace.ts';

/** A view as Slack shows it to the app. */
export interface View {
  id: string;
  team_id: string;
  type: 'modal' | 'home';
  blocks: Json[];
  private_metadata: string;
  callback_id: string;
  state: { values: Values };
  hash: string;
  title?: Json;
  submit?: Json | null;
  close?: Json | null;
  clear_on_close: boolean;
  notify_on_close: boolean;
  root_view_id: string;
  previous_view_id: string | null;
  app_id: string;
  external_id: string;
  app_installed_team_id: string;
  bot_id: string;
}

export const MOST_VIEWS = 3;

/** Fields of a view as the app sends it; `viewProblems` has passed it. */
export type ViewDraft = Json & { type: 'modal' | 'home'; blocks: Json[] };

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function fields(ws: Workspace, draft: ViewDraft, before: Values) {
  const blocks = withIds(draft.blocks, ws.ids.block);
  return {
    type: draft.type,
    blocks,
    private_metadata: text(draft.private_metadata),
    callback_id: text(draft.callback_id),
    external_id: text(draft.external_id),
    state: { values: shownValues(blocks, before) },
    hash: `${Math.floor(ws.clock() / 1000)}.${ws.ids.secret(4)}`,
    ...(draft.type === 'modal'
      ? {
          title: draft.title as Json,
          submit: (draft.submit as Json) ?? null,
          close: (draft.close as Json) ?? null,
        }
      : {}),
    clear_on_close: draft.clear_on_close === true,
    notify_on_close: draft.notify_on_close === true,
  };
}

function create(ws: Workspace, draft: ViewDraft, previous?: View): View {
  const id = ws.ids.next('V');
  const view: View = {
    id,
    team_id: ws.team.id,
    ...fields(ws, draft, {}),
    root_view_id: previous?.root_view_id ?? id,
    previous_view_id: previous?.id ?? null,
    app_id: ws.app.id,
    app_installed_team_id: ws.team.id,
    bot_id: ws.app.botId,
  };
  ws.views.set(id, view);
  return view;
}

export const stackOf = (ws: Workspace, user: string): View[] =>
  (ws.stacks.get(user) ?? []).flatMap((id) => ws.views.get(id) ?? []);

export const ownerOf = (ws: Workspace, viewId: string): string | undefined =>
  [...ws.stacks].find(([, ids]) => ids.includes(viewId))?.[0] ??
  [...ws.homes].find(([, id]) => id === viewId)?.[0];

/** Opens a modal; what was open is replaced. */
export function openView(ws: Workspace, user: string, draft: ViewDraft): View {
  clearViews(ws, user);
  const view = create(ws, draft);
  ws.stacks.set(user, [view.id]);
  emit(ws, { type: 'view_opened', user, view });
  return view;
}

/** Puts a modal on top of the open ones. The caller has checked that there are fewer than three. */
export function pushView(ws: Workspace, user: string, draft: ViewDraft): View {
  const stack = stackOf(ws, user);
  const view = create(ws, draft, stack.at(-1));
  ws.stacks.set(user, [...stack.map((each) => each.id), view.id]);
  emit(ws, { type: 'view_opened', user, view });
  return view;
}

/** Replaces a view's content; what was entered stays where block and action are the same. */
export function updateView(ws: Workspace, user: string, view: View, draft: ViewDraft): View {
  Object.assign(view, fields(ws, draft, view.state.values));
  emit(ws, { type: view.type === 'home' ? 'home_published' : 'view_changed', user, view });
  return view;
}

export function closeView(ws: Workspace, user: string, view: View): void {
  ws.views.delete(view.id);
  ws.stacks.set(
    user,
    (ws.stacks.get(user) ?? []).filter((id) => id !== view.id),
  );
  emit(ws, { type: 'view_closed', user, view });
}

export function clearViews(ws: Workspace, user: string): View[] {
  const open = stackOf(ws, user).reverse();
  for (const view of open) closeView(ws, user, view);
  return open;
}

export function publishHome(ws: Workspace, user: string, draft: ViewDraft): View {
  const existing = ws.views.get(ws.homes.get(user) ?? '');
  if (existing !== undefined) return updateView(ws, user, existing, draft);
  const view = create(ws, draft);
  ws.homes.set(user, view.id);
  emit(ws, { type: 'home_published', user, view });
  return view;
}
