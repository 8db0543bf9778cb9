// Modals and the App Home: filling in, submitting, closing, and the buttons in them.

import { z } from 'zod';
import { type Entered, keptValues } from '../blocks/interactive.ts';
import type { Json } from '../blocks/rule.ts';
import { viewProblems } from '../blocks/view-problems.ts';
import { actionPayload, closedPayload, submissionPayload } from '../delivery/payloads.ts';
import type { User } from '../state/people.ts';
import {
  clearViews,
  closeView,
  MOST_VIEWS,
  pushView,
  stackOf,
  updateView,
  type View,
  type ViewDraft,
} from '../state/views.ts';
import { chosen, clicked, entered, type Found, findElement, type Target } from './elements.ts';
import { incomplete } from './required.ts';
import { CannotDo, type Outcome, outcomeOf, type Stage } from './stage.ts';

const TROUBLE = 'We had some trouble connecting. Try again?';

const response = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string()) }),
  z.object({ response_action: z.literal('update'), view: z.record(z.string(), z.unknown()) }),
  z.object({ response_action: z.literal('push'), view: z.record(z.string(), z.unknown()) }),
  z.object({ response_action: z.literal('clear') }),
]);

/** The view with this id that this person has open (their App Home included); the visible modal when none is named. */
function viewOf({ ws }: Stage, user: User, id?: string): View {
  const own = [
    ...stackOf(ws, user.id),
    ...[ws.views.get(ws.homes.get(user.id) ?? '')].flatMap((home) => home ?? []),
  ];
  const view = id === undefined ? stackOf(ws, user.id).at(-1) : own.find((each) => each.id === id);
  if (view === undefined)
    throw new CannotDo(
      id === undefined ? `${user.name} has no modal open` : `${user.name} has no view ${id} open`,
    );
  return view;
}

/** By block_id, by action_id, or as "block_id/action_id". */
function field(view: View, name: string): Found {
  const [first = '', second] = name.split('/');
  if (second !== undefined)
    return findElement(view.blocks, { block_id: first, action_id: second }, `view ${view.callback_id}`);
  const block = view.blocks.find((each) => each.block_id === name);
  const element = (block?.element ?? block?.accessory) as Json | undefined;
  if (block !== undefined && element !== undefined) return { block, element };
  return findElement(view.blocks, { action_id: name }, `view ${view.callback_id}`);
}

async function act(stage: Stage, user: User, view: View, action: Json): Promise<Outcome> {
  const payload = actionPayload(stage.ws, user, { kind: 'view', view }, action, view.state.values);
  return outcomeOf('That', await stage.courier.ask('interactive', payload));
}

/**
 * Enters values, one after the other. An element that tells the app at once (outside an input block, or in
 * one with `dispatch_action`) does so before the next is entered, as when a person goes from field to field.
 */
export async function fill(
  stage: Stage,
  user: User,
  viewId: string | undefined,
  values: Record<string, Entered>,
): Promise<Outcome> {
  let view = viewOf(stage, user, viewId);
  let outcome: Outcome = { ok: true };
  for (const [name, value] of Object.entries(values)) {
    view = viewOf(stage, user, view.id);
    const found = field(view, name);
    const state = entered(found, value);
    const blockId = String(found.block.block_id);
    const actionId = String(found.element.action_id);
    view.state.values[blockId] = { ...view.state.values[blockId], [actionId]: state };
    const tells = found.block.type !== 'input' || found.block.dispatch_action === true;
    if (tells) outcome = await act(stage, user, view, chosen(found, state));
    if (!outcome.ok) return outcome;
  }
  return outcome;
}

/** Clicks a button in a modal or in the App Home. @throws CannotDo when it is not shown. */
export async function clickInView(
  stage: Stage,
  user: User,
  viewId: string | undefined,
  target: Target,
): Promise<Outcome> {
  const view = viewOf(stage, user, viewId);
  const found = findElement(view.blocks, target, `view ${view.callback_id}`);
  if (keptValues[String(found.element.type)] !== undefined)
    throw new CannotDo(`${target.action_id} is filled in, not clicked`);
  return act(stage, user, view, clicked(found, target));
}

function refusedView(found: string[], outcome: Outcome): Outcome {
  return { ...outcome, ok: false, error: 'invalid_response', text: `${TROUBLE} (${found[0]})` };
}

/** Presses the modal's submit button; applies what the app answers: errors, update, push, clear, or just close. */
export async function submitView(stage: Stage, user: User, viewId?: string): Promise<Outcome> {
  const { ws } = stage;
  const view = viewOf(stage, user, viewId);
  if (view.type === 'home' || !view.submit) throw new CannotDo('this view has no submit button');
  const missing = incomplete(view);
  if (Object.keys(missing).length > 0) return { ok: false, error: 'incomplete', errors: missing };
  const answered = await stage.courier.ask('interactive', submissionPayload(ws, user, view));
  const outcome = outcomeOf('That', answered);
  if (!answered.ack.ok) return { ...outcome, text: TROUBLE };
  const said = answered.ack.payload as Json | string | undefined;
  if (said === undefined || said === '' || typeof said === 'string' || Object.keys(said).length === 0) {
    if (ws.views.has(view.id)) closeView(ws, user.id, view);
    return outcome;
  }
  const parsed = response.safeParse(said);
  if (!parsed.success) return { ...outcome, ok: false, error: 'invalid_response', text: TROUBLE };
  const answer = parsed.data;
  switch (answer.response_action) {
    case 'errors': {
      const inputs = new Set(
        view.blocks.filter((each) => each.type === 'input').map((each) => each.block_id),
      );
      const stray = Object.keys(answer.errors).find((blockId) => !inputs.has(blockId));
      if (stray !== undefined)
        return refusedView([`errors name ${stray}, which is no input block of the view`], outcome);
      return { ...outcome, ok: false, error: 'refused', errors: answer.errors };
    }
    case 'clear':
      clearViews(ws, user.id);
      return outcome;
    case 'update':
    case 'push': {
      const found = viewProblems(answer.view);
      if (found.length > 0) return refusedView(found, outcome);
      const draft = answer.view as ViewDraft;
      if (answer.response_action === 'update') updateView(ws, user.id, view, draft);
      else if (stackOf(ws, user.id).length >= MOST_VIEWS) return refusedView(['push_limit_reached'], outcome);
      else pushView(ws, user.id, draft);
      return outcome;
    }
  }
}

/** Closes the visible modal (its close button or Escape), or with `all` the whole stack (the X). Tells the app where asked to. */
export async function dismissView(stage: Stage, user: User, viewId?: string, all = false): Promise<Outcome> {
  const view = viewOf(stage, user, viewId);
  if (view.type === 'home') throw new CannotDo('the App Home cannot be closed');
  const isCleared = all || view.clear_on_close;
  const gone = isCleared ? clearViews(stage.ws, user.id) : [view];
  if (!isCleared) closeView(stage.ws, user.id, view);
  for (const each of gone)
    if (each.notify_on_close)
      await stage.courier.ask('interactive', closedPayload(stage.ws, user, each, isCleared));
  return { ok: true };
}
