/** `handrail runbook run`: a runbook at a terminal, through the same door as in Slack. */
import type { Offered } from '../assemble.ts';
import { nearest } from '../catalog/nearest.ts';
import { readParams } from '../runbooks/param-values.ts';
import type { Param, Runbook } from '../runbooks/runbook.ts';
import { type ChoicesOf, fill } from './fill.ts';
import { choicesIn, followHere, sender } from './follow-here.ts';
import type { Person } from './person.ts';
import type { Print } from './printer.ts';
import type { Session } from './session.ts';
import { WrongInput } from './wrong-input.ts';

export interface RunOptions {
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly namespace: string;
  readonly system?: string;
  readonly json: boolean;
  /** Confirms steps that need one click; nothing that needs a phrase or a second person. */
  readonly yes: boolean;
  /** Ends at the first change, with its plan. */
  readonly planOnly?: boolean;
  /** Absent: nobody is asked. */
  readonly person?: Person;
  readonly concurrency?: number;
}

/** Runs to the end of the runbook or to the first thing this terminal cannot answer. Gives the exit code. */
export async function runRunbook(
  session: Session,
  options: RunOptions,
  print: Print,
  warn: Print,
): Promise<number> {
  const { handrail, me } = session;
  const { json, yes, planOnly = false, person, namespace } = options;
  const offered = offeredHere(session, options.id);
  const params = await paramsOf(offered.runbook, options, choicesIn(session, namespace), print);
  const { catalog, handrail: settings } = session.config;
  const system = catalog.systems.find((one) => one.id === options.system);
  const asker = handrail.asker(me, system?.id);
  const send = sender(session, asker);
  const opened = await send({
    do: 'declare',
    body: {
      title: offered.runbook.title,
      severity: 'SEV4',
      namespace,
      noticed: '',
      since: handrail.now().getTime(),
      zone: settings.zone,
      private: false,
      drill: false,
      quiet: true,
      place: me.id,
      invited: [],
      ...(system
        ? {
            system: {
              id: system.id,
              title: system.title,
              namespace: system.namespace,
              docs: [...system.docs],
              dependencies: [...system.dependencies],
              contacts: system.contacts.map(({ name, what }) => ({ name, what })),
              ...(system.project ? { project: system.project } : {}),
              ...(system.environment ? { environment: system.environment } : {}),
            },
          }
        : {}),
    },
  });
  if (!opened.ok) throw new WrongInput(opened.says);
  const { incident } = opened;
  if (!json) print(`INC-${incident} (terminal only, namespace ${namespace})`);
  return followHere(
    session,
    { incident, namespace, asker },
    async (sendHere) => {
      const started = await sendHere({ do: 'start run', ...offered, params });
      if (!started.ok) throw new WrongInput(started.says);
    },
    {
      json,
      yes,
      planOnly,
      print,
      warn,
      ...(person ? { person } : {}),
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
    },
  );
}

/** Throws WrongInput for one that is not here, or does not load. */
export function offeredHere({ handrail, broken }: Pick<Session, 'handrail' | 'broken'>, id: string): Offered {
  const runbooks = handrail.runbooks();
  const offered = runbooks.get(id);
  if (offered) return offered;
  if (broken(id)) throw new WrongInput(`The runbook ${id} does not load. Mend the above, then try again.`);
  const near = nearest(id, [...runbooks.keys()]);
  const known = [...runbooks.keys()].sort().join(', ') || 'none';
  throw new WrongInput(
    `There is no runbook ${id}. ${near ? `Did you mean ${near}?` : `There are: ${known}`}`,
  );
}

/** What is missing is asked for where somebody can be asked. Throws WrongInput. */
export async function paramsOf(
  runbook: Runbook,
  { params, person }: Pick<RunOptions, 'params' | 'person'>,
  choices: ChoicesOf,
  print: Print,
): Promise<Record<string, unknown>> {
  const missing = Object.entries(runbook.params).filter(
    ([name, param]) => param.required && param.default === undefined && params[name] === undefined,
  );
  if (!person || missing.length === 0) return typedParams(runbook.params, params);
  const asked = Object.fromEntries(missing);
  const rest = Object.entries(runbook.params).filter(([name]) => !Object.hasOwn(asked, name));
  const given = typedParams(Object.fromEntries(rest), params);
  return { ...given, ...(await fill(asked, {}, runbook, { ask: person.ask, print, choices })) };
}

/** Parameters as typed, by their declared types. Throws WrongInput with every problem. */
export function typedParams(
  declared: Readonly<Record<string, Param>>,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const { values, problems } = readParams(declared, given);
  const told = Object.entries(problems).map(([name, says]) => {
    const param = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (!param)
      return `--param ${name}: this runbook has no such parameter; it has ${Object.keys(declared).join(', ') || 'none'}`;
    return given[name] === undefined ? `--param ${name}=…: ${param.label}` : `--param ${name}: ${says}`;
  });
  if (told.length > 0) throw new WrongInput(told.join('\n'));
  return values;
}
