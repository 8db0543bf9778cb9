/** `handrail`: the same verbs at a terminal as in Slack. The only file here that speaks with the process. */
import type { Options, Terminal, Values } from './command.ts';
import { commands } from './commands.ts';
import { EXIT } from './exit-codes.ts';
import { readArguments } from './read-arguments.ts';
import { isToldInWords } from './told-in-words.ts';

const terminal: Terminal = {
  env: process.env,
  folder: process.cwd(),
  // With questions in a file nobody would know what they answer.
  ...(process.stdin.isTTY && process.stderr.isTTY
    ? { keyboard: () => ({ input: process.stdin, output: process.stderr, terminal: true }) }
    : {}),
  stdin: async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  },
  print: (line) => void process.stdout.write(`${line}\n`),
  warn: (line) => void process.stderr.write(`${line}\n`),
};

async function main(args: readonly string[]): Promise<number> {
  const typed = readArguments(args, commands);
  if ('help' in typed) {
    terminal.print(typed.help);
    return EXIT.ok;
  }
  const { command, values, names } = typed;
  return command.run({ ...terminal, values: values as Values<Options>, names });
}

// `handrail ... | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isToldInWords(error)) throw error;
  terminal.warn(error.message);
  process.exitCode = EXIT.wrongInput;
}
