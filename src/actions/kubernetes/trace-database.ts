/** `k8s.trace-database`: which database a workload is really told to use, and what stands behind that name. */
import { z } from 'zod';
import { reading } from '../define.ts';
import type { Behind } from './behind-service.ts';
import { behind, looksLikeDatabase } from './behind-service.ts';
import { commandFor, kubectl, word } from './by-hand.ts';
import type { Cluster } from './client.ts';
import { connect } from './client.ts';
import type { ReadSource } from './environment.ts';
import { environmentOf } from './environment.ts';
import type { HostServices } from './host-service.ts';
import { hostServices } from './host-service.ts';
import { applicationOfItsOwn } from './own-application.ts';
import {
  GET_ENDPOINTS,
  GET_SECRETS,
  GET_WORKLOAD,
  LIST_DEPLOYMENT_CONFIGS,
  LIST_DEPLOYMENTS,
  LIST_PODS,
  LIST_SERVICES,
  LIST_STATEFULSETS,
  right,
} from './rights.ts';
import type { Named } from './settings.ts';
import { findDatabases } from './settings.ts';
import { note } from './status-error.ts';
import type { Surroundings } from './surroundings.ts';
import { sourceReader, surroundingsOf } from './surroundings.ts';
import type { Workload } from './workload-object.ts';
import { readWorkload, workloadKind } from './workload-object.ts';

export const traceDatabase = reading({
  name: 'k8s.trace-database',
  version: 1,
  params: z.object({ workload: z.string().min(1), kind: workloadKind.default('deployment') }),
  output: z.object({
    found: z.boolean(),
    /** False when more than one database is named, or where the application goes is also written elsewhere. */
    certain: z.boolean(),
    hosts: z.array(z.string()),
    host: z.string(),
    port: z.int().optional(),
    database: z.string().optional(),
    source: z.string(),
    service: z.object({
      name: z.string(),
      namespace: z.string(),
      selector: z.string(),
      matching: z.int(),
      ready: z.int(),
      pods: z.array(z.string()),
    }),
    service_found: z.boolean(),
    shared_with: z.array(z.string()),
    unused: z.array(z.string()),
    application_of_its_own: z.string().optional(),
    unknowns: z.array(z.string()),
    statefulset: z.string().optional(),
  }),
  rights: {
    kubernetes: [
      ...GET_WORKLOAD,
      LIST_DEPLOYMENTS,
      LIST_STATEFULSETS,
      LIST_DEPLOYMENT_CONFIGS,
      LIST_PODS,
      LIST_SERVICES,
      GET_ENDPOINTS,
      right('', 'configmaps', ['get'], { optional: true }),
      GET_SECRETS,
    ],
    postgres: [],
  },
  byHand: (params, namespace) => {
    const kind = word(params.kind, 'deployment');
    return [
      commandFor(params.kind, namespace, `set env ${kind}/${word(params.workload, '<workload>')} --list`),
      kubectl(namespace, 'get services -o wide'),
      kubectl(namespace, 'get endpoints'),
      kubectl(namespace, 'get pods --show-labels'),
    ];
  },

  async run(call) {
    const cluster = await connect(call);
    const { namespace } = call;
    const { kind } = call.params;
    const unseen: string[] = [];
    const [workload, around] = await Promise.all([
      readWorkload(cluster, namespace, call.params.workload, kind),
      surroundingsOf(cluster, namespace, kind === 'deploymentconfig' ? unseen : undefined),
    ]);
    const { services: all, workloads } = around;
    call.seen?.inTheOpen(
      ...all.map(({ metadata }) => metadata?.name ?? ''),
      ...workloads.map(({ name }) => name),
    );
    const read = sourceReader(cluster, namespace, call.seen);
    const services = hostServices(cluster, around);
    const mine = await databasesOf(workload, namespace, read);
    const own = applicationOfItsOwn((workload.template.spec?.containers ?? []).map((c) => c.image));
    const unknowns = [...unseen, ...mine.unknowns];
    if (own)
      note(
        unknowns,
        `${own} keeps the databases it queries inside its own database: they cannot be seen from here`,
      );

    const targets = await targetsOf(mine.named, services, unknowns);
    const first = targets[0];
    const others = await elsewhere(
      around,
      [workload.name, first?.behind?.statefulset],
      namespace,
      read,
      services,
    );
    const usedBacking = new Set(
      [...targets, ...others.list.flatMap((o) => o.targets)].map((t) => t.behind?.backing),
    );
    const unused = await unusedDatabases(cluster, around, usedBacking);
    const hidden = [...(mine.hidden ? [workload.name] : []), ...others.hidden];
    if (hidden.length > 0 && unused.length > 0) {
      note(unknowns, `"unused" may be wrong: the settings of ${hidden.join(', ')} could not be read whole`);
    }
    if (others.hidden.length > 0) {
      note(
        unknowns,
        `"shared with" may be too short: the settings of ${others.hidden.join(', ')} could not be read whole`,
      );
    }
    if (targets.length > 1) {
      note(
        unknowns,
        `more than one database is named: ${targets.map((t) => `${t.host} (${t.where})`).join(', ')}`,
      );
    }
    const shared = others.list
      .filter((o) => first && o.targets.some((t) => sameService(t, first)))
      .map((o) => o.name)
      .sort();
    const service = first?.behind;
    for (const line of service?.notes ?? []) note(unknowns, line);
    return {
      found: first !== undefined,
      certain: targets.length === 1 && !own && !mine.hidden && !first?.ownPod,
      hosts: [...new Set(targets.flatMap((t) => t.hosts))],
      host: first?.host ?? '',
      ...(first?.port === undefined ? {} : { port: first.port }),
      ...(first?.database === undefined ? {} : { database: first.database }),
      source: first?.where ?? '',
      service: {
        name: service?.name ?? '',
        namespace: service?.namespace ?? '',
        selector: service?.selector ?? '',
        matching: service?.matching ?? 0,
        ready: service?.ready ?? 0,
        pods: [...(service?.pods ?? [])],
      },
      service_found: service !== undefined,
      shared_with: shared,
      unused,
      ...(own ? { application_of_its_own: own } : {}),
      unknowns,
      ...(service?.statefulset ? { statefulset: service.statefulset } : {}),
    };
  },
});

