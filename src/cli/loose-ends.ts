/** `handrail loose-ends INC-7`: what an incident leaves behind, with the words of Slack's list. */
import { DateTime } from 'luxon';
import { closeGate, gateLine } from '../incidents/close-gate.ts';
import { begin, evolve } from '../incidents/evolve.ts';
import {
  byUrgency,
  leftTitle,
  sensitiveWords,
  stateWords,
  untilWords,
  waitsWords,
} from '../incidents/left-words.ts';
import { isLeft, isOverdue } from '../incidents/loose-end.ts';
import type { Incident, LooseEnd } from '../incidents/state.ts';
import type { Terminal } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { type IncidentRecord, readable, readRecord } from './record.ts';

/** From what was typed. 1 when something is left behind. Throws WrongInput. */
export async function looseEndsHere(
  given: Terminal & { readonly names: readonly string[]; readonly values: { readonly json?: boolean } },
): Promise<number> {
  const record = await readRecord(given);
  const incident = stateOf(record);
  const words = readable(record.events);
  const ends = byUrgency(incident.looseEnds.values());
  const open = ends.filter((end) => isLeft(end) || isOverdue(end));
  if (given.values.json) given.print(JSON.stringify(asJson(incident, ends, open.length, words), null, 2));
  else {
    const { number, declared } = incident;
    given.print(`INC-${number}: ${leftTitle(open.length)}, times in ${declared.zone}`);
    const gate = gateLine(incident);
    if (gate) given.print(words(gate));
    for (const line of pressLines(incident, words)) given.print(line);
    for (const end of open) for (const line of openLines(incident, end, words)) given.print(line);
    for (const end of ends) if (!open.includes(end)) given.print(settledLine(incident, end, words));
    for (const line of followUpLines(incident, words)) given.print(line);
  }
  return open.length === 0 ? EXIT.ok : EXIT.notOk;
}

function stateOf({ events, declared }: IncidentRecord): Incident {
  const incident = begin(declared);
  for (const event of events) if (event.version > declared.version) evolve(incident, event);
  return incident;
}

function openLines(incident: Incident, end: LooseEnd, words: (text: string) => string): string[] {
  const { opened } = end;
  const holds = sensitiveWords(end);
  const since = DateTime.fromMillis(end.openedAt, { zone: incident.declared.zone });
  const until = untilWords(end, incident);
  const waits = waitsWords(end);
  const object = opened.object === '' ? '' : `${words(opened.object)} `;
  const owner = end.owner ? `, looked after by ${words(end.owner.name)}` : '';
  return [
    `${stateWords(end)}  ${words(opened.title)}${holds ? ` · ${holds}` : ''}`,
    `    ${object}since ${since.toFormat('yyyy-LL-dd HH:mm')} by ${words(end.openedBy.name)}${until ? `, ${words(until)}` : ''}${owner}`,
    ...(opened.before && opened.during ? [`    ${words(opened.before)} → ${words(opened.during)}`] : []),
    ...(end.says ? [`    ${words(end.says)}`] : []),
    ...(waits ? [`    ${words(waits)}`] : []),
  ];
}

/** What settles each thing that keeps the incident open. */
function pressLines(incident: Incident, words: (text: string) => string): string[] {
  if (incident.closedAt !== undefined) return [];
  return closeGate(incident).map(({ title, press }) => `  ${words(title)}: ${words(press)}`);
}

function settledLine(incident: Incident, end: LooseEnd, words: (text: string) => string): string {
  const until = end.state === 'accepted' ? untilWords(end, incident) : undefined;
  const owner = end.state === 'accepted' && end.owner ? `, looked after by ${words(end.owner.name)}` : '';
  const link = end.state === 'moved' && end.link ? ` – ${words(end.link)}` : '';
  const says = end.says && end.state !== 'moved' ? ` – ${words(end.says)}` : '';
  return `${stateWords(end)}  ${words(end.opened.title)}${until ? ` (${words(until)}${owner})` : owner}${says}${link}`;
}

function followUpLines(incident: Incident, words: (text: string) => string): string[] {
  const followUps = [...incident.followUps.values()];
  if (followUps.length === 0) return [];
  const lines = followUps.map(({ text, owner, due }) => {
    const who = [owner?.name, due].filter((one) => one !== undefined).map(words);
    return `• ${words(text)}${who.length > 0 ? ` (${who.join(', ')})` : ''}`;
  });
  return ['Follow-ups', ...lines];
}

function asJson(
  incident: Incident,
  ends: readonly LooseEnd[],
  open: number,
  words: (text: string) => string,
) {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const text = (name: string, value: string | undefined) =>
    value === undefined ? {} : { [name]: words(value) };
  return {
    incident: `INC-${incident.number}`,
    zone: incident.declared.zone,
    open,
    keepsOpen: (incident.closedAt === undefined ? closeGate(incident) : []).map(
      ({ why, looseEnd, title, since, who, press }) => ({
        why,
        ...(looseEnd ? { looseEnd } : {}),
        title: words(title),
        since: iso(since),
        who: words(who.name),
        press: words(press),
      }),
    ),
    looseEnds: ends.map(
      ({ id, opened, state, says, openedAt, openedBy, settledAt, owner, keptUntil, link }) => ({
        id,
        kind: opened.kind,
        title: words(opened.title),
        object: words(opened.object),
        state,
        ...(opened.sensitivity ? { sensitivity: opened.sensitivity } : {}),
        ...text('until', opened.until),
        ...text('before', opened.before),
        ...text('during', opened.during),
        since: iso(openedAt),
        by: words(openedBy.name),
        ...text('says', says),
        ...(settledAt === undefined ? {} : { settledAt: iso(settledAt) }),
        ...text('owner', owner?.name),
        ...(keptUntil === undefined ? {} : { keptUntil: iso(keptUntil) }),
        ...text('link', link),
      }),
    ),
    followUps: [...incident.followUps.values()].map(({ id, text: what, owner, due }) => ({
      id,
      text: words(what),
      ...text('owner', owner?.name),
      ...text('due', due),
    })),
  };
}
