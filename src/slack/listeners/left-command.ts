/** `/incident left`: the list, something that was left by hand, the rest kept in one line; and `/incident close` before it. */
import { plainText } from '../message-text.ts';
import { esc, line } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { gateBlocks } from '../views/gate.ts';
import { type CommandContext, send } from './context.ts';
import { openAddLeft } from './left.ts';
import { takesNoWords } from './unknown-words.ts';

const USE = 'Write `/incident left`, `/incident left add what was left`, or `/incident left keep rest why`.';

/** Without words it looks at everything and posts the list. */
export async function leftCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const typed = plainText(argument, (user) => user).trim();
  if (typed === '') {
    const answer = await send(context, incident, { do: 'check what is left' });
    if (!answer.ok) return context.tell(notDoneWords(answer));
    return context.tell(`${esc(answer.says ?? 'Nothing to check.')} The list comes into the channel.`);
  }
  const keep = /^keep\s+(?:the\s+)?(?:rest|others?|all)\b[\s:,]*/i.exec(typed);
  if (keep) {
    const reason = typed.slice(keep[0].length).trim();
    const answer = await send(context, incident, { do: 'keep rest', reason: reason.slice(0, 1000) });
    return context.tell(answer.ok ? esc(answer.says ?? 'Kept.') : notDoneWords(answer));
  }
  const add = /^add\b[\s:]*/i.exec(typed);
  if (!add) return context.tell(`Not done: “${line(typed, 80)}” is not understood. ${USE}`);
  const title = typed.slice(add[0].length).trim();
  if (title === '') return openAddLeft(context, { incident });
  const answer = await send(context, incident, { do: 'add left', title: title.slice(0, 300), object: '' });
  if (!answer.ok) return context.tell(notDoneWords(answer));
  return context.tell(
    `On the list: *${line(title, 300)}*. For where it is, who looks after it, personal data or access: \`/incident left add\` opens a form.`,
  );
}

/** Refused with what is still there, and the way to keep the rest in one press. */
export async function closeCommand(
  context: CommandContext,
  incident: number,
  argument: string,
): Promise<void> {
  const extra = takesNoWords('close', argument);
  if (extra) return context.tell(extra);
  const answer = await send(context, incident, { do: 'close' });
  if (answer.ok) return context.tell(answer.says ? esc(answer.says) : `INC-${incident} is closed.`);
  const words = notDoneWords(answer);
  const blocks = answer.code === 'left' ? await context.room.door.look(incident, gateBlocks) : undefined;
  return blocks && blocks.length > 0 ? context.tell(words, blocks) : context.tell(words);
}
