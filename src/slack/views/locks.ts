/** Who holds what a change locks: on the card and the run, at a refusal, and when it is taken over. */
import type { Answer } from '../../incidents/commands.ts';
import type { EventOf } from '../../incidents/events.ts';
import { ARRIVES, locksHeld } from '../../incidents/locks.ts';
import type { Incident, RunState } from '../../incidents/state.ts';
import { type Button, button, modal, section, textInput, type View } from '../blocks.ts';
import { callbackId, type ModalData, writeData } from '../ids.ts';
import { code, line, moment, who } from '../mrkdwn.ts';

type Held = NonNullable<Extract<Answer, { ok: false }>['held']>;

const keysOf = (keys: readonly string[]): string =>
  keys
    .slice(0, 5)
    .map((key) => code(key, 200))
    .join(' and ');

/** What a run holds now, with holder and since; what was taken over from it. Empty for most. */
export function lockLines(incident: Incident, run: RunState): string[] {
  const { zone } = incident.declared;
  return [...run.steps.values()].flatMap(({ tries }) =>
    tries.flatMap((one) => {
      const held = locksHeld(one);
      const by = one.confirmedBy && one.started ? ` by ${line(one.confirmedBy.name, 80)}` : '';
      const mine =
        held.length > 0
          ? [`:lock: Held${by} since ${moment(one.holdsSince ?? one.openedAt, zone)}: ${keysOf(held)}`]
          : [];
      const lost = one.phase === 'closed' ? [] : (one.lostLocks ?? []);
      return [
        ...mine,
        ...lost.map(({ keys, by: taker, to, at }) => {
          const where = to === incident.number ? '' : ` for INC-${to}`;
          return `:unlock: Taken over by ${line(taker.name, 80)}${where} ${moment(at, zone)}: ${keysOf(keys)}`;
        }),
      ];
    }),
  );
}

/** The button of a refusal. While a call may still arrive it opens a form. */
export function takeOverButton({ incident, at, from, arrives }: Held): Button {
  const value = { incident, at: { ...at }, from: from.slice(0, 5), arrives };
  return button('take-over', 'Take over', value, { style: 'danger' });
}

export const TAKE_OVER_PHRASE = 'phrase';

/** The other change has called, or is about to: who takes over says that they know. */
export function takeOverModal(data: ModalData<'take-over'>): View {
  return modal({
    callback: callbackId('take-over'),
    title: 'Take over',
    submit: 'Take over',
    metadata: writeData('take-over', data),
    blocks: [
      section(
        'The other change has been confirmed and its call has not come back. It is not stopped by this: *both changes can reach the same object.* Look at the object before you confirm yours.',
      ),
      textInput({ block: TAKE_OVER_PHRASE, label: `Type exactly: ${ARRIVES}`, most: 100 }),
    ],
  });
}

export function lockTakenLine({ body, by }: EventOf<'lock_taken'>): string {
  const from = [...new Set(body.locks.map((lock) => `${line(lock.by, 80)} in INC-${lock.incident}`))];
  const keys = keysOf([...new Set(body.locks.map(({ key }) => key))]);
  const arrives = body.arrives ? ' *A call of the other change may still arrive.*' : '';
  return `:lock: ${who(by)} took over ${keys} from ${from.join(' and ')}. The change can be confirmed now.${arrives}`;
}

/** Undefined within one incident: there the line above says it. */
export function lockLostLine(incident: Incident, { body }: EventOf<'lock_lost'>): string | undefined {
  if (body.to === incident.number) return undefined;
  const step = incident.runs.get(body.run)?.steps.get(body.step);
  const one = step?.tries.find((candidate) => candidate.try === body.try);
  const title = one ? ` (“${line(one.title, 150)}”)` : '';
  return `:unlock: ${who(body.by)} took over ${keysOf(body.keys)} for INC-${body.to}${title}. What was started here goes on: look before you go on.`;
}
