/** What each modal does when it is submitted: one exhaustive switch. */
import type { What } from '../../incidents/commands.ts';
import { onlyTime, timeWords } from '../../incidents/time-words.ts';
import { postLocked } from '../answering.ts';
import type { Submitted } from '../ids.ts';
import { esc } from '../mrkdwn.ts';
import { TAKE_OVER_PHRASE } from '../views/locks.ts';
import { toldModal } from '../views/modals/declare.ts';
import { PHRASE, REASON } from '../views/modals/steps.ts';
import { NOTE, noteKinds, PICK, RESOLVE, ROLE } from '../views/modals/write.ts';
import { firstSignWords } from './before-first-sign.ts';
import { chooseFrom } from './choose.ts';
import { send } from './context.ts';
import { declareFrom } from './declare.ts';
import { entryFrom } from './entry.ts';
import { eraseFrom } from './erase.ts';
import { handoverFrom } from './handover.ts';
import { keepMessage } from './keep-message.ts';
import { addLeftFrom, goneFrom, keepFrom, keepRestFrom, moveFrom } from './left.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';
import { sendNote } from './note.ts';
import { mayTouch } from './pick.ts';
import { stillFrom } from './quiet.ts';
import { type ReviewForm, reviewForm } from './report.ts';
import { startInsideFrom, startRunFrom } from './start-run.ts';
import { updateFrom } from './update.ts';

export async function submitted(context: ModalContext, { modal, data }: Submitted): Promise<Done> {
  const { room, entered } = context;
  const { door } = room;
  const decide = async (incident: number, what: What, fields?: Record<string, string>): Promise<Done> => {
    const answer = await send(context, incident, what);
    const reply = replyTo(answer, fields);
    if (answer.ok || answer.code !== 'locked') return { reply };
    // A form holds no button that lasts: the way out is a message in the incident's channel.
    const { channel } = await placeOf(context, incident);
    return { reply, after: () => postLocked(room, channel, context.actor.user, answer) };
  };
  switch (modal) {
    case 'declare':
      return declareFrom(context, data);
    case 'note': {
      const { zone, channel } = await placeOf(context, data.incident);
      const now = door.now();
      const when = onlyTime(entered.one(NOTE.at), { zone, now });
      if (!when.ok) return { reply: { errors: { [NOTE.at]: when.says } } };
      const kind =
        noteKinds.map(([value]) => value).find((value) => value === entered.one(NOTE.kind)) ?? 'note';
      const note = { kind, text: entered.one(NOTE.text), time: when.time, now };
      const answer = await sendNote({ ...context, channel }, data.incident, note);
      const early = answer.ok ? await firstSignWords(room, data.incident, when.time.at) : '';
      if (early === '') return { reply: replyTo(answer) };
      const noted = `:memo: Noted at ${esc(timeWords(when.time, { zone, now }))}.${early}`;
      return { reply: { update: toldModal('Noted', noted) } };
    }
    case 'update':
      return updateFrom(context, data);
    case 'handover':
      return handoverFrom(context, data);
    case 'still':
      return stillFrom(context, data);
    case 'entry':
      return entryFrom(context, data);
    case 'erase':
      return eraseFrom(context, data);
    case 'role': {
      const user = entered.one(ROLE.person);
      if (user === '') return { reply: { errors: { [ROLE.person]: 'Choose somebody.' } } };
      const person = { id: `slack:${user}`, name: await room.people.name(user) };
      return decide(data.incident, { do: 'set role', role: entered.one(ROLE.role) || 'lead', person });
    }
    case 'resolve': {
      const { zone } = await placeOf(context, data.incident);
      const when = onlyTime(entered.one(RESOLVE.at), { zone, now: door.now() });
      if (!when.ok) return { reply: { errors: { [RESOLVE.at]: when.says } } };
      const summary = entered.one(RESOLVE.summary);
      const what: What = { do: 'resolve', at: when.time.at, ...(summary ? { summary } : {}) };
      return decide(data.incident, what, { before: RESOLVE.at });
    }
    case 'run':
      return startRunFrom(context, data);
    case 'inside':
      return startInsideFrom(context, data);
    case 'phrase':
      return decide(
        data.incident,
        { do: 'confirm', at: data.at, hash: data.hash, phrase: entered.one(PHRASE) },
        { phrase: PHRASE },
      );
    case 'alone':
      return decide(
        data.incident,
        { do: 'go alone', at: data.at, hash: data.hash, reason: entered.one(REASON) },
        { reason: REASON },
      );
    case 'again': {
      const phrase = entered.one(PHRASE);
      return decide(data.incident, { do: 'try again', at: data.at, phrase }, { arrives: PHRASE });
    }
    case 'take-over': {
      const { incident, at, from } = data;
      const phrase = entered.one(TAKE_OVER_PHRASE);
      return decide(incident, { do: 'take over', at, from, phrase }, { phrase: TAKE_OVER_PHRASE });
    }
    case 'go-on':
      return decide(
        data.incident,
        { do: 'go on', at: data.at, reason: entered.one(REASON) },
        { reason: REASON },
      );
    case 'skip':
      return decide(
        data.incident,
        { do: 'skip', at: data.at, reason: entered.one(REASON) },
        { reason: REASON },
      );
    case 'end-run':
      return decide(
        data.incident,
        { do: 'end run', run: data.run, reason: entered.one(REASON) },
        { reason: REASON },
      );
    case 'choose':
      return chooseFrom(context, data);
    case 'keep':
      return keepFrom(context, data);
    case 'keep-rest':
      return keepRestFrom(context, data);
    case 'gone':
      return goneFrom(context, data);
    case 'move':
      return moveFrom(context, data);
    case 'add-left':
      return addLeftFrom(context, data);
    case 'alone-disagree':
      return decide(
        data.incident,
        { do: 'judge alone', looseEnd: data.looseEnd, agrees: false, reason: entered.one(REASON) },
        { reason: REASON },
      );
    case 'pick-section':
    case 'section':
    case 'whys':
    case 'pick-follow-up':
    case 'follow-up':
    case 'waive':
      return reviewForm(context, { modal, data } as ReviewForm);
    case 'pick-for-message': {
      const incident = Number(entered.one(PICK.incident));
      const { message, author } = data;
      if (!Number.isInteger(incident) || incident < 1)
        return { reply: { errors: { [PICK.incident]: 'Choose one.' } } };
      if (!(await mayTouch(room, context.actor.user, incident)))
        return { reply: { errors: { [PICK.incident]: 'You cannot see that incident.' } } };
      const answer = await keepMessage(
        context,
        incident,
        { ...message, ...(author ? { author } : {}) },
        'shortcut',
      );
      return {
        reply: answer.ok
          ? { update: toldModal('On the timeline', `:pushpin: It is on the timeline of INC-${incident}.`) }
          : replyTo(answer),
      };
    }
    case 'told':
      return { reply: { close: true } };
  }
}

async function placeOf(context: ModalContext, incident: number): Promise<{ zone: string; channel: string }> {
  const found = await context.room.door.look(incident, ({ declared, channel }) => ({
    zone: declared.zone,
    channel: channel?.id ?? '',
  }));
  return found ?? { zone: context.room.door.config.zone, channel: '' };
}
