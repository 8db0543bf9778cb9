// views.*: opening, stacking, changing and publishing views.

import { isRecord } from '../blocks/rule.ts';
import { viewProblems } from '../blocks/view-problems.ts';
import { exchangeTrigger } from '../state/triggers.ts';
import {
  MOST_VIEWS,
  openView,
  ownerOf,
  publishHome,
  pushView,
  stackOf,
  updateView,
  type View,
  type ViewDraft,
} from '../state/views.ts';
import { args, type Call, fail, invalidArguments, json, type Method, method, text } from './method.ts';

const MOST_BYTES = 250 * 1024;

/** @throws SlackError invalid_arguments with the places, view_too_large, duplicate_external_id. */
function checkedView(
  call: Call,
  view: unknown,
  type: 'modal' | 'home' | undefined,
  itself?: View,
): ViewDraft {
  const found = viewProblems(view);
  if (isRecord(view) && type !== undefined && view.type !== type)
    found.push(`expected type ${type} [json-pointer:/view/type]`);
  if (found.length > 0) return invalidArguments(found);
  if (JSON.stringify(view).length > MOST_BYTES) return fail('view_too_large');
  const external = (view as ViewDraft).external_id;
  if (typeof external === 'string' && external !== '')
    for (const other of call.ws.views.values())
      if (other.external_id === external && other.id !== itself?.id) return fail('duplicate_external_id');
  return view as ViewDraft;
}

function person(call: Call, triggerId: string): string {
  const exchanged = exchangeTrigger(call.ws, triggerId);
  return 'user' in exchanged ? exchanged.user : fail(exchanged.problem);
}

const opening = args({ trigger_id: text, view: json });

export const views: Record<string, Method> = {
  'views.open': method({
    tier: 4,
    args: opening,
    run(given, call) {
      const draft = checkedView(call, given.view, 'modal');
      return { view: openView(call.ws, person(call, given.trigger_id), draft) };
    },
  }),

  'views.push': method({
    tier: 4,
    args: opening,
    run(given, call) {
      const draft = checkedView(call, given.view, 'modal');
      const trigger = call.ws.triggers.get(given.trigger_id);
      const stack = trigger === undefined ? [] : stackOf(call.ws, trigger.user);
      if (stack.length >= MOST_VIEWS) fail('push_limit_reached');
      const user = person(call, given.trigger_id);
      if (stack.length === 0) fail('not_found');
      return { view: pushView(call.ws, user, draft) };
    },
  }),

  'views.update': method({
    tier: 4,
    args: args({ view_id: text.optional(), external_id: text.optional(), hash: text.optional(), view: json }),
    run(given, call) {
      const view =
        given.view_id === undefined
          ? [...call.ws.views.values()].find(
              (each) => each.external_id !== '' && each.external_id === given.external_id,
            )
          : call.ws.views.get(given.view_id);
      const user = view === undefined ? undefined : ownerOf(call.ws, view.id);
      if (view === undefined || user === undefined) return fail('not_found');
      const draft = checkedView(call, given.view, view.type, view);
      if (given.hash !== undefined && given.hash !== '' && given.hash !== view.hash) fail('hash_conflict');
      return { view: updateView(call.ws, user, view, draft) };
    },
  }),

  'views.publish': method({
    tier: 4,
    args: args({ user_id: text, hash: text.optional(), view: json }),
    run(given, call) {
      if (!call.ws.users.has(given.user_id))
        return invalidArguments(['invalid `user_id` [json-pointer:/user_id]']);
      const existing = call.ws.views.get(call.ws.homes.get(given.user_id) ?? '');
      const draft = checkedView(call, given.view, 'home', existing);
      if (
        given.hash !== undefined &&
        given.hash !== '' &&
        existing !== undefined &&
        given.hash !== existing.hash
      )
        fail('hash_conflict');
      return { view: publishHome(call.ws, given.user_id, draft) };
    },
  }),
};
