/** What a terminal asks beside the steps: a proposed target, a lock of somebody else, what somebody decided alone. */
import type { Answer, What } from '../incidents/commands.ts';
import { ARRIVES } from '../incidents/locks.ts';
import { sameTarget } from '../incidents/same-target.ts';
import { clause } from '../incidents/sentence.ts';
import type { Incident, LooseEnd } from '../incidents/state.ts';
import { type Ask, menu, words } from './person.ts';
import type { Print } from './printer.ts';

/** Confirms what a check proposed; undefined when the person does not. */
export async function targetFor(
  { proposed, targets }: Pick<Incident, 'proposed' | 'targets'>,
  ask: Ask,
): Promise<What | undefined> {
  if (!proposed || targets.some((one) => sameTarget(one.target, proposed.target))) return undefined;
  const { target } = proposed;
  const what = `${target.kind} ${target.name} in ${target.namespace}`;
  const before = targets.map((one) => one.target.name).join(' and ');
  if (before === '') {
    const answer = await ask(`  Is ${what} what you work on? [y]es, [n]o: `);
    return answer === 'y' ? { do: 'confirm target', target } : undefined;
  }
  const answer = await ask(`  Is ${what} what you work on? [a]s well as ${before}, [i]nstead, [n]o: `);
  if (answer === 'a') return { do: 'confirm target', target, as: 'also' };
  return answer === 'i' ? { do: 'confirm target', target, as: 'instead' } : undefined;
}

/** Takes over what others hold; undefined when the person waits. */
export async function takeOverFor(
  held: NonNullable<Extract<Answer, { ok: false }>['held']>,
  ask: Ask,
): Promise<What | undefined> {
  if ((await ask('  [t]ake over, or [w]ait: ')) !== 't') return undefined;
  const { at, from, arrives } = held;
  if (!arrives) return { do: 'take over', at, from };
  const phrase = await ask(`  The other change goes on and can reach the same object. Type ${ARRIVES}: `);
  return { do: 'take over', at, from, phrase };
}

/** What others decided alone and nobody has looked at yet. */
export function decidedAlone({ looseEnds }: Pick<Incident, 'looseEnds'>, me: string): readonly LooseEnd[] {
  return [...looseEnds.values()].filter(
    ({ opened, state, openedBy }) =>
      opened.kind === 'approval-alone' && state !== 'gone' && openedBy.id !== me,
  );
}

/** Whether who sits here agrees with it; undefined when they look at it later. */
export async function judgementOf(end: LooseEnd, ask: Ask, print: Print): Promise<What | undefined> {
  const { title, object, during } = end.opened;
  print('');
  print(`${clause(title)}${object === '' ? '' : ` (${object})`}${during ? `: ${during}` : ''}`);
  const key = await menu(ask, [
    ['y', 'seen and agreed'],
    ['n', 'not agreed'],
    ['l', 'look at it later'],
  ]);
  if (key === 'l') return undefined;
  if (key === 'y') return { do: 'judge alone', looseEnd: end.id, agrees: true };
  const reason = await words(ask, '  Why not? It becomes a follow-up: ');
  return { do: 'judge alone', looseEnd: end.id, agrees: false, reason };
}
