/** The stored record of one incident, as the commands that only read it get it: no Slack, no cluster. */

import type pg from 'pg';
import { pino } from 'pino';
import { z } from 'zod';
import { cleanLine } from '../actions/redact/log-line.ts';
import type { Event, EventOf } from '../incidents/events.ts';
import { openStore } from '../open-store.ts';
import { cleanEvents } from '../perform/clean-events.ts';
import { peopleOf } from '../report/people.ts';
import { oneLine, withoutSlackEntities } from '../report/typed.ts';
import { type Head, recordOf } from '../store/read.ts';
import type { Terminal } from './command.ts';
import { incidentNumber } from './incident-number.ts';
import { readConfig } from './read-config.ts';
import { WrongInput } from './wrong-input.ts';

export interface IncidentRecord {
  readonly incident: number;
  /** Without secrets that somebody typed, as in a report. */
  readonly events: readonly Event[];
  readonly declared: EventOf<'incident_declared'>;
  readonly head: Head;
}

/** Opens the database that the settings name, and closes it. Throws WrongInput. */
export async function withStore<T>(
  given: Terminal & { readonly names: readonly string[] },
  use: (pool: pg.Pool, incident: number) => Promise<T>,
): Promise<T> {
  const incident = incidentNumber(given.names[0] ?? '');
  const config = await readConfig(given.env, given.warn);
  const store = await openStore({
    ...(config.settings.databaseUrl ? { databaseUrl: config.settings.databaseUrl } : {}),
    home: config.home,
    log: pino({ level: 'error', hooks: { streamWrite: cleanLine } }, pino.destination(2)),
  });
  try {
    return await use(store.pool, incident);
  } finally {
    await store.close();
  }
}

/** Throws WrongInput when there is no such incident. */
export async function readRecord(
  given: Terminal & { readonly names: readonly string[] },
): Promise<IncidentRecord> {
  return withStore(given, async (pool, incident) => {
    const { events, head, newer } = await recordOf(pool, incident).catch((error: unknown) => {
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(incident);
      throw error;
    });
    const clean = cleanEvents(events);
    const declared = clean.find((event) => event.type === 'incident_declared');
    if (declared?.type !== 'incident_declared' || !head) throw new WrongInput(`There is no INC-${incident}.`);
    if (newer) given.warn(`Written by a newer Handrail, and not shown: ${newer} of ${head.version} entries.`);
    return { incident, events: clean, declared, head };
  });
}

const damaged = (incident: number): WrongInput =>
  new WrongInput(
    `An entry of INC-${incident} cannot be read: it is not as it was written. Which one: handrail timeline verify INC-${incident}`,
  );

/** Text of others on one line: no mention as a code, nothing that moves a terminal's cursor or colours. */
export function readable(events: readonly Event[]): (text: string) => string {
  const { resolve } = peopleOf(events, 'names');
  return (text) => oneLine(resolve(withoutSlackEntities(text))).trim();
}
