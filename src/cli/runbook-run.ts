/** `handrail runbook run`: a runbook at a terminal, through the same door as in Slack. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Command, What } from '../incidents/commands.ts';
import type { Event } from '../incidents/events.ts';
import { lastTry, type RunState } from '../incidents/state.ts';
import { startLoop } from '../perform/loop.ts';
import { parseParam } from '../runbooks/param-values.ts';
import type { Param } from '../runbooks/runbook.ts';
import { answerFor, type Waiting } from './answer.ts';
import { ask } from './ask.ts';
import { takeOverFor, targetFor } from './asked-beside.ts';
import { EXIT } from './exit-codes.ts';
import { linesOf, type Print } from './printer.ts';
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
  readonly interactive: boolean;
  readonly concurrency?: number;
}

/** Runs to the end of the runbook or to the first thing this terminal cannot answer. Gives the exit code. */
export async function runRunbook(session: Session, options: RunOptions, print: Print): Promise<number> {
  const { handrail, me } = session;
  const offered = handrail.runbooks().get(options.id);
  if (!offered) {
    const known = [...handrail.runbooks().keys()].sort();
    throw new WrongInput(`There is no runbook ${options.id}. There are: ${known.join(', ') || 'none'}`);
  }
  const params = typedParams(offered.runbook.params, options.params);
  const { catalog, handrail: settings } = session.config;
  const system = catalog.systems.find((one) => one.id === options.system);
  const asker = handrail.asker(me, system?.id);
  const send = async (what: What, incident?: number): Promise<Answer> => {
    const command: Command = {
      id: session.newId(),
      ...(incident === undefined ? {} : { incident }),
      by: asker,
      now: handrail.now().getTime(),
      what,
    };
    return handrail.send(command);
  };
  const opened = await send({
    do: 'declare',
    body: {
      title: offered.runbook.title,
      severity: 'SEV4',
      namespace: options.namespace,
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
  if (!options.json) print(`INC-${incident} (terminal only, namespace ${options.namespace})`);
  const loop = startLoop(handrail.worker, session.bells, {
    sweepMs: 500,
    concurrency: options.concurrency ?? 4,
  });
  try {
    const started = await send({ do: 'start run', ...offered, params }, incident);
    if (!started.ok) throw new WrongInput(started.says);
    return await follow(session, options, print, incident, send);
  } finally {
    await loop.stop(5000);
  }
}

/** Prints what happens and answers what waits for a person, until every run of the incident has ended. */
export async function follow(
  session: Session,
  options: Pick<RunOptions, 'json' | 'yes' | 'interactive'>,
  print: Print,
  incident: number,
  send: (what: What, incident?: number) => Promise<Answer>,
): Promise<number> {
  const { store } = session.handrail;
  let shown = 0;
  const catchUp = async () => {
    for (const event of await store.events(incident)) {
      if (event.version <= shown) continue;
      shown = event.version;
      show(event, options.json, print);
    }
  };
  /** The proposed target that was asked about last. */
  let askedFor: string | undefined;
  for (;;) {
    await catchUp();
    const found = await store.look(incident, (state) => {
      const runs = [...state.runs.values()];
      const waiting = runs.flatMap((run) => waitsIn(run));
      const ended = runs.length > 0 && runs.every((run) => run.ended);
      const { proposed, targets } = state;
      return { waiting, ended, ok: runs.every(wentWell), proposed, targets };
    });
    if (!found) throw new Error(`INC-${incident} is not in the store`);
    const proposal = found.proposed && JSON.stringify(found.proposed);
    if (options.interactive && proposal !== undefined && proposal !== askedFor) {
      askedFor = proposal;
      const confirmed = await targetFor(found, ask);
      if (confirmed) await send(confirmed, incident);
      continue;
    }
    if (found.ended) {
      await catchUp();
      return found.ok ? EXIT.ok : EXIT.notOk;
    }
    const first = found.waiting[0];
    if (first) {
      const what = await answerFor(first, options, print);
      if (!what) {
        print(`INC-${incident} waits for a person at: ${first.one.title}`);
        return EXIT.waits;
      }
      const answer = await send(what, incident);
      if (!answer.ok) {
        print(`  ${answer.says}`);
        if (!options.interactive) return EXIT.waits;
        const taken = answer.held && (await takeOverFor(answer.held, ask));
        const told = taken && (await send(taken, incident));
        if (told?.says) print(`  ${told.says}`);
      }
      continue;
    }
    await wait(60);
  }
}

function waitsIn(run: RunState): Waiting[] {
  if (run.ended || !run.current) return [];
  const one = lastTry(run.steps.get(run.current));
  if (!one || !['planned', 'approval', 'decide', 'asking', 'by hand'].includes(one.phase)) return [];
  return [{ run: run.run, step: run.current, one }];
}

function wentWell(run: RunState): boolean {
  if (run.ended?.why === 'ended') return false;
  for (const step of run.steps.values()) {
    const one = lastTry(step);
    if (!one) continue;
    if (one.verdict === 'bad' || one.verdict === 'unknown') return false;
    if (one.closedAs && !['done', 'not needed', 'by hand', 'undone'].includes(one.closedAs)) return false;
  }
  return true;
}

function show(event: Event, json: boolean, print: Print): void {
  if (json)
    print(
      JSON.stringify({
        version: event.version,
        at: new Date(event.at).toISOString(),
        type: event.type,
        body: event.body,
      }),
    );
  else for (const line of linesOf(event)) print(line);
}

/** Parameters as typed, by their declared types. Throws WrongInput with every problem. */
export function typedParams(
  declared: Readonly<Record<string, Param>>,
  given: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const problems: string[] = [];
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(given))
    if (!declared[name])
      problems.push(
        `--param ${name}: this runbook has no such parameter; it has ${Object.keys(declared).join(', ') || 'none'}`,
      );
  for (const [name, param] of Object.entries(declared)) {
    const text = given[name];
    if (text === undefined) {
      if (param.required && param.default === undefined) problems.push(`--param ${name}=…: ${param.label}`);
      continue;
    }
    const read = parseParam(param, text);
    if ('problem' in read) problems.push(`--param ${name}: ${read.problem}`);
    else out[name] = read.value;
  }
  if (problems.length > 0) throw new WrongInput(problems.join('\n'));
  return out;
}
