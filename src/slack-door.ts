/** What Slack's edge is given: the door, the people, the runbooks and the live choices of this Handrail. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Handrail } from './assemble.ts';
import { type GroupMembers, knownPerson, approversOf as whoMayApprove } from './catalog/access.ts';
import type { Config } from './config/config.ts';
import { rowOf } from './incidents/lookups.ts';
import { choicesFor } from './perform/choices.ts';
import { reviewNow } from './perform/report-now.ts';
import { type Broken, formatProblem, type Library } from './runbooks/library.ts';
import type { Callable, Door, Listed } from './slack/door.ts';
import { incidentOfChannel, openIncidents } from './store/incidents.ts';

/** Slack ids of those who may approve a step that names these groups or people, or none, on this system. */
export function approversOf(config: Config, from: readonly string[], systemId?: string): Callable {
  return callable(whoMayApprove(config.handrail.access, from, systemId));
}

/** Slack ids of these people and groups. */
function peopleOf(config: Config, members: readonly string[]): Callable {
  const none = { users: [], usergroups: [] };
  return members.length === 0 ? none : callable(whoMayApprove(config.handrail.access, members, undefined));
}

function callable({ people, usergroups }: GroupMembers): Callable {
  const ids = people.flatMap(({ id, identities }) => [id, ...identities]);
  const users = ids.flatMap((id) => (id.startsWith('slack:') ? [id.slice('slack:'.length)] : []));
  return { users: [...new Set(users)], usergroups: [...usergroups] };
}

/** Ids of the Slack user groups that handrail.yaml names: only Slack knows who is in them. */
export function usergroupsIn(config: Config): string[] {
  const { groups, everywhere, systems } = config.handrail.access;
  const lists = [
    ...Object.values(groups),
    ...[everywhere, ...Object.values(systems)].flatMap((grants) => Object.values(grants)),
  ];
  const ids = lists.flat().filter((member) => member.startsWith('usergroup:'));
  return [...new Set(ids.map((member) => member.slice('usergroup:'.length)))];
}

/** Minutes, where handrail.yaml does not say: a hole of half an hour is a question in the report (design/report.md). */
const QUIET_MINUTES = 30;

/** ms that a reader waits for the database before it takes what this process knew last. */
const PATIENCE_MS = 1000;

/** `usergroupsOf` gives the Slack user groups that somebody is in, of those that handrail.yaml names. */
export function doorOf(
  config: Config,
  handrail: Handrail,
  library: () => Library,
  log: Logger,
  usergroupsOf: (personId: string) => Promise<string[]>,
  awaySince: () => number | undefined = () => undefined,
): Door {
  const { store, worker } = handrail;
  const channels = new Map<string, number>();
  const systemOf = async (incident: number) =>
    (store.lastKnown(incident)?.declared ?? (await store.declared(incident)))?.system?.id;
  /** A slow answer is waited for; a database that is away is not. */
  const lookSoon: Door['look'] = async (incident, view) => {
    const last = store.lastKnown(incident);
    if (!last) return store.look(incident, view);
    if (awaySince() !== undefined) return view(last);
    const asked = store.look(incident, view);
    asked.catch(() => undefined);
    const ended = new AbortController();
    const late = wait(PATIENCE_MS, undefined, { signal: ended.signal }).then(() => view(last));
    late.catch(() => undefined);
    return Promise.race([asked.catch(() => view(last)), late]).finally(() => ended.abort());
  };
  const invite = peopleOf(config, config.handrail.slack.invite);
  return {
    send: (command) => handrail.send(command),
    async asker(person, incident) {
      const system = incident === undefined ? undefined : await systemOf(incident);
      return handrail.asker(person, system, await usergroupsOf(person.id));
    },
    nameOf: (personId) => knownPerson(config.handrail.access, personId)?.name,
    look: lookSoon,
    zoneOf: async (incident) =>
      store.lastKnown(incident)?.declared.zone ?? (await store.declared(incident))?.zone,
    awaySince,
    async incidentOfChannel(channel) {
      const known = channels.get(channel);
      if (known !== undefined) return known;
      const last = store.allLastKnown().find((one) => one.channel?.id === channel)?.number;
      if (last !== undefined || awaySince() !== undefined) return last;
      const found = await incidentOfChannel(worker.pool, channel).catch((error: unknown) => {
        log.warn({ err: error }, 'the channel could not be looked up');
        return undefined;
      });
      if (found !== undefined) channels.set(channel, found);
      return found;
    },
    async openIncidents() {
      if (awaySince() === undefined) return openIncidents(worker.pool);
      return store.allLastKnown().map((one) => ({ number: one.number, row: rowOf(one) }));
    },
    catalog: config.catalog,
    config: {
      zone: config.handrail.zone,
      ...(config.handrail.slack.incidentsChannel
        ? { incidentsChannel: config.handrail.slack.incidentsChannel }
        : {}),
      ...(config.handrail.slack.updatesChannel
        ? { updatesChannel: config.handrail.slack.updatesChannel }
        : {}),
      quietMinutes: config.handrail.slack.quietMinutes ?? QUIET_MINUTES,
      ...(config.handrail.slack.canvas ? { canvas: config.handrail.slack.canvas } : {}),
      namespace: config.catalog.systems[0]?.namespace ?? 'default',
      invite,
    },
    runbooks: () => listed(library()),
    async options(param, incident, _typed, declaring) {
      const where = await lookSoon(incident, ({ declared, targets }) => ({
        namespace: declared.namespace,
        targets: targets.flatMap(({ target: { kind, name, namespace } }) =>
          kind === 'statefulset' && namespace === declared.namespace ? [name] : [],
        ),
      }));
      const found = [...library().runbooks.values()].find(({ runbook: one }) =>
        Object.values(one.params).includes(param),
      );
      const runbook = declaring ?? found?.runbook;
      return choicesFor(worker, param, where ?? { namespace: 'default' }, runbook);
    },
    events: (incident) => store.events(incident),
    review: (incident) => reviewNow(worker, config, incident),
    now: () => handrail.now().getTime(),
    newId: () => randomUUID(),
  };
}

function listed(library: Library): Listed[] {
  const why = ({ problems: [first] }: Broken): string => (first ? formatProblem(first) : 'It does not load.');
  const newer = new Map(library.broken.map((one) => [one.keeps, one]));
  const good = [...library.runbooks].map(([id, { runbook, hash, revision }]) => {
    const broken = newer.get(id);
    return {
      id,
      title: runbook.title,
      summary: runbook.summary,
      runbook,
      hash,
      ...(revision === undefined ? {} : { revision }),
      ...(broken ? { broken: why(broken) } : {}),
    };
  });
  const broken = library.broken
    .filter(({ keeps }) => keeps === undefined)
    .map((one) => ({
      id: one.id ?? one.file,
      title: one.id ?? one.file,
      summary: '',
      hash: '',
      broken: why(one),
    }));
  return [...good, ...broken];
}
