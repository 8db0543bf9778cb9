/** Rows by which other rooms find an incident: derived from its events, rebuildable, written in the same transaction. */
import type { What } from './commands.ts';
import { sharingDeadlines } from './deadlines/sharing.ts';
import type { At, Event } from './events.ts';
import { holderOf, type LockValue, locksOf, lostBy } from './locks.ts';
import type { Incident, TryState } from './state.ts';
import { overAt } from './until.ts';

/** A lock is a unique row across incidents (locks.ts); a deadline is a command that falls due. */
export type LookupKind = 'incident' | 'channel' | 'lock' | 'deadline';

export interface LookupRow {
  readonly kind: LookupKind;
  readonly key: string;
  readonly value: unknown;
  /** ms since 1970; only for deadlines. */
  readonly due?: number;
  /** Only for deadlines: another incident, which the command is for. */
  readonly incident?: number;
}

export interface LookupChanges {
  readonly put: readonly LookupRow[];
  readonly drop: readonly Dropped[];
}

/**
 * This holder lets go of a lock. Whoever took it over keeps it; where it had been taken over from others whose change
 * has not ended, it goes back to the last of them (locks.ts).
 */
export interface Dropped {
  readonly kind: 'lock';
  readonly key: string;
  readonly holder: string;
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
  /** Version of the event that asks for a comparison with before the incident. */
  readonly compare?: number;
}

/** How a list shows an incident. */
export function rowOf(incident: Incident): IncidentRow {
  const { declared } = incident;
  return {
    title: declared.title,
    severity: incident.severity,
    status: incident.status,
    private: declared.private,
    quiet: declared.quiet,
    ...(incident.channel ? { channel: incident.channel.id } : {}),
    declaredAt: incident.declaredAt,
    ...(incident.compareFor === undefined ? {} : { compare: incident.compareFor }),
  };
}

/** The rows that these new events put and drop; `incident` is the state after them. */
export function lookups(events: readonly Event[], incident: Incident): LookupChanges {
  const put = new Map<string, LookupRow>();
  const drop = new Map<string, Dropped>();
  const add = (row: LookupRow) => {
    put.set(`${row.kind} ${row.key}`, row);
  };
  const take = (at: At, by: string, since: number, over?: { readonly from: ReadonlyMap<string, string> }) => {
    const holder = holderOf(incident.number, at);
    const runbook = incident.runs.get(at.run)?.runbook.id;
    for (const key of locksOf(incident, at)) {
      // One statement cannot change a row twice: what this command frees is taken from its holder.
      const freed = [...drop.values()].filter((one) => one.key === key).map((one) => one.holder);
      for (const one of freed) drop.delete(`${key} ${one}`);
      const from = over?.from.get(key);
      const value: LockValue = {
        holder,
        incident: incident.number,
        run: at.run,
        step: at.step,
        try: at.try,
        by,
        since,
        ...(runbook ? { runbook } : {}),
        ...(from === undefined ? {} : { from }),
        ...(freed.length === 0 ? {} : { freed }),
        ...(over ? { waiting: true } : {}),
      };
      add({ kind: 'lock', key, value });
    }
  };
  const free = (at: At) => {
    const holder = holderOf(incident.number, at);
    for (const key of locksOf(incident, at)) {
      const taken = put.get(`lock ${key}`);
      const value = taken?.value as LockValue | undefined;
      if (taken && value && value.holder !== holder) {
        add({ ...taken, value: { ...value, freed: [...(value.freed ?? []), holder] } });
        continue;
      }
      put.delete(`lock ${key}`);
      for (const one of [holder, ...(value?.freed ?? [])])
        drop.set(`${key} ${one}`, { kind: 'lock', key, holder: one });
    }
  };
  for (const event of events) {
    switch (event.type) {
      case 'channel_opened':
        add({ kind: 'channel', key: event.body.channel, value: incident.number });
        break;
      case 'approval_requested': {
        const { run, step, try: number, hash, expiresAt, aloneAt } = event.body;
        const at = { run, step, try: number };
        const key = `${incident.number}.${run}.${step}.${number}`;
        const lapse: What = { do: 'lapse approval', at, hash, due: expiresAt };
        const alone: What = { do: 'allow alone', at, hash, due: aloneAt };
        add({
          kind: 'deadline',
          key: `${key}.lapse.${event.version}`,
          value: lapse,
          due: expiresAt,
        });
        add({
          kind: 'deadline',
          key: `${key}.alone.${event.version}`,
          value: alone,
          due: aloneAt,
        });
        break;
      }
      case 'loose_end_opened':
      case 'loose_end_settled': {
        const { id } = event.body;
        const end = incident.looseEnds.get(id);
        const { untilAt } = event.body;
        if (untilAt !== undefined) add(reminder(incident.number, untilAt, 'owner', untilAt));
        const due = end && end.state !== 'gone' && end.madeAt === event.at ? overAt(end) : undefined;
        if (due === undefined) break;
        const value: What = { do: 'end time', looseEnd: id, due };
        add({ kind: 'deadline', key: `${incident.number}.left.${id}`, value, due });
        break;
      }
      case 'ends_reminded': {
        const { asks, since } = event.body;
        if (asks === 'owner') add(reminder(incident.number, since, 'channel', event.at + ANSWER_WITHIN_MS));
        break;
      }
      case 'act_started': {
        const one = tryOf(incident, event.body);
        take(event.body, one?.confirmedBy?.name ?? event.by.name, event.at);
        break;
      }
      case 'lock_taken': {
        const { locks } = event.body;
        const from = new Map(
          locks.map(({ key, incident: number, ...at }) => [key, at.step === '' ? '' : holderOf(number, at)]),
        );
        take(event.body, event.by.name, event.at, { from });
        for (const [index, lost] of lostBy(locks).entries()) {
          if (lost.incident === incident.number) continue;
          const { keys, since, ...at } = lost.body;
          const told: What = { do: 'record lock lost', at, keys, since, to: incident.number, by: event.by };
          add({
            kind: 'deadline',
            key: `${incident.number}.${event.version}.lock-lost.${index}`,
            value: told,
            due: event.at,
            incident: lost.incident,
          });
        }
        break;
      }
      case 'approval_lapsed':
      case 'act_done':
      case 'act_found':
      case 'verified':
      case 'step_closed':
        if (tryOf(incident, event.body)?.holds === false) free(event.body);
        break;
      case 'closed':
        for (const at of triesOf(incident)) free(at);
        break;
      default:
        break;
    }
  }
  for (const row of sharingDeadlines(events, incident)) add(row);
  add({ kind: 'incident', key: String(incident.number), value: rowOf(incident) });
  return { put: [...put.values()], drop: [...drop.values()] };
}

/** How long who looks after something has for an answer, before everybody is asked. */
const ANSWER_WITHIN_MS = 24 * 3_600_000;

/**
 * Everything of an incident that was kept until the same instant (ms) is asked about together. The instant is in the
 * key: what was kept anew has another one, and this one then finds nothing to ask.
 */
function reminder(incident: number, since: number, asks: 'owner' | 'channel', due: number): LookupRow {
  const value: What = { do: 'remind', due: since, asks };
  return { kind: 'deadline', key: `${incident}.kept.${since}.${asks}`, value, due };
}

function* triesOf(incident: Incident): Generator<At> {
  for (const [run, { steps }] of incident.runs)
    for (const [step, { tries }] of steps) for (const one of tries) yield { run, step, try: one.try };
}

function tryOf(incident: Incident, at: At): TryState | undefined {
  const tries = incident.runs.get(at.run)?.steps.get(at.step)?.tries;
  return tries?.find((one) => one.try === at.try);
}
