/** How a person writes their part of the report: sections, whys and follow-ups, through the review and its forms. */
import { buttonsOf, CouldNot, type Hands, type Seen } from './hands.ts';

/** Presses a button of the review, which only this person sees; it is opened first. */
async function pressInReview(hands: Hands, channel: string, label: RegExp): Promise<void> {
  const before = hands.actor.ephemerals(channel).length;
  await hands.command(channel, 'report');
  const review = await hands.wait('the review of the report', channel, () =>
    (hands.actor.ephemerals(channel).slice(before) as unknown as Seen[]).find((one) =>
      one.text.startsWith('Report of INC-'),
    ),
  );
  const shown = buttonsOf(review).find((one) => label.test(one.label));
  if (!shown) throw new CouldNot(`the review has no button ${label.source}`);
  await hands.click(channel, shown);
}

/** `name` and `title` as src/report/sections.ts has them. */
export async function writeSection(
  hands: Hands,
  channel: string,
  section: { readonly name: string; readonly title: string; readonly text: string },
): Promise<void> {
  await hands.form(/^Report of INC-/, { name: section.name }, () =>
    pressInReview(hands, channel, /^write a section$/i),
  );
  await hands.form(new RegExp(`^${section.title}$`), { text: section.text });
}

/** Each answer under the one before it; the last one is marked: nobody knows why. */
export async function writeWhys(hands: Hands, channel: string, answers: readonly string[]): Promise<void> {
  const title = /^Whys of INC-/;
  for (const [n, answer] of answers.entries()) {
    const open = n === 0 ? () => pressInReview(hands, channel, /^whys$/i) : undefined;
    await hands.form(title, { [`text-${n}`]: answer }, open);
  }
  await hands.form(title, { [`act-${answers.length}`]: 'open' });
  await hands.actor.closeView(undefined, { all: true });
}

/** `typed` as behind `/incident follow-up`. */
export async function followUp(hands: Hands, channel: string, typed: string): Promise<void> {
  await hands.command(channel, `follow-up ${typed}`);
}
