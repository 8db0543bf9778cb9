/** Rows by which other rooms find an incident: derived from its events, rebuildable, written in the same transaction. */
import type { What } from './commands.ts';
import type { Event } from './events.ts';
import type { Incident, TryState } from './state.ts';

/** A lock is a unique row across incidents; a deadline is a command that falls due. */
export type LookupKind = 'incident' | 'channel' | 'lock' | 'deadline';

export interface LookupRow {
  readonly kind: LookupKind;
  readonly key: string;
  readonly value: unknown;
  /** ms since 1970; only for deadlines. */
  readonly due?: number;
}

export interface LookupChanges {
  readonly put: readonly LookupRow[];
  readonly drop: readonly { readonly kind: LookupKind; readonly key: string }[];
}

/** What a list of incidents shows of one. */
export interface IncidentRow {
  readonly title: string;
  readonly severity: string;
  readonly status: string;
  readonly private: boolean;
  readonly quiet: boolean;
  readonly channel?: string;
  readonly declaredAt: number;
}

/** The rows that these new events put and drop; `incident` is the state after them. */
export function lookups(events: readonly Event[], incident: Incident): LookupChanges {
  const put = new Map<string, LookupRow>();
  const drop = new Map<string, { kind: LookupKind; key: string }>();
  const add = (row: LookupRow) => {
    put.set(`${row.kind} ${row.key}`, row);
  };
  const remove = (kind: LookupKind, key: string) => {
    if (!put.delete(`${kind} ${key}`)) drop.set(`${kind} ${key}`, { kind, key });
  };
  for (const event of events) {
    switch (event.type) {
      case 'channel_opened':
        add({ kind: 'channel', key: event.body.channel, value: incident.number });
        break;
      case 'approval_requested': {
        const { run, step, try: number, hash } = event.body;
        const at = { run, step, try: number };
        const key = `${incident.number}.${run}.${step}.${number}`;
        const lapse: What = { do: 'lapse approval', at, hash };
        const alone: What = { do: 'allow alone', at, hash };
        add({
          kind: 'deadline',
          key: `${key}.lapse.${event.version}`,
          value: lapse,
          due: event.body.expiresAt,
        });
        add({
          kind: 'deadline',
          key: `${key}.alone.${event.version}`,
          value: alone,
          due: event.body.aloneAt,
        });
        break;
      }
      case 'act_started': {
        const { run, step, try: number } = event.body;
        const one = tryOf(incident, run, step, number);
        for (const lock of one?.planned?.locks ?? [])
          add({
            kind: 'lock',
            key: lock,
            value: { incident: incident.number, by: event.by.name, since: event.at },
          });
        break;
      }
      case 'approval_lapsed':
      case 'act_done':
      case 'act_found':
      case 'verified':
      case 'step_closed': {
        const { run, step, try: number } = event.body;
        const one = tryOf(incident, run, step, number);
        if (!one || one.holds) break;
        for (const lock of one.planned?.locks ?? []) if (!isHeld(incident, lock)) remove('lock', lock);
        break;
      }
      case 'closed':
        for (const one of triesOf(incident))
          if (one.started) for (const lock of one.planned?.locks ?? []) remove('lock', lock);
        break;
      default:
        break;
    }
  }
  add({ kind: 'incident', key: String(incident.number), value: rowOf(incident) });
  return { put: [...put.values()], drop: [...drop.values()] };
}

function* triesOf(incident: Incident): Generator<TryState> {
  for (const run of incident.runs.values()) for (const step of run.steps.values()) yield* step.tries;
}

/** A lock that another change of this incident holds is not released by the end of this one. */
function isHeld(incident: Incident, lock: string): boolean {
  for (const one of triesOf(incident)) if (one.holds && one.planned?.locks.includes(lock)) return true;
  return false;
}

function tryOf(incident: Incident, run: number, step: string, number: number): TryState | undefined {
  const tries = incident.runs.get(run)?.steps.get(step)?.tries;
  return tries?.find((one) => one.try === number);
}

function rowOf(incident: Incident): IncidentRow {
  return {
    title: incident.declared.title,
    severity: incident.severity,
    status: incident.status,
    private: incident.declared.private,
    quiet: incident.declared.quiet,
    ...(incident.channel ? { channel: incident.channel.id } : {}),
    declaredAt: incident.declaredAt,
  };
}
