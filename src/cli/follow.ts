/** Follows an incident's runs at a terminal: prints what happens, asks what waits for a person, hears Ctrl-C. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Offered } from '../assemble.ts';
import type { Answer, What } from '../incidents/commands.ts';
import type { Event } from '../incidents/events.ts';
import { clause } from '../incidents/sentence.ts';
import type { Incident } from '../incidents/state.ts';
import { isTrouble } from '../store/trouble.ts';
import { type Answering, answerFor } from './answer.ts';
import { openOffer, startOf } from './asked-after.ts';
import { decidedAlone, judgementOf, takeOverFor, targetFor } from './asked-beside.ts';
import { tellStanding } from './attached.ts';
import { EXIT } from './exit-codes.ts';
import { menu, type Person, Unanswered } from './person.ts';
import { endWithPlan, isFirstChange } from './plan-only.ts';
import type { Print } from './printer.ts';
import { tellingOf } from './telling.ts';
import { keyOf, standingOf, type Waiting } from './waiting.ts';

/** One incident, as a terminal sees it. */
export interface Followed extends Omit<Answering, 'ask' | 'print' | 'runbook'> {
  readonly incident: number;
  /** A runbook of the library. */
  readonly offered: (id: string) => Offered | undefined;
  /** Who sits here may approve, and so is asked about what others decided alone. */
  readonly approves: boolean;
  events(): Promise<readonly Event[]>;
  look<T>(view: (incident: Incident) => T): Promise<T | undefined>;
  send(what: What): Promise<Answer>;
}

export interface FollowOptions {
  /** One JSON line for each event, and nothing else; nobody is asked. */
  readonly json: boolean;
  /** Confirms what needs one click. */
  readonly yes: boolean;
  /** Ends at the first change, with its plan. */
  readonly planOnly: boolean;
  /** The runs were begun elsewhere or before: where they stand is told first. */
  readonly joins?: boolean;
  /** Absent: nobody is asked. */
  readonly person?: Person;
  readonly print: Print;
  /** Standard error. */
  readonly warn: Print;
}

