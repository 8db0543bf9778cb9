/** What Slack's edge is given by whoever builds the program: the door, what is known in memory, and what to show. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Answer, Asker, Command, What } from '../incidents/commands.ts';
import type { At, Event } from '../incidents/events.ts';
import type { IncidentRow } from '../incidents/lookups.ts';
import type { Incident } from '../incidents/state.ts';
import type { Reviewed } from '../report/reviewed.ts';
import type { Param, Runbook } from '../runbooks/runbook.ts';

/** As pino has it. */
export interface Log {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** A runbook of the library. One that does not load says why, and has no `runbook` unless the version before is kept. */
export interface Listed {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly runbook?: Runbook;
  readonly hash: string;
  readonly revision?: string;
  readonly broken?: string;
}

export interface DoorConfig {
  /** IANA zone in which people type times; an incident keeps the one that it was declared with. */
  readonly zone: string;
  /** Name without # or id; gets one public line for each incident that is not private. */
  readonly incidentsChannel?: string;
  /** The same, for updates for everybody else. */
  readonly updatesChannel?: string;
  /** Minutes without a word after which an incident's channel is asked; absent: never. */
  readonly quietMinutes?: number;
  /** Whether reports are kept in the channel's canvas too; absent: where the workspace has canvases. */
  readonly canvas?: 'auto' | 'off';
  /** Namespace of an incident that names no system. */
  readonly namespace: string;
  /** Slack ids of the people who are invited to every incident, and of user groups. */
  readonly invite: { readonly users: readonly string[]; readonly usergroups: readonly string[] };
}

/** Who may approve, as far as Slack can call them. */
export interface Callable {
  readonly users: readonly string[];
  readonly usergroups: readonly string[];
}

/** What the listeners need; `main` gives it. */
export interface Door {
  send(command: Command): Promise<Answer>;
  /** With the rights on the incident's system; without one those that hold everywhere. */
  asker(person: { readonly id: string; readonly name: string }, incident?: number): Promise<Asker>;
  /** The name that handrail.yaml gives somebody. */
  nameOf?(personId: string): string | undefined;
  /**
   * A view of the committed state; undefined when there is no such incident. While the database does not answer, of what
   * this process knew last.
   */
  look<T>(incident: number, view: (incident: Incident) => T): Promise<T | undefined>;
  /** The zone in which the incident's people type times; from memory. */
  zoneOf(incident: number): Promise<string | undefined>;
  /** From memory. */
  incidentOfChannel(channel: string): Promise<number | undefined>;
  openIncidents(): Promise<readonly { readonly number: number; readonly row: IncidentRow }[]>;
  readonly catalog: Catalog;
  readonly config: DoorConfig;
  runbooks(): readonly Listed[];
  /** Live choices of a parameter; may take a second. None: a text field is shown. */
  options(
    param: Param,
    incident: number,
    typed: string,
    /** The runbook that declares it; without one it is looked for. */
    runbook?: Runbook,
  ): Promise<readonly { readonly value: string; readonly label: string }[]>;
  events(incident: number): Promise<readonly Event[]>;
  /** The report as it would be posted now, and its questions; takes a second for a long incident. */
  review(incident: number): Promise<Reviewed>;
  /** ms since 1970 since when Handrail's own database does not answer; undefined while it does. */
  awaySince(): number | undefined;
  /** ms since 1970. */
  now(): number;
  newId(): string;
}

/** A call under way, for drawing. */
export interface UnderWay {
  readonly run: number;
  readonly step: string;
  readonly try: number;
  readonly purpose: string;
  readonly progress?: string;
  /** ms since 1970 at which it is due; absent once it is. */
  readonly until?: number;
}

/** Everything that one effect is drawn from. */
export interface Shown {
  /** A snapshot: nobody changes it while it is drawn (`store.look(number, (incident) => structuredClone(incident))`). */
  readonly incident: Incident;
  /** The event of the effect's version. */
  readonly event?: Event;
  readonly underWay: readonly UnderWay[];
  /** The same for every try of one effect. */
  readonly effectId: string;
  /** 1 for the first try; above it Slack is searched for what an earlier try may have posted. */
  readonly tries: number;
  /** The database does not answer since then (ms), and `incident` is what this process knew last. */
  readonly awaySince?: number;
  readonly report?: { readonly fileName: string; readonly markdown: string; readonly profile?: string };
  /** Brings an observation to the door under this command id. */
  readonly record: (what: What, id: string) => Promise<Answer>;
  /** Who can approve a step that names these groups. */
  approvers?(from: readonly string[], at: At): Promise<Callable>;
  readonly now: number;
}

/** `later`: ms to wait before it is tried again. `superseded` effects need not be given at all. */
export type Published =
  | { readonly done: true; readonly says?: string }
  | { readonly later: number; readonly says: string };
