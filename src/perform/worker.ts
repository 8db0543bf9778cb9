/** What the performers share: the door, the store, the actions, and who this worker is. */

import type pg from 'pg';
import type { Logger } from 'pino';
import type { Action } from '../actions/action.ts';
import type { Reach } from '../actions/reach.ts';
import type { RedactOptions } from '../actions/redact.ts';
import type { Answer, Command, What } from '../incidents/commands.ts';
import type { Knowledge } from '../incidents/draft.ts';
import { handle } from '../incidents/handle.ts';
import type { Store } from '../store/store.ts';
import type { Keeping } from './keeping.ts';

export interface Worker {
  /** Unique for the life of this process. */
  readonly name: string;
  readonly pool: pg.Pool;
  readonly store: Store;
  readonly knows: Knowledge;
  readonly action: (name: string) => Action | undefined;
  readonly reach: Reach;
  readonly now: () => Date;
  readonly log: Logger;
  /** ms; renewed four times within it. A worker that misses it is taken for lost, its call for unknown. */
  readonly leaseMs: number;
  /** ms between two looks while a condition is awaited. */
  readonly pollMs: number;
  /** Whether the person may still do this, asked just before the call. */
  readonly mayStill: (personId: string, systemId: string | undefined) => Promise<boolean>;
  /** Whether who approved may still approve, as one of `from`, asked just before the call. */
  readonly mayStillApprove: (
    personId: string,
    systemId: string | undefined,
    from: readonly string[],
  ) => Promise<boolean>;
  /** This process's own session, stored with a call that nothing in the target holds back. */
  readonly caller?: () => Promise<string>;
  readonly redact: (text: string, options?: RedactOptions) => string;
  /** A long call has said how far it is. */
  readonly progressed: (incident: number, run: number) => void;
  /** Keeps outcomes on disk while the store is away; absent where no journal is, as at a terminal. */
  readonly keeping?: Keeping;
}

/** Brings something in as the bot itself; `now` in ms. */
export function tell(
  worker: Worker,
  incident: number,
  id: string,
  what: What,
  now: number = worker.now().getTime(),
): Promise<Answer> {
  return handle(worker.store, worker.knows, asBot(incident, id, what, now));
}

/** The outcome of an attempt, as the bot itself: the world has changed, so it is kept when the store is away. */
export function tellOutcome(worker: Worker, incident: number, id: string, what: What): Promise<Answer> {
  const command = asBot(incident, id, what, worker.now().getTime());
  return worker.keeping ? worker.keeping.send(command) : handle(worker.store, worker.knows, command);
}

function asBot(incident: number, id: string, what: What, now: number): Command {
  return { id, incident, by: { person: { id: 'bot', name: 'Handrail' }, levels: [], groups: [] }, now, what };
}
