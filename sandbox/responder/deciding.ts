/** How a person sees a change through: reads the plan, has it approved, and decides when its outcome is not known. */
import { buttonsOf, CouldNot, type Hands, type Seen, type Shown, wordsOf } from './hands.ts';

/** What a person presses when a message offers it, the first of these that is there. */
const LABELS = [/^confirm$/i, /^ask for approval$/i, /^approve$/i, /^try again$/i, /^check again$/i];
/** After so many looks that told nothing a person goes on and says why. */
const MOST_LOOKS = 3;

export interface Change {
  readonly channel: string;
  /** Begins the messages of this step. */
  readonly title: string;
  /** Only messages after this one count. */
  readonly after: string;
  /** Who approves what needs two people. */
  readonly second?: Hands;
  /** Told when a decision was needed. */
  readonly say?: (line: string) => void;
}

/**
 * Returns when a message says that the change is verified, or when a person went on because nobody can tell.
 * @throws CouldNot when it stays unverified.
 */
export async function seeThrough(hands: Hands, change: Change): Promise<void> {
  const { channel, title, after, second, say } = change;
  const pressed = new Set<string>();
  let looks = 0;
  const mine = (messages: readonly Seen[]) =>
    messages.filter((one) => one.ts > after && one.text.startsWith(title));
  for (;;) {
    const next = await hands.wait(`"${title}" to be verified, or a decision to take`, channel, (messages) => {
      const newest = mine(messages);
      if (newest.some((one) => isVerified(one))) return { verified: true as const };
      for (const message of newest.toReversed()) {
        const offered = choiceIn(message, pressed);
        if (offered) return { verified: false as const, words: wordsOf(message), ...offered };
      }
      return undefined;
    });
    if (next.verified) return;
    pressed.add(next.key);
    const { shown } = next;
    if (/^(try|check) again$/i.test(shown.label)) say?.(`  decided: ${shown.label}`);
    if (/^check again$/i.test(shown.label) && ++looks > MOST_LOOKS) {
      if (!/nobody knows/i.test(next.words)) throw new CouldNot(`${title} is not verified: ${next.words}`);
      await goOn(hands, channel, after);
      return;
    }
    const presser = /^approve$/i.test(shown.label) ? second : hands;
    await presser?.click(channel, shown);
  }
}

/** Nobody can tell, however often it is asked: the run must not stand still because of that. */
async function goOn(hands: Hands, channel: string, after: string): Promise<void> {
  const title = /go on anyway/i;
  const reason = 'The trace tells nothing. What is on the cluster is looked at once more at the end.';
  await hands.form(title, { reason }, async () => {
    await hands.press(channel, title, { after, there: () => hands.sees(title) });
  });
}

function isVerified(message: Seen): boolean {
  return /\bVerified\./.test(wordsOf(message));
}

/** The same button of a message that says something else meanwhile is a new question. */
function choiceIn(message: Seen, pressed: ReadonlySet<string>): { shown: Shown; key: string } | undefined {
  const buttons = buttonsOf(message);
  for (const label of LABELS) {
    const shown = buttons.find((one) => label.test(one.label));
    const key = `${message.ts} ${shown?.label} ${wordsOf(message)}`;
    if (shown && !pressed.has(key)) return { shown, key };
  }
  return undefined;
}
