/** The help, made from the table of commands. */
import type { Command } from './command.ts';
import { EXIT } from './exit-codes.ts';

const codes = `Exit codes: ${EXIT.ok} done and well, ${EXIT.notOk} done and something is not well, ${EXIT.wrongInput} wrong input, ${EXIT.waits} waits for a person.`;

/** Of all commands, or of those that are given. */
export function helpOf(commands: readonly Command[]): string {
  const lines = commands.map(({ name, takes, says }) =>
    [`handrail ${name} ${takes}`.trimEnd(), `    ${says}`].join('\n'),
  );
  return `${lines.join('\n')}\n\n${codes}`;
}
