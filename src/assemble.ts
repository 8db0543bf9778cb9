/** Joins the core and the edges into one working Handrail, over what the caller gives: a pool, a configuration, bells. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Action } from './actions/action.ts';
import type { Reach } from './actions/reach.ts';
import { redact } from './actions/redact.ts';
import {
  type Access,
  approversOf,
  groupsOf,
  knownPerson,
  levelsOf,
  mayApprove,
  samePerson,
} from './catalog/access.ts';
import type { Config } from './config/config.ts';
import { manifestsIn } from './config/manifest-folder.ts';
import type { Answer, Asker, Command } from './incidents/commands.ts';
import type { Knowledge } from './incidents/draft.ts';
import { handle } from './incidents/handle.ts';
import { type Keeping, keepingDoor } from './perform/keeping.ts';
import { baselineFrom } from './perform/snapshots.ts';
import type { Worker } from './perform/worker.ts';
import type { Bells } from './queue/bells.ts';
import { languageOf } from './runbooks/language.ts';
import type { Runbook } from './runbooks/runbook.ts';
import { CallerSession } from './store/callers.ts';
import type { Journal } from './store/journal.ts';
import { Store } from './store/store.ts';
import { answerTo } from './store/write.ts';

/** A runbook that can be started. */
export interface Offered {
  readonly runbook: Runbook;
  readonly hash: string;
  readonly revision?: string;
}

export interface Parts {
  readonly pool: pg.Pool;
  readonly bells: Bells;
  /** Without `runbooksFolder` there are no manifests to apply. */
  readonly config: Pick<Config, 'handrail' | 'catalog' | 'secret'> & Partial<Pick<Config, 'runbooksFolder'>>;
  readonly actions: readonly Action[];
  readonly runbooks: () => ReadonlyMap<string, Offered>;
  readonly kubernetes: Reach['kubernetes'];
  readonly podAddress?: Reach['podAddress'];
  readonly sessions?: Reach['sessions'];
  /** Tells contacts in Slack; absent at a terminal. */
  readonly slack?: Reach['slack'];
  readonly log: Logger;
  readonly now?: () => Date;
  /** The Slack user groups that somebody is in, of those that handrail.yaml names. */
  readonly usergroupsOf?: (personId: string) => Promise<readonly string[]>;
  /** A long call of a run has said how far it is. */
  readonly progressed?: (incident: number, run: number) => void;
  /** Keeps what is seen and said while the store is away; absent at a terminal. */
  readonly keeping?: {
    readonly journal: Journal;
    readonly awaySince: () => number | undefined;
    readonly suspect: () => void;
  };
  /** ms; defaults are for production, tests shorten them. */
  readonly times?: { leaseMs?: number; pollMs?: number; aloneAfterMs?: number; executeWithinMs?: number };
}

export interface Handrail {
  readonly store: Store;
  readonly worker: Worker;
  readonly knows: Knowledge;
  readonly now: () => Date;
  /** The door. */
  send(command: Command): Promise<Answer>;
  /** Who somebody is on a system, with the rights of this moment. `usergroups` are ids of Slack user groups. */
  asker(
    person: { id: string; name?: string },
    system: string | undefined,
    usergroups?: readonly string[],
  ): Asker;
  runbooks(): ReadonlyMap<string, Offered>;
}

const MINUTES = 60_000;

export function assemble(parts: Parts): Handrail {
  const { pool, bells, config, log } = parts;
  const { access } = config.handrail;
  const now = parts.now ?? (() => new Date());
  const times = parts.times ?? {};
  const byName = new Map(parts.actions.map((action) => [action.name, action]));
  const store = new Store(pool, (write) => {
    for (const { id } of write.attempts) bells.ring({ look: 'attempt', id });
    if (write.effects.length > 0 && write.answer.ok)
      bells.ring({ look: 'incident', number: write.answer.incident });
  });
  const knows: Knowledge = {
    language: languageOf(Object.assign((name: string) => byName.get(name), { names: [...byName.keys()] })),
    runbook: (id) => parts.runbooks().get(id),
    mayApprove: (asker, from) =>
      from.length === 0
        ? asker.levels.includes('approve')
        : from.some((group) => asker.groups.includes(group)) ||
          mayApprove(access, { id: asker.person.id }, [...from], undefined),
    samePerson: (a, b) => samePerson(access, a, b),
    otherApprovers: (personId, from, systemId) => otherApprovers(access, personId, from, systemId),
    aloneAfterMs: times.aloneAfterMs ?? 5 * MINUTES,
    executeWithinMs: times.executeWithinMs ?? 5 * MINUTES,
  };
  const reach: Reach = {
    kubernetes: parts.kubernetes,
    catalog: config.catalog,
    podAddress: parts.podAddress ?? (() => undefined),
    secret: config.secret,
    baseline: baselineFrom(store),
    ...(parts.sessions ? { sessions: parts.sessions } : {}),
    ...(parts.slack ? { slack: parts.slack } : {}),
    ...(config.runbooksFolder === undefined ? {} : { manifest: manifestsIn(config.runbooksFolder) }),
  };
  const keeping: Keeping | undefined =
    parts.keeping &&
    keepingDoor({
      ...parts.keeping,
      store,
      knows,
      answers: () => answers(pool),
      answerOf: (id) => answerTo(pool, id),
      now: () => now().getTime(),
      log,
    });
  const session = new CallerSession(pool);
  const worker: Worker = {
    name: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    pool,
    store,
    knows,
    action: (name) => byName.get(name),
    reach,
    now,
    log,
    leaseMs: times.leaseMs ?? 20_000,
    pollMs: times.pollMs ?? 1000,
    mayStill: async (personId, system) => {
      const usergroups = (await parts.usergroupsOf?.(personId)) ?? [];
      return levelsOf(access, { id: personId, groups: usergroups }, system).has('operate');
    },
    mayStillApprove: async (personId, system, from) => {
      const usergroups = (await parts.usergroupsOf?.(personId)) ?? [];
      return mayApprove(access, { id: personId, groups: usergroups }, from, system);
    },
    caller: () => session.caller(),
    redact,
    progressed: parts.progressed ?? (() => undefined),
    ...(keeping ? { keeping } : {}),
  };
  return {
    store,
    worker,
    knows,
    now,
    send: (command) => (keeping ? keeping.send(command) : handle(store, knows, command)),
    asker: (person, system, usergroups = []) => {
      const known = knownPerson(access, person.id);
      const asking = { id: person.id, groups: usergroups };
      return {
        person: { id: person.id, name: known?.name ?? person.name ?? `unmapped ${person.id}` },
        levels: [...levelsOf(access, asking, system)],
        groups: groupsOf(access, asking).map((group) => (group.includes(':') ? group : `group:${group}`)),
      };
    },
    runbooks: parts.runbooks,
  };
}

async function answers(pool: pg.Pool): Promise<boolean> {
  const asked = pool.query('select 1').then(
    () => true,
    () => false,
  );
  const ended = new AbortController();
  const late = wait(1000, false, { signal: ended.signal }).catch(() => false);
  return Promise.race([asked, late]).finally(() => ended.abort());
}

/** A Slack user group counts as one: only Slack knows who is in it, so there may be somebody. */
function otherApprovers(
  access: Access,
  personId: string,
  from: readonly string[],
  systemId: string | undefined,
): number {
  const { people, usergroups } = approversOf(access, from, systemId);
  const others = people.filter(({ id, identities }) =>
    [id, ...identities].every((identity) => !samePerson(access, identity, personId)),
  );
  return others.length + usergroups.length;
}