/** Until every run has ended, or nobody here can or wants to go on. Gives the exit code. */
export async function follow(world: Followed, options: FollowOptions): Promise<number> {
  const { json, print, warn, person } = options;
  const tell: Print = json ? warn : print;
  const name = `INC-${world.incident}`;
  const goOnHere = `To go on with it: handrail runbook run --incident ${name}`;
  const telling = tellingOf({ asks: person !== undefined && !options.planOnly });
  let shown = 0;
  const catchUp = async () => {
    for (const event of await world.events()) {
      if (event.version <= shown) continue;
      shown = event.version;
      if (json) print(jsonLine(event));
      else for (const line of telling.linesOf(event)) print(line);
    }
  };
  const look = async () => {
    const found = await world.look((state) => ({
      ...standingOf(state),
      proposed: state.proposed,
      targets: state.targets,
      alone: world.approves ? decidedAlone(state, world.me) : [],
      offer: openOffer(state),
    }));
    if (!found) throw new Error(`${name} is not in the store`);
    return found;
  };
  /** What has led to a state is told before anything is asked or said about it. */
  const told = async () => {
    const found = await look();
    await catchUp();
    return found;
  };
  /** Questions that the person left for later. */
  const passed = new Set<string>();
  /** Ctrl-C was pressed once, and nothing was answered since. */
  let warned = false;
  const leave = (): number => {
    tell(`${name} stays open. A Handrail on the same database goes on with what is under way.`);
    tell(goOnHere);
    tell(`What happened: handrail report ${name}`);
    return EXIT.waits;
  };
  /** Sends it, and tells when it was refused. False for a refusal. */
  const send = async (what: What): Promise<boolean> => {
    const answer = await world.send(what);
    if (answer.says) tell(`  ${answer.says}`);
    if (answer.ok) return true;
    const taken = person && answer.held && (await takeOverFor(answer.held, person.ask));
    return taken ? send(taken) : false;
  };

  /** Asks once about each; true when something was asked. Throws Unanswered. */
  const askedAtLeisure = async (now: Awaited<ReturnType<typeof look>>): Promise<boolean> => {
    if (!person) return false;
    const end = now.alone.find(({ id }) => !passed.has(`alone ${id}`));
    if (end) {
      passed.add(`alone ${end.id}`);
      const what = await judgementOf(end, person.ask, tell);
      if (what) await send(what);
      return true;
    }
    if (!now.over || !now.offer || passed.has(`offer ${now.offer.run}`) || options.planOnly) return false;
    passed.add(`offer ${now.offer.run}`);
    const what = await startOf(now.offer, { ...world, ask: person.ask, print: tell });
    if (what) await send(what);
    return true;
  };

  const ended = async (at: Waiting): Promise<number> => {
    const code = await endWithPlan(world, at, { send, tell });
    await catchUp();
    return code;
  };

  if (options.joins && !json) shown = await tellStanding(world, telling, print);

  let silent = false;
  for (;;) {
    const now = await told().catch((error: unknown) => {
      if (!isTrouble(error)) throw error;
      // A change may be under way: its outcome is brought when the database is back.
      if (!silent)
        warn(`The database does not answer: ${clause(wordsOf(error))}. Waiting for it; Ctrl-C leaves.`);
      silent = true;
      return undefined;
    });
    if (!now) {
      if ((person?.interrupts() ?? 0) > 0) return leave();
      await wait(500);
      continue;
    }
    silent = false;
    if (now.over) {
      const more = await askedAtLeisure(now).catch((error: unknown) => {
        if (!(error instanceof Unanswered)) throw error;
        return false;
      });
      if (more) continue;
      return now.ok ? EXIT.ok : EXIT.notOk;
    }
    const first = now.waiting.find((one) => !passed.has(keyOf(one)));
    if (options.planOnly && first && isFirstChange(first)) return ended(first);
    if (!person) {
      if (options.yes && first && canConfirm(first)) {
        if (await send(confirmOf(first))) continue;
        return EXIT.waits;
      }
      if (first && now.running.length === 0) {
        tell(`${name} waits for a person at: ${first.one.title}`);
        if (options.planOnly) return ended(first);
        tell(goOnHere);
        return EXIT.waits;
      }
      await wait(60);
      continue;
    }
    try {
      const pressed = person.interrupts();
      if (pressed > 0) {
        if (pressed > 1 || warned) return leave();
        warned = true;
        const [running] = now.running;
        if (running) {
          tell('  Ctrl-C again leaves; the change goes on.');
          const stop = await menu(person.ask, [
            ['y', `stop “${running.one.title}”`],
            ['n', 'let it go on'],
          ]);
          const at = { run: running.run.run, step: running.step, try: running.one.try };
          if (stop === 'y') await send({ do: 'stop', at });
          warned = false;
          continue;
        }
        tell('  Ctrl-C again leaves.');
        passed.clear();
        const held = now.waiting[0];
        if (!held) continue;
        await answered(held, true);
        continue;
      }
      if (person.closed) return leave();
      const proposal = now.proposed && JSON.stringify(now.proposed);
      if (proposal !== undefined && !passed.has(proposal)) {
        const confirmed = await targetFor(now, person.ask);
        passed.add(proposal);
        if (confirmed) await send(confirmed);
        continue;
      }
      if (!first) {
        if (now.running.length > 0 || !(await askedAtLeisure(now))) await wait(60);
        continue;
      }
      await answered(first, false);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (error.why === 'closed') return leave();
      if (error.why === 'elsewhere') tell('  Answered elsewhere.');
    }
  }

  /** Asks what this step needs and sends it. `insist`: also where others are waited for. */
  async function answered(waiting: Waiting, insist: boolean): Promise<void> {
    if (!person) return;
    const key = keyOf(waiting);
    if (options.yes && canConfirm(waiting)) {
      if (!(await send(confirmOf(waiting)))) passed.add(key);
      return;
    }
    const { requested } = waiting.one;
    const mine = requested?.aloneAllowed === true && requested.by.id === world.me;
    if (waiting.one.phase === 'approval' && requested?.by.id === world.me && !mine && !insist) {
      tell('  Waits for the approval of somebody else. Ctrl-C shows what else can be done.');
      passed.add(key);
      return;
    }
    const asking = new AbortController();
    const watching = dropWhenOver(key, asking.signal);
    try {
      const at = { run: waiting.run.run, step: waiting.step, try: waiting.one.try };
      if (insist || !telling.isAt(at))
        tell(`  ${waiting.one.undoes === undefined ? '' : 'Undo of '}“${waiting.one.title}”`);
      const runbook = (id: string) => world.offered(id)?.runbook;
      const what = await answerFor(waiting, { ...world, runbook, ask: person.ask, print: tell });
      warned = false;
      if (what) await send(what);
      else passed.add(key);
    } finally {
      asking.abort();
      await watching;
    }
  }

  /** Somebody in Slack, or a deadline, may be quicker than the person here. */
  async function dropWhenOver(key: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await wait(250, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      // A store that does not answer for a moment is no answer to the question.
      const now = await look().catch(() => undefined);
      const over = now && !now.waiting.some((one) => keyOf(one) === key);
      if (over && !signal.aborted) return person?.drop();
    }
  }
}

function canConfirm({ one }: Waiting): boolean {
  return one.phase === 'planned' && one.planned?.level === 'click' && one.undoes === undefined;
}

function confirmOf({ run, step, one }: Waiting): What {
  const at = { run: run.run, step, try: one.try };
  return { do: 'confirm', at, hash: one.planned?.hash ?? '' };
}

function jsonLine({ version, at, type, body }: Event): string {
  return JSON.stringify({ version, at: new Date(at).toISOString(), type, body });
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
