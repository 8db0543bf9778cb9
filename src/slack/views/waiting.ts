/** What the views of one waiting step share. */
import type { Event, Person } from '../../incidents/events.ts';
import type { Incident, RunState, TryState } from '../../incidents/state.ts';
import type { Block } from '../blocks.ts';
import type { Callable } from '../door.ts';

export interface Message {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** What the views of one waiting step share. */
export interface Waiting {
  readonly incident: Incident;
  readonly run: RunState;
  readonly one: TryState;
  readonly at: { readonly run: number; readonly step: string; readonly try: number };
  readonly event: Event;
  readonly approvers: Callable;
}

/** Who goes on with a run when nobody else is named. */
export function needed(run: RunState, one: TryState): Person {
  return one.requested?.by ?? one.confirmedBy ?? run.startedBy;
}
