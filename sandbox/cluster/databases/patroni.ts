/** Patroni, played: who leads, who follows, and the REST answers that were recorded from a real cluster. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PatroniMember {
  readonly name: string;
  /** Its container runs with an image that works. */
  up: boolean;
  /** How far it has written or received, in bytes of WAL. */
  position: number;
  ip: string;
}

export interface PatroniOptions {
  readonly scope: string;
  readonly version: string;
  readonly serverVersion: number;
  readonly members: readonly { readonly name: string; readonly position: number }[];
  readonly timeline: number;
  readonly systemIdentifier: string;
  readonly now: () => Date;
}

/** What a member may lag behind the last known position and still be promoted (maximum_lag_on_failover). */
const PROMOTABLE = 1024 * 1024;
/** A running cluster writes a little all the time. */
const BYTES_PER_SECOND = 400;

export class Patroni {
  readonly members: readonly PatroniMember[];
  private readonly options: PatroniOptions;
  private readonly servers = new Map<string, { server: Server; port: number }>();
  private leaderName: string | undefined;
  private timeline: number;
  private paused = false;
  private leadingSince = 0;
  private readonly history: [number, number, string, string, string][] = [];

  constructor(options: PatroniOptions) {
    this.options = options;
    this.timeline = options.timeline;
    this.members = options.members.map(({ name, position }) => ({ name, position, up: false, ip: '' }));
  }

  get leader(): string | undefined {
    return this.leaderName;
  }

  /**
   * Says which members run. A leader that is gone is replaced only by a member that has what was last written: without
   * one there is no leader, as maximum_lag_on_failover wants it. True when the leader changed.
   */
  look(up: (name: string) => string | undefined): boolean {
    const before = this.leaderName;
    for (const member of this.members) {
      const ip = up(member.name);
      member.up = ip !== undefined;
      member.ip = ip ?? member.ip;
    }
    const leader = this.find(this.leaderName);
    if (!leader?.up) this.leaderName = undefined;
    else
      for (const one of this.members.filter((other) => other.up))
        one.position = Math.max(one.position, leader.position);
    if (this.leaderName === undefined && !this.paused) {
      const newest = Math.max(...this.members.map((one) => one.position));
      const able = this.members.filter((one) => one.up && newest - one.position < PROMOTABLE);
      const chosen = able.sort((a, b) => b.position - a.position)[0];
      if (chosen)
        this.promote(
          chosen,
          before === undefined && this.leadingSince === 0 ? undefined : 'no recovery target specified',
        );
    }
    return before !== this.leaderName;
  }

  /** Sets how far a member has come, for a world in which some stopped earlier than others. */
  place(name: string, position: number): void {
    const member = this.find(name);
    if (member) member.position = position;
  }

  /** How a healthy cluster begins: no change of timeline. */
  begin(leader: string): void {
    this.leaderName = leader;
    this.leadingSince = this.options.now().getTime();
  }

  roleOf(name: string): 'master' | 'replica' {
    return name === this.leaderName ? 'master' : 'replica';
  }

  /** The port on which a member's REST API answers; undefined while it does not run. */
  port(name: string): number | undefined {
    return this.find(name)?.up ? this.servers.get(name)?.port : undefined;
  }

  async open(): Promise<void> {
    for (const { name } of this.members) {
      const server = createServer((request, response) => this.answer(name, request, response));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      this.servers.set(name, { server, port: (server.address() as AddressInfo).port });
    }
  }

  async close(): Promise<void> {
    for (const { server } of this.servers.values()) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
    this.servers.clear();
  }

  private find(name: string | undefined): PatroniMember | undefined {
    return this.members.find((one) => one.name === name);
  }

  private promote(member: PatroniMember, reason: string | undefined): void {
    if (reason !== undefined || this.leadingSince === 0) {
      this.history.push([
        this.timeline,
        member.position,
        reason ?? 'no recovery target specified',
        this.options.now().toISOString(),
        member.name,
      ]);
      this.timeline += 1;
    }
    this.leaderName = member.name;
    this.leadingSince = this.options.now().getTime();
  }

  /** A follower has what the leader has; without a leader everybody stays where they are. */
  private positionOf(member: PatroniMember): number {
    const leader = this.find(this.leaderName);
    if (!leader) return member.position;
    const seconds = Math.max(0, this.options.now().getTime() - this.leadingSince) / 1000;
    const at = leader.position + Math.floor(seconds) * BYTES_PER_SECOND;
    if (member.up) member.position = Math.max(member.position, leader.position);
    return member.up ? at : member.position;
  }

