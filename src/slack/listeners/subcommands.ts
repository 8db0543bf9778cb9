/** What each sub-command of `/incident` does. */

import type { Status } from '../../incidents/events.ts';
import { leadingTime, timeWords } from '../../incidents/time-words.ts';
import { leadingPerson, plainText } from '../message-text.ts';
import { esc, line } from '../mrkdwn.ts';
import { notDoneWords } from '../told-alone.ts';
import { severities } from '../views/modals/declare.ts';
import { noteModal, resolveModal, roleModal } from '../views/modals/write.ts';
import { type CommandContext, send } from './context.ts';
import { eraseCommand } from './erase.ts';
import { followUpCommand } from './follow-up.ts';
import { handoverCommand } from './handover.ts';
import { closeCommand, leftCommand } from './left-command.ts';
import { milestoneCommand } from './milestone.ts';
import { noteFromText } from './note.ts';
import { overFor } from './over.ts';
import { reportCommand } from './review.ts';
import { openRunModal } from './run-modal.ts';
import { targetCommand } from './target.ts';
import { timelineCommand } from './timeline.ts';
import { misspeltRole, noSeverity, noStatus } from './unknown-words.ts';
import { updateCommand } from './update.ts';
import { zoneSoon } from './zone-of.ts';

type OfIncident = (context: CommandContext, incident: number, argument: string) => Promise<void>;

/** Tells the answer of the door, or the words of success. */
async function act(
  context: CommandContext,
  incident: number,
  what: Parameters<typeof send>[2],
  success: string,
): Promise<void> {
  const answer = await send(context, incident, what);
  if (!answer.ok) return context.tell(notDoneWords(answer));
  return context.tell(answer.says ? esc(answer.says) : success);
}

/** Told, and true, when this form could only be refused now. */
async function over(
  context: CommandContext,
  incident: number,
  form: 'run' | 'resolve' | 'roles',
): Promise<boolean> {
  const refused = await overFor(context.room, incident, form);
  if (refused) await context.tell(notDoneWords(refused));
  return refused !== undefined;
}

const zoneOf = async (context: CommandContext, incident: number): Promise<string> =>
  (await context.room.door.zoneOf(incident)) ?? context.room.door.config.zone;

const statuses = ['investigating', 'cause found', 'fixing', 'watching'] as const satisfies readonly Status[];

export const withIncident: Readonly<Record<string, OfIncident | undefined>> = {
  note: async (context, incident, argument) => {
    if (argument === '')
      return void (await context.open(noteModal(incident, await zoneSoon(context.room, incident))));
    return noteFromText(context, incident, await zoneOf(context, incident), argument);
  },

  run: async (context, incident, argument) => {
    if (await over(context, incident, 'run')) return;
    const refused = await openRunModal(
      context.room,
      context.open,
      incident,
      argument === '' ? {} : { runbook: argument },
    );
    if (refused) return context.tell(refused);
  },

  status: async (context, incident, argument) => {
    const typed = argument.toLowerCase();
    const to = statuses.find((status) => typed === status || typed.startsWith(`${status} `));
    if (!to && typed !== '') return context.tell(noStatus(argument, statuses));
    if (!to) {
      const now = await context.room.door.look(
        incident,
        ({ status, severity, roles }) =>
          `It is *${status}*, ${severity}, lead ${line(roles.get('lead')?.name ?? 'nobody', 80)}.`,
      );
      return context.tell(
        `${now ?? ''} To change it: \`/incident status ${statuses.join('`, `')}\`, with a time if you like: \`at 10:24\`. When the service is back: \`/incident resolve\`.`,
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
        noSeverity(
          word,
          severities.map(([value]) => value),
        ),
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
    if (argument === '') {
      if (await over(context, incident, 'roles')) return;
      return void (await context.open(roleModal(incident)));
    }
    const at = argument.indexOf('<@');
    const role = (at < 0 ? argument : argument.slice(0, at)).trim().toLowerCase();
    const who = at < 0 ? undefined : leadingPerson(argument.slice(at));
    if (!who || role === '' || role.length > 40)
      return context.tell('Write the role and the person: `/incident role lead @somebody`.');
    const misspelt = misspeltRole(role);
    if (misspelt) return context.tell(misspelt);
    if (who.rest.trim() !== '')
      return context.tell(
        `Not done: “${line(
          plainText(who.rest, (user) => user),
          100,
        )}” stood behind the person. Write \`/incident role ${line(role, 40)} @somebody\` alone.`,
      );
    const name = await context.room.people.name(who.user);
    const person = { id: `slack:${who.user}`, name: name === who.user ? (who.name ?? name) : name };
    return act(
      context,
      incident,
      { do: 'set role', role, person },
      `*${line(person.name, 80)}* is ${line(role, 40)}.`,
    );
  },

  update: updateCommand,
  handover: handoverCommand,

  left: leftCommand,

  resolve: async (context, incident, argument) => {
    if (await over(context, incident, 'resolve')) return;
    await context.open(
      resolveModal(
        incident,
        await zoneSoon(context.room, incident),
        plainText(argument, (user) => user),
      ),
    );
  },
  close: closeCommand,
  reopen: (context, incident, argument) =>
    act(
      context,
      incident,
      { do: 'reopen', reason: argument.slice(0, 1000) },
      `INC-${incident} is open again.`,
    ),
  report: reportCommand,
  'follow-up': followUpCommand,

  timeline: timelineCommand,
  milestone: milestoneCommand,
  erase: eraseCommand,
};
