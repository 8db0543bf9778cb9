/** What one command of the terminal is: its name, what it takes, what it says of itself, and how it is done. */
import type { parseArgs } from 'node:util';
import type { Keyboard } from './person.ts';
import type { Print } from './printer.ts';

/** As `parseArgs` takes them. One name has one meaning in every command. */
export type Options = Readonly<
  Record<
    string,
    { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }
  >
>;

/** What was typed, by the options' types. */
export type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>['values'];

/** Everything a command may touch of the process it runs in. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder, absolute. */
  readonly folder: string;
  /** Absent: no person can be asked. */
  readonly keyboard?: () => Keyboard;
  /** Standard input to its end, as bytes. */
  readonly stdin: () => Promise<Uint8Array>;
  readonly print: Print;
  readonly warn: Print;
}

export interface Given<O extends Options> extends Terminal {
  readonly values: Values<O>;
  /** The words after the command's name. */
  readonly names: readonly string[];
}

export interface Command {
  /** Its words, e.g. `runbook run`. */
  readonly name: string;
  /** What may follow the name, for the help: `ID [--json]`. */
  readonly takes: string;
  /** One or two sentences for the help. */
  readonly says: string;
  /** How many words it takes at least and at most. */
  readonly words: readonly [least: number, most: number];
  readonly options: Options;
  /** Gives the exit code. Throws WrongInput. */
  run(given: Given<Options>): Promise<number>;
}

/** A row of the table, with the values of its own options typed. `run` imports what it needs: a start must be quick. */
export function command<const O extends Options>(
  row: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    run(given: Given<O>): Promise<number>;
  },
): Command {
  return row;
}
