/** One question to the person at the terminal. */
import { createInterface } from 'node:readline/promises';

/** The answer without blanks around it. On standard error, so that what is printed stays a script's. */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}
