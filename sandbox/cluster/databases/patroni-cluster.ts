/** What a played Patroni cluster is: who runs, who leads, how far everybody has come, and who is still listed. */

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
export const PROMOTABLE = 1024 * 1024;
/** Seconds that a member which went away stays listed, with its last state (facts: a dead member, 18 to 20 s of 20). */
export const TTL_S = 30;
/** A running cluster writes a little all the time. */
const BYTES_PER_SECOND = 400;

/** Timeline, position of the switch, reason, time, new leader: an entry of `/history`. */
export type Switch = readonly [number, number, string, string, string];

export class PatroniCluster {
  readonly members: readonly PatroniMember[];
  readonly options: PatroniOptions;
  readonly history: Switch[] = [];
  timeline: number;
  paused = false;
  leadingSince = 0;
  private leaderName: string | undefined;
  /** Members that went away, with the role they had, until their key in the store runs out. */
  private readonly gone = new Map<string, { at: number; led: boolean }>();

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
      if (member.up && ip === undefined)
        this.gone.set(member.name, { at: this.options.now().getTime(), led: member.name === before });
      if (ip !== undefined) this.gone.delete(member.name);
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

  /** What went away in a world's past is listed no more. */
  longAgo(): void {
    this.gone.clear();
  }

  roleOf(name: string): 'master' | 'replica' {
    return name === this.leaderName ? 'master' : 'replica';
  }

  find(name: string | undefined): PatroniMember | undefined {
    return this.members.find((one) => one.name === name);
  }

  /** Those whose key in the store has not run out, each with the role that the listing gives it. */
  listed(): { readonly member: PatroniMember; readonly leads: boolean }[] {
    const oldest = this.options.now().getTime() - TTL_S * 1000;
    return this.members.flatMap((member) => {
      const away = this.gone.get(member.name);
      if (!member.up && (!away || away.at < oldest)) return [];
      const ledLast = this.leaderName === undefined && away?.led === true;
      return [{ member, leads: member.name === this.leaderName || ledLast }];
    });
  }

  promote(member: PatroniMember, reason: string | undefined): void {
    if (reason !== undefined || this.leadingSince === 0) {
      const why = reason ?? 'no recovery target specified';
      const at = this.options.now().toISOString();
      this.history.push([this.timeline, member.position, why, at, member.name]);
      this.timeline += 1;
    }
    this.leaderName = member.name;
    this.leadingSince = this.options.now().getTime();
  }

  /** A follower has what the leader has; without a leader everybody stays where they are. */
  positionOf(member: PatroniMember): number {
    const leader = this.find(this.leaderName);
    if (!leader) return member.position;
    const seconds = Math.max(0, this.options.now().getTime() - this.leadingSince) / 1000;
    const at = leader.position + Math.floor(seconds) * BYTES_PER_SECOND;
    if (member.up) member.position = Math.max(member.position, leader.position);
    return member.up ? at : member.position;
  }

  /** The farthest that anybody has come. */
  newest(): number {
    return Math.max(...this.members.map((one) => this.positionOf(one)));
  }
}
