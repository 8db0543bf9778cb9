/** The person at a terminal: questions one after the other on one reader, which also hears Ctrl-C. */
import { createInterface } from 'node:readline/promises';

/** Where a person types, and where the questions are shown: standard error, so that what is printed stays a script's. */
export interface Keyboard {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  /** Keys come one by one, as from a terminal; Ctrl-C is one of them. */
  readonly terminal: boolean;
}

/** Why a question got no answer: Ctrl-C, somebody answered it elsewhere, or nobody can type any more. */
export class Unanswered extends Error {
  readonly why: 'interrupted' | 'elsewhere' | 'closed';
  constructor(why: Unanswered['why']) {
    super(`no answer: ${why}`);
    this.name = 'Unanswered';
    this.why = why;
  }
}

export type Ask = (question: string) => Promise<string>;

export interface Person {
  /** The answer without blanks around it. Throws Unanswered. */
  readonly ask: Ask;
  /** Ends the open question: somebody answered it elsewhere. */
  drop(): void;
  /** How often Ctrl-C was pressed since this was last asked. */
  interrupts(): number;
  readonly closed: boolean;
  close(): void;
}

/** What is typed before a question is shown answers nothing: a change must not start on a key pressed too early. */
export function personAt({ input, output, terminal }: Keyboard): Person {
  const lines = createInterface({ input, output, terminal });
  let pressed = 0;
  let closed = false;
  let open: AbortController | undefined;
  const end = (why: Unanswered['why']) => open?.abort(new Unanswered(why));
  lines.on('SIGINT', () => {
    pressed++;
    end('interrupted');
  });
  lines.on('close', () => {
    closed = true;
    end('closed');
  });
  return {
    async ask(question) {
      if (closed) throw new Unanswered('closed');
      const asking = new AbortController();
      open = asking;
      try {
        const { signal } = asking;
        const given = new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
        const answer = lines.question(question, { signal });
        // Its own refusal when it is given up says less than ours.
        answer.catch(() => undefined);
        return (await Promise.race([given, answer])).trim();
      } finally {
        open = undefined;
        if (asking.signal.aborted && !closed) output.write('\n');
      }
    },
    drop: () => end('elsewhere'),
    interrupts() {
      const before = pressed;
      pressed = 0;
      return before;
    },
    get closed() {
      return closed;
    },
    close: () => lines.close(),
  };
}

/** Asks until one of the keys is typed: `  [y] start it  [s] skip: `. */
export async function menu<K extends string>(
  ask: Ask,
  choices: readonly (readonly [key: K, words: string])[],
): Promise<K> {
  const question = `  ${choices.map(([key, words]) => `[${key}] ${words}`).join('  ')}: `;
  for (;;) {
    const typed = (await ask(question)).toLowerCase();
    const found = choices.find(([key]) => key === typed);
    if (found) return found[0];
  }
}

/** Asks until something is typed. */
export async function words(ask: Ask, question: string): Promise<string> {
  for (;;) {
    const typed = await ask(question);
    if (typed !== '') return typed;
  }
}
