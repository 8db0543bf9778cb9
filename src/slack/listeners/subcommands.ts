/** What each sub-command of `/incident` does. */

import type { Status } from '../../incidents/events.ts';
import { leadingTime, timeWords } from '../../incidents/time-words.ts';
import { leadingPerson, plainText } from '../message-text.ts';
import { esc, line } from '../mrkdwn.ts';
import { severities } from '../views/modals/declare.ts';
import { noteModal, resolveModal, roleModal } from '../views/modals/write.ts';
import { timelinePage } from '../views/timeline.ts';
import { type CommandContext, send } from './context.ts';
import { noteFromText } from './note.ts';
import { openRunModal } from './run-modal.ts';
import { targetCommand } from './target.ts';

type OfIncident = (context: CommandContext, incident: number, argument: string) => Promise<void>;

/** Tells the answer of the door, or the words of success. */
async function act(
  context: CommandContext,
  incident: number,
  what: Parameters<typeof send>[2],
  success: string,
): Promise<void> {
  const answer = await send(context, incident, what);
  if (!answer.ok) return context.tell(`:no_entry_sign: ${esc(answer.says, 1500)}`);
  return context.tell(answer.says ? esc(answer.says) : success);
}

const zoneOf = async (context: CommandContext, incident: number): Promise<string> =>
  (await context.room.door.zoneOf(incident)) ?? context.room.door.config.zone;

const statuses = ['investigating', 'cause found', 'fixing', 'watching'] as const satisfies readonly Status[];

export const withIncident: Readonly<Record<string, OfIncident | undefined>> = {
  note: async (context, incident, argument) => {
    if (argument === '') return void (await context.open(noteModal(incident, context.room.door.config.zone)));
    return noteFromText(context, incident, await zoneOf(context, incident), argument);
  },

  run: (context, incident, argument) =>
    openRunModal(context.room, context.open, incident, argument === '' ? {} : { runbook: argument }).then(
      () => undefined,
    ),

  status: async (context, incident, argument) => {
    const typed = argument.toLowerCase();
    const to = statuses.find((status) => typed === status || typed.startsWith(`${status} `));
    if (!to) {
      const now = await context.room.door.look(
        incident,
        ({ status, severity, roles }) =>
          `It is *${status}*, ${severity}, lead ${line(roles.get('lead')?.name ?? 'nobody', 80)}.`,
      );
      const hint = typed.startsWith('resolved') ? ' When the service is back: `/incident resolve`.' : '';
      return context.tell(
        `${now ?? ''} To change it: \`/incident status ${statuses.join('`, `')}\`, with a time if you like: \`at 10:24\`.${hint}`,
      );
    }
    const frame = { zone: await zoneOf(context, incident), now: context.room.door.now() };
    const rest = argument.slice(to.length).trim();
    const found = leadingTime(rest, frame);
    if (!found.ok) return context.tell(`:no_entry_sign: ${esc(found.says)} The status was not changed.`);
    if (rest !== '' && (!found.time || found.rest !== ''))
      return context.tell(
        `:no_entry_sign: “${line(rest, 100)}” is no time. Write it as \`/incident status ${to} at 10:24\`.`,
      );
    const time = found.time ?? { at: frame.now, precision: 'exact' as const };
    return act(
      context,
      incident,
      { do: 'set status', status: to, at: time.at },
      `Status: *${to}* at ${esc(timeWords(time, frame))}.`,
    );
  },

  severity: (context, incident, argument) => {
    const [word = '', ...reason] = argument.split(/\s+/);
    const severity = severities
      .map(([value]) => value)
      .find((value) => value === word.toUpperCase() || value === `SEV${word}`);
    if (!severity)
      return context.tell(
        `Write one of ${severities.map(([value]) => `\`${value}\``).join(', ')}: \`/incident severity SEV2 more people are affected\`.`,
      );
    const why = reason.join(' ').trim();
    return act(
      context,
      incident,
      { do: 'set severity', severity, ...(why ? { reason: why.slice(0, 1000) } : {}) },
      `Severity: *${severity}*.`,
    );
  },

  target: targetCommand,

  role: async (context, incident, argument) => {
    if (argument === '') return void (await context.open(roleModal(incident)));
    const at = argument.indexOf('<@');
    const role = (at < 0 ? argument : argument.slice(0, at)).trim().toLowerCase();
    const who = at < 0 ? undefined : leadingPerson(argument.slice(at));
    if (!who || role === '' || role.length > 40)
      return context.tell('Write the role and the person: `/incident role lead @somebody`.');
    const name = await context.room.people.name(who.user);
    const person = { id: `slack:${who.user}`, name: name === who.user ? (who.name ?? name) : name };
    return act(
      context,
      incident,
      { do: 'set role', role, person },
      `*${line(person.name, 80)}* is ${line(role, 40)}.`,
    );
  },

  update: (context) =>
    context.tell(
      'Updates for everybody else come in a later version. Until then write in the channel of the service yourself, and put it on the timeline with a pushpin.',
    ),

  left: async (context, incident) => {
    const answer = await send(context, incident, { do: 'check what is left' });
    if (!answer.ok) return context.tell(`:no_entry_sign: ${esc(answer.says)}`);
    return context.tell(`${esc(answer.says ?? 'Nothing to check.')} The list comes into the channel.`);
  },

  resolve: async (context, incident, argument) => {
    await context.open(
      resolveModal(
        incident,
        context.room.door.config.zone,
        plainText(argument, (user) => user),
      ),
    );
  },
  close: (context, incident) => act(context, incident, { do: 'close' }, `INC-${incident} is closed.`),
  reopen: (context, incident, argument) =>
    act(
      context,
      incident,
      { do: 'reopen', ...(argument ? { reason: argument.slice(0, 1000) } : {}) },
      `INC-${incident} is open again.`,
    ),
  report: (context, incident) =>
    act(context, incident, { do: 'post report' }, 'The report comes into the channel in a moment.'),

  timeline: async (context, incident) => {
    await context.done();
    const [events, zone] = await Promise.all([context.room.door.events(incident), zoneOf(context, incident)]);
    const { text, blocks } = timelinePage(incident, events, zone, 0);
    await context.tell(text, blocks);
  },
};
