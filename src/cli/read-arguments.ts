/** From what was typed to a command of the table and its values; a mistake is told with the nearest name. */
import { parseArgs } from 'node:util';
import { nearest } from '../catalog/nearest.ts';
import type { Command, Options } from './command.ts';
import { helpOf } from './help.ts';
import { WrongInput } from './wrong-input.ts';

export type Typed =
  | { readonly help: string }
  | {
      readonly command: Command;
      readonly values: Record<string, unknown>;
      readonly names: readonly string[];
    };

/** Options may stand before, between and after the words. Throws WrongInput. */
export function readArguments(args: readonly string[], commands: readonly Command[]): Typed {
  const { values, positionals } = parsed(args, allOptions(commands));
  const [first, ...rest] = positionals;
  // `handrail help runbook run` as well as `handrail runbook run --help`.
  const words = first === 'help' ? rest : positionals;
  const { help, ...given } = values;
  const helpAsked = help === true || first === 'help' || positionals.length === 0;
  const command = commands.find(({ name }) => startsWith(words, name));
  if (!command) {
    const group = commands.filter(({ name }) => startsWith(name.split(' '), words.join(' ')));
    if (helpAsked && group.length > 0) return { help: helpOf(group) };
    throw notACommand(words, commands);
  }
  if (helpAsked) return { help: helpOf([command]) };
  const names = words.slice(command.name.split(' ').length);
  const [least, most] = command.words;
  if (names.length < least || names.length > most) {
    const what = names.length < least ? 'needs more' : 'takes less';
    throw new WrongInput(`handrail ${command.name} ${what} than that.\n\n${helpOf([command])}`);
  }
  for (const option of Object.keys(given)) {
    if (Object.hasOwn(command.options, option)) continue;
    throw new WrongInput(`handrail ${command.name} has no option --${option}.\n\n${helpOf([command])}`);
  }
  return { command, values: given, names };
}

function startsWith(words: readonly string[], name: string): boolean {
  return name === '' || `${words.join(' ')} `.startsWith(`${name} `);
}

function allOptions(commands: readonly Command[]): Options {
  const all: Record<string, Options[string]> = { help: { type: 'boolean', short: 'h' } };
  for (const { options } of commands) Object.assign(all, options);
  return all;
}

function parsed(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const unknown = /^Unknown option '(-{1,2})([^']*)'/.exec(error.message);
    if (!unknown) throw new WrongInput(error.message);
    const near = unknown[1] === '--' ? nearest(unknown[2] ?? '', Object.keys(options)) : undefined;
    const remedy = near ? `Did you mean --${near}?` : 'See handrail --help.';
    throw new WrongInput(`There is no option ${unknown[1]}${unknown[2]}. ${remedy}`);
  }
}

/** The whole help for what is no word of ours; that of the group when only its second word is wrong. */
function notACommand(words: readonly string[], commands: readonly Command[]): WrongInput {
  const names = commands.map(({ name }) => name);
  const [first = ''] = words;
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  // A word too many must not make the distance: `runbook rn check-patroni` is as near as `runbook rn`.
  const near = nearest(words.slice(0, 2).join(' '), names) ?? nearest(first, names);
  const says =
    group.length > 0 && words.length === 1
      ? `handrail ${first} needs one more word.`
      : `handrail ${words.join(' ')} is not a command.`;
  const remedy = near ? ` Did you mean: handrail ${near}?` : '';
  return new WrongInput(`${says}${remedy}\n\n${helpOf(group.length > 0 ? group : commands)}`);
}
