/** `handrail runbook run`: a runbook at a terminal, through the same door as in Slack. */
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Command, What } from '../incidents/commands.ts';
import type { Event } from '../incidents/events.ts';
import { lastTry, type RunState, type TryState } from '../incidents/state.ts';
import { startLoop } from '../perform/loop.ts';
import type { Param } from '../runbooks/runbook.ts';
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
  for (;;) {
    await catchUp();
    const found = await store.look(incident, (state) => {
      const runs = [...state.runs.values()];
      const waiting = runs.flatMap((run) => waitsIn(run));
      return { waiting, ended: runs.length > 0 && runs.every((run) => run.ended), ok: runs.every(wentWell) };
    });
    if (!found) throw new Error(`INC-${incident} is not in the store`);
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
      }
      continue;
    }
    await wait(60);
  }
}

interface Waiting {
  readonly run: number;
  readonly step: string;
  readonly one: TryState;
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

async function answerFor(
  waiting: Waiting,
  options: Pick<RunOptions, 'yes' | 'interactive'>,
  print: Print,
): Promise<What | undefined> {
  const { run, step, one } = waiting;
  const at = { run, step, try: one.try };
  const { planned } = one;
  if (one.phase === 'planned' && planned && options.yes && planned.level === 'click')
    return { do: 'confirm', at, hash: planned.hash };
  if (!options.interactive) return undefined;
  const ask = async (question: string) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  };
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
      const answer = await ask('  [c]heck again, [t]ry again, [u]ndo, [g]o on, [e]nd: ');
      if (answer === 'c') return { do: 'check again', at };
      if (answer === 't') return { do: 'try again', at };
      if (answer === 'u') return { do: 'undo', run, step };
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
    const value = typedValue(param, text);
    if (value instanceof Error) problems.push(`--param ${name}: ${value.message}`);
    else out[name] = value;
  }
  if (problems.length > 0) throw new WrongInput(problems.join('\n'));
  return out;
}

/** One value by its parameter's declaration, or an Error whose message says what is wrong with it. */
export function typedValue(param: Param, text: string): string | number | boolean | Error {
  if (param.type === 'int') {
    const number = Number(text);
    if (!Number.isSafeInteger(number)) return new Error(`${text} is not a whole number`);
    if (param.min !== undefined && number < param.min) return new Error(`${number} is below ${param.min}`);
    if (param.max !== undefined && number > param.max) return new Error(`${number} is above ${param.max}`);
    return number;
  }
  if (param.type === 'bool') {
    if (!['true', 'false'].includes(text)) return new Error(`${text} is neither true nor false`);
    return text === 'true';
  }
  if (param.options && !param.options.includes(text))
    return new Error(`choose one of ${param.options.join(', ')}`);
  if (param.min !== undefined && text.length < param.min)
    return new Error(`at least ${param.min} characters`);
  if (param.max !== undefined && text.length > param.max) return new Error(`at most ${param.max} characters`);
  return text;
}
