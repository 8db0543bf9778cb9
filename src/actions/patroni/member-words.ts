/** What was seen of a Patroni cluster's members, in lines for a person. */

import { sizeWords } from '../postgres/size-words.ts';
import { walPosition } from './lsn.ts';
import { isLeader, isRunning, type Member, NO_ANSWER, type Observed } from './observe.ts';
import { isLeaderRole, isRunningState } from './rest-shapes.ts';

/** `prod-patroni-1: replica, running, timeline 2, applied up to 0/5000148, 16 MiB behind`. */
export function describeMember(member: Member): string {
  if (!member.own) return `${member.name}: ${silence(member)}${listedAs(member)}`;
  const { position, lag } = member;
  const verb = member.role === 'leader' ? 'written' : 'applied';
  const parts = [
    member.role,
    member.own.state,
    ...(member.timeline === undefined ? [] : [`timeline ${member.timeline}`]),
    ...(position === undefined ? [] : [`${verb} up to ${walPosition(position)}`]),
    ...(member.role === 'leader' || lag === undefined
      ? []
      : [lag === 0n ? 'nothing behind' : `${sizeWords(lag)} behind`]),
    ...(member.ready ? [] : ['pod not ready']),
    ...(member.own.pending_restart ? ['waits for a restart'] : []),
    ...(member.own.pause ? ['paused'] : []),
  ];
  return `${member.name}: ${parts.join(', ')}`;
}

function silence(member: Member): string {
  if (!member.pod) return 'no pod';
  const why = member.silent ? `does not answer (${member.silent})` : 'has no address yet';
  if (member.ready) return `${why}, though its pod is ready`;
  return member.state === NO_ANSWER ? why : `${member.state}, ${why}`;
}

function listedAs(member: Member): string {
  return member.listed ? `; still listed as ${member.listed.role}, ${member.listed.state}` : '';
}

/**
 * Where the members' own words, Patroni's listing and the cluster's pods do not agree, and what could not be seen.
 * Names, not numbers that change every second.
 */
export function disagreements(seen: Observed): string[] {
  const { members, listing } = seen;
  const lines: string[] = [];
  const answering = members.filter((member) => member.own);
  if (!listing && answering.length > 0) {
    lines.push("Patroni's listing could not be read: its store (etcd or the Kubernetes API) may hang");
  }
  for (const member of members) {
    if (!member.own && member.ready) lines.push(`${member.name} ${silence(member)}: it may even lead`);
  }
  const leaders = members.filter(isLeader).map((member) => member.name);
  if (leaders.length > 1) lines.push(`${leaders.join(' and ')} each say that they lead`);
  for (const listed of listing?.members ?? []) {
    const member = members.find((candidate) => candidate.listed === listed);
    if (!member) lines.push(`Patroni lists ${listed.name}, which is no member of ${seen.statefulset}`);
    else if (member.own) lines.push(...against(member, listed.role, listed.state));
  }
  for (const member of answering) {
    if (listing && !member.listed) lines.push(`${member.name} answers, but Patroni does not list it`);
  }
  const systems = new Set(answering.flatMap((member) => member.own?.database_system_identifier ?? []));
  if (systems.size > 1)
    lines.push('the members are not copies of one database: their system identifiers differ');
  return lines;
}

function against(member: Member, role: string, state: string): string[] {
  const lines: string[] = [];
  if (isLeaderRole(role) !== (member.role === 'leader')) {
    lines.push(`Patroni lists ${member.name} as ${role}; itself it says ${member.role}`);
  }
  if (isRunningState(state) !== isRunning(member)) {
    lines.push(`Patroni lists ${member.name} as ${state}; itself it says ${member.own?.state}`);
  }
  return lines;
}
