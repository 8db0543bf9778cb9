/** Reads the arguments of PostgreSQL's programs, as far as the stand-ins know them. */

export interface Arguments {
  readonly flags: ReadonlySet<string>;
  /** Option -> its values in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
}

/**
 * `takesValue` names the options with a value: letters (`-d x`, `-dx`, also in a bundle: `-XAtd x`) and words
 * (`--dbname x`, `--dbname=x`).
 */
export function readArguments(argv: readonly string[], takesValue: ReadonlySet<string>): Arguments {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const rest: string[] = [];
  const add = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word.startsWith('--')) {
      const [name = '', ...value] = word.slice(2).split('=');
      if (value.length > 0) add(name, value.join('='));
      else if (takesValue.has(name)) add(name, argv[++i] ?? '');
      else flags.add(name);
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at] ?? '';
        if (!takesValue.has(letter)) {
          flags.add(letter);
          continue;
        }
        add(letter, at + 1 < word.length ? word.slice(at + 1) : (argv[++i] ?? ''));
        break;
      }
    } else rest.push(word);
  }
  return { flags, values, rest };
}

/** The last value given under any of these names. */
export function lastOf(read: Arguments, ...names: string[]): string | undefined {
  return names.flatMap((name) => read.values.get(name) ?? []).at(-1);
}
