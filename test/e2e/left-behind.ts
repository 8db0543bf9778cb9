// What a person does with the list of what was left behind: presses Undo of one item, reads the plan, confirms.
import { CouldNot, type Hands, wordsOf } from '../../sandbox/responder/hands.ts';

/** `words` are of the item; its buttons are in the block below it. */
export async function takeBack(hands: Hands, channel: string, words: RegExp): Promise<void> {
  const message = await hands.read(channel, /Left behind: \d/);
  const blocks = message.blocks ?? [];
  const below = blocks[blocks.findIndex((block) => words.test(block.text?.text ?? '')) + 1];
  const button = below?.elements?.find((one) => one.action_id?.startsWith('hr:left-undo'));
  if (!below || !button?.action_id)
    throw new CouldNot(`there is no Undo below ${words.source} in ${wordsOf(message)}`);
  const after = hands.last(channel);
  const outcome = await hands.actor.click(channel, message.ts, {
    action_id: button.action_id,
    ...(below.block_id ? { block_id: below.block_id } : {}),
    ...(button.value === undefined ? {} : { value: button.value }),
  });
  if (!outcome.ok) throw new CouldNot(`pressing Undo: ${outcome.text ?? outcome.error ?? 'it did not work'}`);
  await hands.press(channel, /^Confirm$/, { after });
}
