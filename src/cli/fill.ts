/** Asks for parameters or the fields of a form, one by one, each with its default and its live choices. */
import { type ParamValue, parseParam } from '../runbooks/param-values.ts';
import type { Param, Runbook } from '../runbooks/runbook.ts';
import type { Ask } from './person.ts';
import type { Print } from './printer.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Live choices of a field; none when nobody can say. */
export type ChoicesOf = (param: Param, runbook: Runbook) => Promise<readonly Choice[]>;

const MOST_SHOWN = 20;

/** `known` goes before a field's default. What is left out has no value; what is wrong is asked again. */
export async function fill(
  declared: Readonly<Record<string, Param>>,
  known: Readonly<Record<string, unknown>>,
  runbook: Runbook,
  { ask, print, choices }: { readonly ask: Ask; readonly print: Print; readonly choices: ChoicesOf },
): Promise<Record<string, ParamValue>> {
  const values: Record<string, ParamValue> = {};
  for (const [name, param] of Object.entries(declared)) {
    const isLive = param.from !== undefined || param.type.includes('/');
    const fixed = (param.options ?? []).map((value) => ({ value, label: value }));
    const offered = (isLive ? await choices(param, runbook) : fixed).slice(0, MOST_SHOWN);
    offered.forEach((choice, index) => print(`    ${index + 1}. ${choice.label}`));
    const value = await one(name, param, offered, known[name] ?? param.default, { ask, print });
    if (value !== undefined) values[name] = value;
  }
  return values;
}

async function one(
  name: string,
  param: Param,
  offered: readonly Choice[],
  known: unknown,
  { ask, print }: { readonly ask: Ask; readonly print: Print },
): Promise<ParamValue | undefined> {
  const isOne = typeof known === 'string' || typeof known === 'number' || typeof known === 'boolean';
  const first = isOne ? ` [${typeof known === 'boolean' ? (known ? 'yes' : 'no') : known}]` : '';
  const how = offered.length > 0 ? ' (number or name)' : param.type === 'bool' ? ' (yes or no)' : '';
  const left = param.required || isOne ? '' : ' (nothing leaves it out)';
  for (;;) {
    const typed = await ask(`  ${param.label.replace(/:$/, '') || name}${how}${first}${left}: `);
    if (typed === '' && !isOne) {
      if (!param.required) return undefined;
      print('  This is needed.');
      continue;
    }
    // A number picks a choice, unless it is a value of its own.
    const picked = offered.some(({ value }) => value === typed) ? undefined : offered[Number(typed) - 1];
    const given = typed === '' && isOne ? known : (picked?.value ?? typed);
    const read = parseParam(param, given);
    if (!('problem' in read)) return read.value;
    print(`  ${read.problem}`);
  }
}