interface Settings {
  readonly named: readonly Named[];
  readonly unknowns: readonly string[];
  /** Something that may name a database could not be read. */
  readonly hidden: boolean;
}

/** What all containers of a workload are told; PostgreSQL first, other databases only when there is none. */
async function databasesOf(workload: Workload, namespace: string, read: ReadSource): Promise<Settings> {
  const spec = workload.template.spec;
  const named: Named[] = [];
  const unknowns: string[] = [];
  let hidden = false;
  for (const container of spec?.containers ?? []) {
    if (!spec) continue;
    const environment = await environmentOf(spec, container, namespace, read);
    const findings = findDatabases(environment.settings);
    named.push(...findings.named);
    for (const unread of environment.unknowns) {
      note(unknowns, unread.words);
      hidden ||= unread.matters;
    }
    for (const line of findings.unclear) {
      note(unknowns, line);
      hidden = true;
    }
  }
  const postgres = named.filter((one) => one.postgres);
  return { named: postgres.length > 0 ? postgres : named, unknowns, hidden };
}

interface Target {
  readonly host: string;
  readonly port?: number;
  readonly database?: string;
  readonly hosts: readonly string[];
  readonly where: string;
  readonly behind?: Behind;
  readonly ownPod: boolean;
}

/** Each database once: settings that lead to the same Service are one. The first that has a Service comes first. */
async function targetsOf(
  named: readonly Named[],
  services: HostServices,
  unknowns: string[],
): Promise<Target[]> {
  const targets: Target[] = [];
  for (const one of named) {
    const endpoint = one.endpoints[0];
    if (!endpoint) continue;
    const found = await services.of(endpoint.host, unknowns);
    const target: Target = {
      host: endpoint.host,
      ...(endpoint.port === undefined ? {} : { port: endpoint.port }),
      ...(endpoint.database === undefined ? {} : { database: endpoint.database }),
      hosts: one.endpoints.map((e) => e.host),
      where: one.where,
      ...(found ? { behind: found } : {}),
      ownPod: /^(localhost|127\.|::1$|\/)/.test(endpoint.host),
    };
    const i = targets.findIndex((other) => sameService(other, target));
    const other = targets[i];
    // `DATABASE_URL` may name the database where `DB_HOST` beside it does not.
    if (other) targets[i] = { ...target, ...other, hosts: [...new Set([...other.hosts, ...target.hosts])] };
    else targets.push(target);
  }
  return targets.sort((a, b) => Number(b.behind !== undefined) - Number(a.behind !== undefined));
}

function sameService(a: Target, b: Target): boolean {
  if (a.behind && b.behind)
    return a.behind.name === b.behind.name && a.behind.namespace === b.behind.namespace;
  return !a.behind && !b.behind && a.host === b.host;
}

interface Others {
  readonly list: readonly { readonly name: string; readonly targets: readonly Target[] }[];
  readonly hidden: readonly string[];
}

/** The other workloads of the namespace, the database itself left out, and where they go. A few at a time: each may need Secrets of its own. */
async function elsewhere(
  around: Surroundings,
  except: readonly (string | undefined)[],
  namespace: string,
  read: ReadSource,
  services: HostServices,
): Promise<Others> {
  const others = around.workloads.filter((other) => !except.includes(other.name));
  const list: { name: string; targets: Target[] }[] = [];
  const hidden: string[] = [];
  for (let i = 0; i < others.length; i += 8) {
    await Promise.all(
      others.slice(i, i + 8).map(async (other) => {
        const settings = await databasesOf(other, namespace, read);
        if (settings.hidden) hidden.push(other.name);
        list.push({ name: other.name, targets: await targetsOf(settings.named, services, []) });
      }),
    );
  }
  return { list, hidden: hidden.sort() };
}

/** Database-like Services that lead to a cluster which no workload of the namespace is told to use. */
async function unusedDatabases(
  cluster: Cluster,
  around: Surroundings,
  used: ReadonlySet<string | undefined>,
): Promise<string[]> {
  const names: string[] = [];
  for (const service of around.services) {
    if (!looksLikeDatabase(service) || service.spec?.type === 'ExternalName') continue;
    const found = await behind(cluster, service, around);
    if (!used.has(found.backing)) names.push(found.name);
  }
  return names.sort();
}
