/** Clicks: checks what was clicked, and hands it to what it is for. */
import type { App } from '@slack/bolt';
import type { Answer } from '../../incidents/commands.ts';
import { failureWords, showRefusal } from '../answering.ts';
import { type Block, context as contextBlock, section } from '../blocks.ts';
import { clickId } from '../command-ids.ts';
import { anyButton, RUNBOOK_CHOSEN, readButton, readModal } from '../ids.ts';
import type { Room } from '../room.ts';
import { notDoneWords, tellAlone, waysOut } from '../told-alone.ts';
import { actorOf, type Click, click } from './bolt.ts';
import { type ButtonContext, clicked } from './clicked.ts';
import { runCommand } from './commands.ts';
import { openView } from './open-view.ts';
import { mayTouch, OUTSIDE, outsiders } from './pick.ts';
import { showChosen } from './run-modal.ts';

/** A click carries no answer: with the database hanging it is acknowledged after this long, and told afterwards. */
const PATIENCE_MS = 400;

type Respond = (message: {
  text: string;
  blocks?: Block[];
  response_type: 'ephemeral';
  replace_original: boolean;
}) => Promise<unknown>;

export function buttonListener(app: App, room: Room): void {
  const isOutside = outsiders(room);
  app.action(anyButton, async ({ body, ack, respond }) => {
    const parsed = click.safeParse(body);
    if (!parsed.success) {
      room.log.warn({ problems: parsed.error.issues.length }, 'a malformed click was refused');
      return ack();
    }
    await onClick(room, isOutside, parsed.data, async () => ack(), respond);
  });
  app.action(RUNBOOK_CHOSEN, async ({ body, ack }) => {
    await ack();
    const parsed = click.safeParse(body);
    const view = parsed.data?.view;
    const runbook = parsed.data?.actions[0]?.selected_option?.value;
    const modal = view && readModal(view.callback_id, view.private_metadata);
    if (!view || !runbook || modal?.modal !== 'run') return;
    const { incident } = modal.data;
    if (await mayTouch(room, parsed.data?.user.id ?? '', incident))
      await showChosen(room, view, incident, runbook);
  });
}

async function onClick(
  room: Room,
  isOutside: ReturnType<typeof outsiders>,
  body: Click,
  ack: () => Promise<unknown>,
  respond: Respond,
): Promise<void> {
  const action = body.actions[0];
  const found = action && readButton(action.action_id, action.value);
  const actor = actorOf(body.user);
  let acked = false;
  const done = async (): Promise<void> => {
    if (acked) return;
    acked = true;
    await ack();
  };
  if (!action || !found) {
    room.log.warn({ action: action?.action_id }, 'a click with a value that is not ours was refused');
    return done();
  }
  const where = body.view
    ? body.view.id
    : `${body.channel?.id ?? ''}:${body.container.message_ts ?? body.message?.ts ?? ''}`;
  const id = clickId({
    team: body.team?.id ?? '',
    user: actor.user,
    where,
    actionId: action.action_id,
    actionTs: action.action_ts,
  });
  const ephemeral = body.container.is_ephemeral === true;
  const tell = async (text: string, blocks?: readonly Block[], replace = false): Promise<void> => {
    await done();
    if (body.response_url)
      await respond({
        response_type: 'ephemeral',
        text,
        replace_original: replace && ephemeral,
        ...(blocks ? { blocks: [...blocks] } : {}),
      });
  };
  const context: ButtonContext = {
    room,
    actor,
    channel: body.channel?.id ?? '',
    ...(body.view ? { view: body.view.id } : {}),
    id: (part) => (part ? `${id}:${part}` : id),
    open: async (view) => {
      const opened = await openView(room, body.trigger_id, view);
      await done();
      return opened;
    },
    tell,
    done,
    replace: (text, blocks) => tell(text, blocks, true),
    answered: async (words) => {
      await done();
      if (!(await settleMessage(room, body, words))) await tell(words);
    },
    refused: async (answer) => {
      await done();
      await tellRefusal(room, body, actor.user, answer, tell);
    },
  };
  const early = setTimeout(() => void done().catch(() => undefined), PATIENCE_MS);
  try {
    if (found.verb === 'pick') {
      if (await mayTouch(room, actor.user, found.value.incident))
        await runCommand(context, found.value.text, found.value.incident);
    } else if (
      'incident' in found.value &&
      (await isOutside(actor.user, found.value.incident, body.channel?.id))
    )
      await tell(OUTSIDE);
    else await clicked(context, found);
    await done();
  } catch (error) {
    room.log.error({ error, verb: found.verb }, 'a click failed');
    await tell(failureWords(room));
  } finally {
    clearTimeout(early);
  }
}

/** False when there is no message that everybody sees, or Slack would not change it. */
async function settleMessage(room: Room, body: Click, words: string): Promise<boolean> {
  const { message, channel } = body;
  if (!message || !channel || body.container.is_ephemeral) return false;
  const blocks = [...((message.blocks ?? []) as unknown as Block[]).slice(0, 1), contextBlock(words)];
  try {
    await room.client.chat.update({ channel: channel.id, ts: message.ts, text: message.text ?? '', blocks });
    return true;
  } catch (error) {
    room.log.info({ error }, 'an answered message could not be changed');
    return false;
  }
}

/**
 * The person is told at the bottom of the channel, and everybody at the message; on a message that only this person
 * sees they are told there.
 */
async function tellRefusal(
  room: Room,
  body: Click,
  user: string,
  answer: Extract<Answer, { ok: false }>,
  tell: (text: string, blocks?: readonly Block[]) => Promise<void>,
): Promise<void> {
  const channel = body.channel?.id;
  const { message } = body;
  if (!channel || !message || body.container.is_ephemeral) {
    const text = notDoneWords(answer);
    return tell(text, [section(text), ...waysOut(answer)]);
  }
  await tellAlone(room, { channel, user }, answer, async (text, blocks) => {
    await tell(text, blocks);
    return body.response_url !== undefined;
  });
  const thread = body.container.thread_ts;
  const clickedOn = {
    channel,
    ts: message.ts,
    text: message.text ?? '',
    blocks: (message.blocks ?? []) as unknown as Block[],
    ...(thread ? { thread } : {}),
  };
  await showRefusal(room, clickedOn, user, answer);
}