  private own(member: PatroniMember): Record<string, unknown> {
    const isLeader = member.name === this.leaderName;
    const at = this.positionOf(member);
    const xlog = isLeader
      ? { location: at }
      : { received_location: at, replayed_location: at, replayed_timestamp: null, paused: false };
    const followers = this.members.filter((one) => one.up && one !== member);
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
      postmaster_start_time: new Date(this.leadingSince || this.options.now()).toISOString(),
      role: isLeader ? 'master' : 'replica',
      server_version: this.options.serverVersion,
      xlog,
      timeline: this.timeline,
      ...(isLeader && replication.length > 0 ? { replication } : {}),
      ...(this.leaderName === undefined ? { cluster_unlocked: true } : {}),
      ...(this.paused ? { pause: true } : {}),
      dcs_last_seen: Math.floor(this.options.now().getTime() / 1000),
      database_system_identifier: this.options.systemIdentifier,
      patroni: { version: this.options.version, scope: this.options.scope },
    };
  }

  private listing(): Record<string, unknown> {
    const newest = Math.max(...this.members.map((one) => this.positionOf(one)));
    const members = this.members
      .filter((one) => one.up)
      .map((one) => {
        const isLeader = one.name === this.leaderName;
        return {
          name: one.name,
          role: isLeader ? 'leader' : 'replica',
          state: 'running',
          api_url: `http://${one.ip}:8008/patroni`,
          host: one.ip,
          port: 5432,
          timeline: this.timeline,
          ...(isLeader ? {} : { lag: newest - this.positionOf(one) }),
        };
      });
    return { members, ...(this.paused ? { pause: true } : {}) };
  }

  private answer(name: string, request: IncomingMessage, response: ServerResponse): void {
    const member = this.find(name);
    // The process is gone: whoever is still connected is cut off.
    if (!member?.up) return void request.socket.destroy();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://patroni');
    const json = (code: number, body: unknown) =>
      response
        .writeHead(code, { 'content-type': 'application/json' })
        .end(request.method === 'HEAD' ? '' : JSON.stringify(body));
    const text = (code: number, body: string) =>
      response.writeHead(code, { 'content-type': 'text/html' }).end(body);
    if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method ?? 'GET')) {
      if (!request.headers.authorization) return void text(401, 'no auth header received');
      return this.command(request, pathname, text, json);
    }
    const isLeader = name === this.leaderName;
    const own = this.own(member);
    const lagLimit = searchParams.get('lag');
    const newest = Math.max(...this.members.map((one) => this.positionOf(one)));
    const behind = newest - this.positionOf(member);
    switch (pathname) {
      case '/patroni':
        return void json(200, own);
      case '/cluster':
        return void json(200, this.listing());
      case '/history':
        return void json(200, this.history);
      case '/config':
        return void json(200, {
          ttl: 30,
          loop_wait: 10,
          retry_timeout: 10,
          maximum_lag_on_failover: PROMOTABLE,
          ...(this.paused ? { pause: true } : {}),
        });
      case '/':
      case '/leader':
      case '/primary':
      case '/master':
      case '/read-write':
        return void json(isLeader ? 200 : 503, own);
      case '/replica':
      case '/async':
      case '/asynchronous':
        return void json(!isLeader && (lagLimit === null || behind <= bytesOf(lagLimit)) ? 200 : 503, own);
      case '/standby-leader':
      case '/sync':
        return void json(503, own);
      case '/health':
      case '/liveness':
      case '/readiness':
      case '/read-only':
        return void json(200, own);
    }
    text(404, 'Not Found');
  }

  private command(
    request: IncomingMessage,
    path: string,
    text: (code: number, body: string) => void,
    json: (code: number, body: unknown) => void,
  ): void {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      let read: Record<string, unknown>;
      try {
        read = JSON.parse(body || '{}') as Record<string, unknown>;
      } catch {
        return text(400, '<html>Bad Request</html>');
      }
      if (path === '/config' && request.method === 'PATCH') {
        this.paused = 'pause' in read ? read['pause'] === true : this.paused;
        return json(200, { ttl: 30, loop_wait: 10, ...(this.paused ? { pause: true } : {}) });
      }
      if (path === '/switchover' && request.method === 'POST') return this.switchover(read, text);
      if (path === '/reinitialize')
        return text(
          this.leaderName ? 200 : 503,
          this.leaderName ? 'reinitialize started' : 'Cluster has no leader, can not reinitialize',
        );
      if (path === '/restart') return text(200, 'restarted successfully');
      text(501, 'the stand-in does not play this');
    });
  }

  private switchover(asked: Record<string, unknown>, text: (code: number, body: string) => void): void {
    if (!asked['leader']) return text(400, 'Switchover could be performed only from a specific leader');
    if (asked['leader'] !== this.leaderName) return text(412, 'leader name does not match');
    const others = this.members.filter((one) => one.up && one.name !== this.leaderName);
    const { candidate } = asked;
    const chosen = typeof candidate === 'string' ? this.find(candidate) : others[0];
    if (!chosen) return text(412, 'candidate does not exists');
    if (!others.includes(chosen)) return text(503, 'Switchover failed');
    for (const one of this.members) one.position = this.positionOf(one);
    this.promote(chosen, 'no recovery target specified');
    text(200, `Successfully switched over to "${chosen.name}"`);
  }
}

function bytesOf(text: string): number {
  const [, number = '0', unit = ''] = /^(\d+)\s*([kMG]?B?)$/.exec(text) ?? [];
  const factor = { k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[unit[0] ?? ''] ?? 1;
  return Number(number) * factor;
}
