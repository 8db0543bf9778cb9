/** `handrail follow-up INC-7 …`: something to be done after the incident, written down at a terminal. */
import { dayFrom, dayWords } from '../incidents/day-words.ts';
import type { Person } from '../incidents/events.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { incidentNumber } from './incident-number.ts';
import { openSession, readConfig, type Session } from './session.ts';
import { tellDoor } from './told-door.ts';
import { WrongInput } from './wrong-input.ts';

interface Values {
  readonly owner?: string;
  readonly due?: string;
  readonly link?: string;
  readonly done?: string;
}

/** Gives the exit code. Throws WrongInput. */
export async function followUpHere(
  given: Terminal & { readonly names: readonly string[]; readonly values: Values },
): Promise<number> {
  const { env, names, values, print, warn } = given;
  const [id = '', ...text] = names;
  const incident = incidentNumber(id);
  const config = await readConfig(env, warn);
  const session = await openSession({ config, warn });
  try {
    const zone = await session.handrail.store.look(incident, ({ declared }) => declared.zone);
    if (zone === undefined) throw new WrongInput(`There is no INC-${incident}.`);
    const due =
      values.due === undefined
        ? undefined
        : dayFrom(values.due, { zone, now: session.handrail.now().getTime() });
    if (due && !due.ok) throw new WrongInput(`--due ${values.due}: ${due.says}`);
    const owner = values.owner === undefined ? undefined : ownerOf(session, values.owner);
    const answer = await tellDoor(
      session,
      incident,
      {
        do: 'add follow-up',
        text: text.join(' '),
        ...(owner ? { owner } : {}),
        ...(due ? { dueOn: due.day } : {}),
        ...(values.link === undefined ? {} : { link: values.link }),
        ...(values.done === undefined ? {} : { doneWhen: values.done }),
      },
      session.newId(),
    );
    if (!answer.ok) {
      warn(`Not done: ${answer.says}`);
      return EXIT.notOk;
    }
    const said = [owner?.name, due ? `by ${dayWords(due.day)}` : undefined].filter(Boolean).join(', ');
    print(`${answer.says ?? ''}${said === '' ? '' : ` ${said}.`}`.trim());
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** A person of handrail.yaml, by key or name; by their Slack identity where they have one, as Slack would name them. */
function ownerOf({ config }: Session, typed: string): Person {
  const { people } = config.handrail.access;
  const wanted = typed.replace(/^@/, '').toLowerCase();
  const found = people.find(({ key, name }) => [key, name].some((one) => one.toLowerCase() === wanted));
  if (!found) {
    const known = people.map(({ key }) => key).join(', ');
    throw new WrongInput(
      `--owner ${typed}: nobody of handrail.yaml.${known === '' ? '' : ` There is: ${known}.`}`,
    );
  }
  const id = found.identities.find((one) => one.startsWith('slack:')) ?? `person:${found.key}`;
  return { id, name: found.name };
}
