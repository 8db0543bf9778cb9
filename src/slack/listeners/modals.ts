/** Submitted modals: checks which one it is, sends what was entered, and shows the answer in the modal. */
import { setTimeout as wait } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { failureWords } from '../answering.ts';
import { submitId } from '../command-ids.ts';
import { anyModal, readModal, type Submitted } from '../ids.ts';
import type { Room } from '../room.ts';
import { toldModal } from '../views/modals/declare.ts';
import { type Entered, readEntered } from '../views/modals/values.ts';
import { actorOf, type Submission, submission } from './bolt.ts';
import type { Done, ModalContext, Reply } from './modal-context.ts';
import { OUTSIDE, outsiders } from './pick.ts';
import { submitted } from './submitted.ts';

/** Slack waits 3 s for the answer to a form. */
const PATIENCE_MS = 2300;
const slow =
  ":hourglass: Handrail's own database is slow. Whether this was taken shows in the channel: look there before you try again.";

async function inTime(work: Promise<Done>): Promise<Done | undefined> {
  work.catch(() => undefined);
  const ended = new AbortController();
  const late = wait(PATIENCE_MS, undefined, { signal: ended.signal }).catch(() => undefined);
  return Promise.race([work, late]).finally(() => ended.abort());
}

export function modalListener(app: App, room: Room): void {
  const isOutside = outsiders(room);
  app.view(anyModal, async ({ body, ack }) => {
    const parsed = submission.safeParse(body);
    const found = parsed.success
      ? readModal(parsed.data.view.callback_id, parsed.data.view.private_metadata)
      : undefined;
    const entered = parsed.success ? readEntered(parsed.data.view.state.values) : undefined;
    if (!parsed.success || !found || !entered) {
      room.log.warn({ callback: parsed.data?.view.callback_id }, 'a malformed modal was refused');
      return ack();
    }
    const context = contextOf(room, parsed.data, entered);
    let after: (() => Promise<void>) | undefined;
    let reply: Reply;
    try {
      const done = await inTime(inside(isOutside, context, found));
      reply = done?.reply ?? { update: toldModal('Not known yet', slow) };
      after = done?.after;
    } catch (error) {
      room.log.error({ error, modal: found.modal }, 'a modal failed');
      reply = { update: toldModal('Not done', failureWords(room)) };
    }
    if ('errors' in reply) await ack({ response_action: 'errors', errors: reply.errors });
    else if ('update' in reply) await ack({ response_action: 'update', view: reply.update });
    else await ack();
    await after?.();
  });
}

async function inside(
  isOutside: ReturnType<typeof outsiders>,
  context: ModalContext,
  found: Submitted,
): Promise<Done> {
  if ('incident' in found.data && (await isOutside(context.actor.user, found.data.incident)))
    return { reply: { update: toldModal('Not done', OUTSIDE) } };
  return submitted(context, found);
}

function contextOf(room: Room, body: Submission, entered: Entered): ModalContext {
  const { view } = body;
  const actor = actorOf(body.user);
  const id = submitId({
    team: body.team?.id ?? '',
    user: actor.user,
    view: view.id,
    hash: view.hash,
    values: view.state.values,
  });
  return { room, actor, channel: '', entered, view, id: (part) => (part ? `${id}:${part}` : id) };
}
