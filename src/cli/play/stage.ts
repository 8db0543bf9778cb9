/** One incident with one run in it, over the real door, with the worker's answers given by hand. */
import type { Answer, Asker, What } from '../../incidents/commands.ts';
import type { Knowledge } from '../../incidents/draft.ts';
import { handle } from '../../incidents/handle.ts';
import type { Incident, RunState } from '../../incidents/state.ts';
import { languageOf } from '../../runbooks/language.ts';
import type { Loaded } from '../../runbooks/library.ts';
import type { Register } from '../../runbooks/signature.ts';
import { MemoryStore } from './memory-store.ts';

/** Who starts the run and presses the buttons, and who approves: somebody else. */
const ana: Asker = { person: { id: 'slack:UANA', name: 'Ana' }, levels: ['observe', 'operate'], groups: [] };
const ben: Asker = {
  person: { id: 'slack:UBEN', name: 'Ben' },
  levels: ['observe', 'operate', 'approve'],
  groups: [],
};
const bot: Asker = { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] };

/** Any moment will do, but always the same. */
const START = Date.UTC(2026, 0, 10, 9, 30);

export class PlayStage {
  readonly store = new MemoryStore();
  readonly #knows: Knowledge;
  #now = START;
  #commands = 0;

  constructor(register: Register, runbooks: ReadonlyMap<string, Loaded>) {
    this.#knows = {
      language: languageOf(register),
      runbook: (id) => runbooks.get(id),
      mayApprove: (asker) => asker.levels.includes('approve'),
      samePerson: (a, b) => a === b,
      otherApprovers: () => 1,
      aloneAfterMs: 300_000,
      executeWithinMs: 300_000,
    };
  }

  get knows(): Knowledge {
    return this.#knows;
  }

  declare(namespace: string): Promise<Answer> {
    return this.#send(ana, undefined, {
      do: 'declare',
      body: {
        title: 'A test',
        severity: 'SEV3',
        namespace,
        noticed: '',
        since: this.#now,
        zone: 'UTC',
        private: false,
        drill: false,
        quiet: false,
        invited: [],
      },
    });
  }

  start({ runbook, hash }: Loaded, params: Record<string, unknown>): Promise<Answer> {
    return this.ask({ do: 'start run', runbook, hash, params });
  }

  /** As a person; an approval is somebody else's. */
  ask(what: What): Promise<Answer> {
    return this.#send(what.do === 'approve' ? ben : ana, 1, what);
  }

  /** As the worker. */
  tell(what: What): Promise<Answer> {
    return this.#send(bot, 1, what);
  }

  async state(): Promise<Incident> {
    const found = await this.store.incident(1);
    if (!found) throw new Error('the incident was never declared');
    return found;
  }

  #send(by: Asker, incident: number | undefined, what: What): Promise<Answer> {
    this.#now += 1000;
    const command = { id: `play:${++this.#commands}`, by, now: this.#now, what };
    return handle(this.store, this.#knows, incident === undefined ? command : { ...command, incident });
  }
}

/** The run that is at work: the innermost one that has not ended, else the first. */
export function runAtWork(incident: Incident): RunState {
  const runs = [...incident.runs.values()];
  const found = runs.findLast((run) => !run.ended) ?? runs[0];
  if (!found) throw new Error('no run was started');
  return found;
}
