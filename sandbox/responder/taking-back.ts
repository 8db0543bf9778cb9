/** How a person takes back what was left behind, from the list of it. */
import { seeThrough } from './deciding.ts';
import { buttonsOf, type Hands, type Seen, type Shown } from './hands.ts';

/** `what`: words of the item in the list; `title`: how messages about its undo begin. */
export async function takeBack(
  hands: Hands,
  channel: string,
  change: { readonly what: RegExp; readonly title: string; readonly say: (line: string) => void },
): Promise<void> {
  const { what, title, say } = change;
  const before = hands.last(channel);
  await hands.command(channel, 'left');
  const found = await hands.wait('the list of what was left behind', channel, (messages) => {
    const list = messages.findLast((one) => one.ts > before && /Left behind/i.test(one.text));
    const shown = list && buttonBeside(list, what, /^undo$/i);
    return shown && { shown, ts: list.ts };
  });
  await hands.click(channel, found.shown);
  await seeThrough(hands, { channel, title, after: found.ts, say });
}

/** The button that stands under the item of a list whose words fit. */
function buttonBeside(list: Seen, item: RegExp, label: RegExp): Shown | undefined {
  const blocks = list.blocks ?? [];
  const at = blocks.findIndex((block) => block.type === 'section' && item.test(block.text?.text ?? ''));
  const next = blocks[at + 1];
  if (at < 0 || !next) return undefined;
  return buttonsOf({ ...list, blocks: [next] }).find((shown) => label.test(shown.label));
}
