/** Asks the person at the terminal what a waiting step needs. */
import { setTimeout as wait } from 'node:timers/promises';
import type { What } from '../incidents/commands.ts';
import type { TryState } from '../incidents/state.ts';
import { ask } from './ask.ts';
import type { Print } from './printer.ts';

export interface Waiting {
  readonly run: number;
  readonly step: string;
  readonly one: TryState;
}

/** The command that answers it, or undefined when nobody here can. */
export async function answerFor(
  waiting: Waiting,
  options: { readonly yes: boolean; readonly interactive: boolean },
  print: Print,
): Promise<What | undefined> {
  const { run, step, one } = waiting;
  const at = { run, step, try: one.try };
  const { planned } = one;
  if (one.phase === 'planned' && planned && options.yes && planned.level === 'click')
    return { do: 'confirm', at, hash: planned.hash };
  if (!options.interactive) return undefined;
  switch (one.phase) {
    case 'planned': {
      if (!planned) return undefined;
      if (planned.level === 'two-person')
        return (await ask('  This needs a second person. [a]sk for approval, [s]kip, [e]nd: ')) === 'a'
          ? { do: 'ask approval', at, hash: planned.hash }
          : skipOrEnd(at, await ask('  Why? '));
      if (planned.level === 'type') {
        const phrase = await ask(`  Type ${planned.phrase ?? ''} to start it, or nothing to skip: `);
        return phrase === ''
          ? skipOrEnd(at, 'not confirmed')
          : { do: 'confirm', at, hash: planned.hash, phrase };
      }
      const answer = await ask('  Start it? [y]es, [s]kip, done by [h]and, [e]nd: ');
      if (answer === 'y') return { do: 'confirm', at, hash: planned.hash };
      if (answer === 'h') return { do: 'done by hand', at };
      if (answer === 'e') return { do: 'end run', run, reason: await ask('  Why? ') };
      return skipOrEnd(at, await ask('  Why is it skipped? '));
    }
    case 'approval': {
      const hash = one.requested?.hash ?? '';
      if (!one.requested?.aloneAllowed) {
        print('  Waiting for the approval of somebody else (Ctrl-C leaves; the run goes on in Slack).');
        await wait(2000);
        return { do: 'allow alone', at, hash };
      }
      return { do: 'go alone', at, hash, reason: await ask('  Going alone. Why? ') };
    }
    case 'by hand': {
      const answer = await ask('  [d]one by hand, [s]kip: ');
      return answer === 'd' ? { do: 'done by hand', at } : skipOrEnd(at, await ask('  Why is it skipped? '));
    }
    case 'asking': {
      const choices = one.choices ?? [];
      choices.forEach((choice, index) => print(`    ${index + 1}. ${choice.label}`));
      const number = Number(await ask('  Your choice: '));
      const choice = choices[number - 1];
      if (!choice) return skipOrEnd(at, await ask('  None chosen. Why is it skipped? '));
      return { do: 'choose', at, choice: choice.id, reason: await ask('  Why? ') };
    }
    case 'decide': {
      const answer = await ask('  [c]heck again, [t]ry again, [u]ndo, undo [a]ll, [g]o on, [e]nd: ');
      if (answer === 'c') return { do: 'check again', at };
      if (answer === 't') return { do: 'try again', at };
      if (answer === 'u') return { do: 'undo', run, step };
      if (answer === 'a') return { do: 'unwind', run };
      if (answer === 'g') return { do: 'go on', at, reason: await ask('  Why? ') };
      return { do: 'end run', run, reason: await ask('  Why? ') };
    }
    case 'checking':
    case 'planning':
    case 'calling':
    case 'looking':
    case 'verifying':
    case 'nested':
    case 'closed':
      return undefined;
  }
}

function skipOrEnd(at: { run: number; step: string; try: number }, reason: string): What {
  return { do: 'skip', at, reason: reason || 'skipped at the terminal' };
}
