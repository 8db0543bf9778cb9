/** A terminal for one command in this process: a folder of its own, and everything that is printed. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Options, Terminal, Values } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { WrongInput } from '../../src/cli/wrong-input.ts';

export const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Ran {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

export interface TestTerminal {
  readonly folder: string;
  write(file: string, text: string | Uint8Array): Promise<void>;
  /** Runs `handrail ...args`. A mistake in what was typed is its words in `err` and code 2, as at a terminal. */
  run(args: readonly string[], stdin?: string | Uint8Array): Promise<Ran>;
  remove(): Promise<void>;
}

export async function testTerminal(): Promise<TestTerminal> {
  const folder = await mkdtemp(join(tmpdir(), 'handrail-cli-'));
  return {
    folder,
    async write(file, text) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), text);
    },
    async run(args, stdin = '') {
      const out: string[] = [];
      const err: string[] = [];
      const terminal: Terminal = {
        env: {},
        folder,
        stdin: async () => (typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin),
        print: (line) => out.push(line),
        warn: (line) => err.push(line),
      };
      try {
        const typed = readArguments(args, commands);
        if ('help' in typed) return { code: 0, out: [typed.help], err };
        const { command, values, names } = typed;
        const code = await command.run({ ...terminal, values: values as Values<Options>, names });
        return { code, out, err };
      } catch (error) {
        if (!(error instanceof WrongInput)) throw error;
        return { code: 2, out, err: [...err, error.message] };
      }
    },
    remove: () => rm(folder, { recursive: true }),
  };
}
