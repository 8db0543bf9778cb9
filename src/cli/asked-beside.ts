/** What a terminal asks beside the steps: a target that is proposed, a lock that somebody else holds. */
import type { Answer, What } from '../incidents/commands.ts';
import { ARRIVES } from '../incidents/locks.ts';
import { sameTarget } from '../incidents/same-target.ts';
import type { Incident } from '../incidents/state.ts';

type Ask = (question: string) => Promise<string>;

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
