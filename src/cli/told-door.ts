/** What a person at a terminal tells an incident, through the same door as in Slack. */
import type { Answer, What } from '../incidents/commands.ts';
import type { Session } from './session.ts';

/** With the rights that handrail.yaml gives this terminal on the incident's system. */
export async function tellDoor(session: Session, incident: number, what: What, id: string): Promise<Answer> {
  const { handrail, me } = session;
  const system = await handrail.store.look(incident, ({ declared }) => declared.system?.id);
  return handrail.send({
    id,
    incident,
    by: handrail.asker(me, system),
    now: handrail.now().getTime(),
    what,
  });
}
