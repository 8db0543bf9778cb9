/** What a played member answers to a GET: codes and bodies as they were recorded from a real cluster. */
import { type PatroniCluster, type PatroniMember, PROMOTABLE, TTL_S } from './patroni-cluster.ts';

/** A code with JSON, or with plain words as Patroni's errors are. */
export type PatroniAnswer = { readonly code: number; readonly json: unknown } | PatroniWords;
export interface PatroniWords {
  readonly code: number;
  readonly text: string;
}

export function answerTo(cluster: PatroniCluster, member: PatroniMember, url: URL): PatroniAnswer {
  const isLeader = member.name === cluster.leader;
  const own = ownWords(cluster, member);
  const lagLimit = url.searchParams.get('lag');
  const behind = cluster.newest() - cluster.positionOf(member);
  switch (url.pathname) {
    case '/patroni':
      return { code: 200, json: own };
    case '/cluster':
      return { code: 200, json: listingOf(cluster) };
    case '/history':
      return { code: 200, json: cluster.history };
    case '/config':
      return { code: 200, json: configOf(cluster) };
    case '/':
    case '/leader':
    case '/primary':
    case '/master':
    case '/read-write':
      return { code: isLeader ? 200 : 503, json: own };
    case '/replica':
    case '/async':
    case '/asynchronous':
      return {
        code: !isLeader && (lagLimit === null || behind <= bytesOf(lagLimit)) ? 200 : 503,
        json: own,
      };
    case '/standby-leader':
    case '/sync':
      return { code: 503, json: own };
    case '/health':
    case '/liveness':
    case '/readiness':
    case '/read-only':
      return { code: 200, json: own };
  }
  return { code: 404, text: 'Not Found' };
}

/** The dynamic configuration. */
export function configOf(cluster: PatroniCluster): Record<string, unknown> {
  return {
    ttl: TTL_S,
    loop_wait: 10,
    retry_timeout: 10,
    maximum_lag_on_failover: PROMOTABLE,
    ...(cluster.paused ? { pause: true } : {}),
  };
}

function ownWords(cluster: PatroniCluster, member: PatroniMember): Record<string, unknown> {
  const { options } = cluster;
  const isLeader = member.name === cluster.leader;
  const at = cluster.positionOf(member);
  const xlog = isLeader
    ? { location: at }
    : { received_location: at, replayed_location: at, replayed_timestamp: null, paused: false };
  const followers = cluster.members.filter((one) => one.up && one !== member);
  const replication = followers.map((one) => ({
    usename: 'standby',
    application_name: one.name,
    client_addr: one.ip,
    state: 'streaming',
    sync_state: 'async',
    sync_priority: 0,
  }));
  return {
    state: 'running',
    postmaster_start_time: new Date(cluster.leadingSince || options.now()).toISOString(),
    role: isLeader ? 'master' : 'replica',
    server_version: options.serverVersion,
    xlog,
    timeline: cluster.timeline,
    ...(isLeader && replication.length > 0 ? { replication } : {}),
    ...(cluster.leader === undefined ? { cluster_unlocked: true } : {}),
    ...(cluster.paused ? { pause: true } : {}),
    dcs_last_seen: Math.floor(options.now().getTime() / 1000),
    database_system_identifier: options.systemIdentifier,
    patroni: { version: options.version, scope: options.scope },
  };
}

function listingOf(cluster: PatroniCluster): Record<string, unknown> {
  const newest = cluster.newest();
  const members = cluster.listed().map(({ member, leads }) => ({
    name: member.name,
    role: leads ? 'leader' : 'replica',
    state: 'running',
    api_url: `http://${member.ip}:8008/patroni`,
    host: member.ip,
    port: 5432,
    timeline: cluster.timeline,
    ...(leads ? {} : { lag: newest - cluster.positionOf(member) }),
  }));
  return { members, ...(cluster.paused ? { pause: true } : {}) };
}

function bytesOf(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)\s*([kMG]?B?)$/.exec(text) ?? [];
  const factor = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit[0] ?? ''] ?? 1;
  return Number(number) * factor;
}
