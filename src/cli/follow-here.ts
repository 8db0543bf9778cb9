/** Works in one incident from this terminal: commands through the door, a loop of its own, and what happens followed. */
import type { Answer, Asker, What } from '../incidents/commands.ts';
import { choicesFor } from '../perform/choices.ts';
import { startLoop } from '../perform/loop.ts';
import type { ChoicesOf } from './fill.ts';
import { type FollowOptions, follow } from './follow.ts';
import type { Session } from './session.ts';

/** As who sits here. Without `incident` it opens one. */
export function sender(session: Session, by: Asker): (what: What, incident?: number) => Promise<Answer> {
  const { handrail } = session;
  return (what, incident) =>
    handrail.send({
      id: session.newId(),
      ...(incident === undefined ? {} : { incident }),
      by,
      now: handrail.now().getTime(),
      what,
    });
}

/** Live choices in this namespace. */
export function choicesIn({ handrail }: Session, namespace: string): ChoicesOf {
  return (param, runbook) => choicesFor(handrail.worker, param, { namespace }, runbook);
}

/** `begin` is sent before anything is shown. Gives the exit code. */
export async function followHere(
  session: Session,
  at: { readonly incident: number; readonly namespace: string; readonly asker: Asker },
  begin: (send: (what: What) => Promise<Answer>) => Promise<void>,
  options: FollowOptions & { readonly concurrency?: number },
): Promise<number> {
  const { handrail } = session;
  const { incident, namespace, asker } = at;
  const { store } = handrail;
  const send = sender(session, asker);
  const loop = startLoop(handrail.worker, session.bells, {
    sweepMs: 500,
    concurrency: options.concurrency ?? 4,
  });
  try {
    await begin((what) => send(what, incident));
    return await follow(
      {
        incident,
        me: asker.person.id,
        approves: asker.levels.includes('approve'),
        now: () => handrail.now().getTime(),
        zone: session.config.handrail.zone,
        choices: choicesIn(session, namespace),
        offered: (id) => handrail.runbooks().get(id),
        events: () => store.events(incident),
        look: (view) => store.look(incident, view),
        send: (what) => send(what, incident),
      },
      options,
    );
  } finally {
    await loop.stop(5000);
  }
}
