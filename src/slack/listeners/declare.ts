/** Declares an incident from its modal; the modal then shows the way to the channel. */
import { systemById } from '../../catalog/systems.ts';
import type { Bodies, Severity } from '../../incidents/events.ts';
import { onlyTime } from '../../incidents/time-words.ts';
import { cut } from '../fit.ts';
import type { ModalData } from '../ids.ts';
import type { Room } from '../room.ts';
import { DECLARE, declaredModal, openedModal, severities } from '../views/modals/declare.ts';
import { send } from './context.ts';
import { keepMessage } from './keep-message.ts';
import { type Done, type ModalContext, replyTo } from './modal-context.ts';

export async function declareFrom(context: ModalContext, data: ModalData<'declare'>): Promise<Done> {
  const { room, entered } = context;
  const { config, catalog } = room.door;
  const title = entered.one(DECLARE.title);
  if (title === '') return { reply: { errors: { [DECLARE.title]: 'Say in a few words what is wrong.' } } };
  const when = onlyTime(entered.one(DECLARE.since), { zone: config.zone, now: room.door.now() });
  if (!when.ok) return { reply: { errors: { [DECLARE.since]: when.says } } };
  const severity =
    severities.map(([value]) => value).find((value) => value === entered.one(DECLARE.severity)) ??
    ('SEV3' satisfies Severity);
  const system = systemById(catalog, entered.one(DECLARE.system));
  const options = entered.many(DECLARE.options);
  const body: Bodies['incident_declared'] = {
    title: cut(title.replace(/\s+/g, ' '), 200),
    severity,
    ...(system ? { system: declaredSystem(system) } : {}),
    namespace: system?.namespace ?? config.namespace,
    noticed: entered.one(DECLARE.noticed),
    since: when.time.at,
    zone: config.zone,
    private: options.includes('private'),
    drill: options.includes('drill'),
    quiet: false,
    ...(config.quietMinutes ? { quietMinutes: config.quietMinutes } : {}),
    ...(data.channel ? { place: data.channel } : {}),
    invited: [],
  };
  const answer = await send(context, undefined, { do: 'declare', body });
  if (!answer.ok) return { reply: replyTo(answer) };
  const { incident } = answer;
  return {
    reply: { update: declaredModal(incident, body.title) },
    after: async () => {
      if (data.message) await keepMessage(context, incident, data.message, 'shortcut', 'message');
      await showChannel(room, context.view.id, incident, body.title);
    },
  };
}

function declaredSystem(
  system: NonNullable<ReturnType<typeof systemById>>,
): NonNullable<Bodies['incident_declared']['system']> {
  const { id, title, namespace, project, environment, picture, docs, dependencies, contacts } = system;
  return {
    id,
    title,
    namespace,
    ...(project ? { project } : {}),
    ...(environment ? { environment } : {}),
    ...(picture ? { picture } : {}),
    docs: [...docs],
    dependencies: [...dependencies],
    contacts: contacts.map(({ name, what, channel }) => ({ name, what, ...(channel ? { channel } : {}) })),
  };
}

const lookEveryMs = 200;
const patienceMs = 30_000;

/** Whichever process opens the channel: the state says so. */
async function showChannel(room: Room, view: string, incident: number, title: string): Promise<void> {
  const end = room.door.now() + patienceMs;
  try {
    while (room.door.now() < end) {
      const channel = await room.door.look(incident, (state) => state.channel);
      if (channel) {
        await room.client.views.update({ view_id: view, view: openedModal(incident, title, channel) });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  } catch (error) {
    // The person closed the modal: the channel has invited them all the same.
    room.log.debug({ error, incident }, 'the declaring modal was not updated');
  }
}
