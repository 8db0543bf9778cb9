/** Writes down what each person is told when people or machines meet at a button: refusals, and what the channel shows. */
import type { Answer, Asker, Command, What } from '../../src/incidents/commands.ts';
import { aloneEnd } from '../../src/incidents/decide/alone.ts';
import type { Knowledge } from '../../src/incidents/draft.ts';
import type { At, Event } from '../../src/incidents/events.ts';
import { type DoorStore, handle } from '../../src/incidents/handle.ts';
import { react } from '../../src/incidents/react.ts';
import type { Incident } from '../../src/incidents/state.ts';
import { aloneMessage } from '../../src/slack/views/alone.ts';
import { lockLostLine } from '../../src/slack/views/locks.ts';
import { waits } from '../../src/slack/views/steps.ts';
import { tellLine } from '../../src/slack/views/tell.ts';
import { answeredMessage, tryOf, waitMessage } from '../../src/slack/views/wait.ts';

/** Who was told, and the sentence: `Ben: Already confirmed by Ana.` */
export type Told = string;

/** A machine: its own memory of incidents over what all of them share. */
export interface Machine {
  readonly store: DoorStore;
  readonly knows: Knowledge;
  readonly events: (incident: number) => Promise<readonly Event[]>;
}

const CHANNEL = 'everybody';

export class Witness {
  readonly told: Told[] = [];
  readonly #seen = new Map<number, number>();
  readonly #waiting = new Map<string, { incident: number; at: At }>();
  #ids = 0;

  /** Brings a command to a machine; what this person and the channel are told is written down. */
  async send(
    { store, knows, events }: Machine,
    by: Asker,
    what: What,
    more: { incident?: number; id?: string; now: number; as?: string },
  ): Promise<Answer> {
    const { incident = 1, id = `w${++this.#ids}`, now, as = by.person.name } = more;
    const command: Command = { id, incident, by, now, what };
    const answer = await handle(store, knows, command);
    if (answer.says) this.told.push(`${as}: ${plain(answer.says)}`);
    await this.look({ store, events }, incident);
    return answer;
  }

  /** What the channel shows since the last look. */
  async look({ store, events }: Pick<Machine, 'store' | 'events'>, incident: number): Promise<void> {
    const state = await store.incident(incident, { fresh: true });
    if (!state) return;
    const all = await events(incident);
    const fresh = all.filter(({ version }) => version > (this.#seen.get(incident) ?? 0));
    this.#seen.set(incident, state.version);
    for (const effect of react(fresh, state)) {
      if (effect.kind !== 'wait' && effect.kind !== 'tell') continue;
      const event = fresh.find(({ version }) => version === effect.version);
      const words = event && this.#shown(state, event, effect.kind === 'wait' ? effect.at : undefined);
      if (words) this.#say(state, words);
    }
    for (const [key, { incident: number, at }] of this.#waiting) {
      if (number !== incident) continue;
      const found = tryOf(state, at);
      const closed = state.closedAt !== undefined && found !== undefined && waits(found.one);
      if (!found || (waits(found.one) && found.last && !closed)) continue;
      this.#waiting.delete(key);
      this.#say(state, answeredMessage(found.run, found.one, { again: !found.last, closed }).text);
    }
  }

  /** From here on: what led up to the meeting is left out. */
  begin(): void {
    this.told.length = 0;
  }

  #say({ number }: Incident, words: string): void {
    const who = this.#seen.size > 1 ? `${CHANNEL} in INC-${number}` : CHANNEL;
    this.told.push(`${who}: ${plain(words)}`);
  }

  #shown(incident: Incident, event: Event, at: At | undefined): string | undefined {
    if (event.type === 'lock_lost') return lockLostLine(incident, event);
    if (event.type === 'approved') {
      const end = incident.looseEnds.get(aloneEnd(event.body));
      const told = end && aloneMessage(incident, end, { users: ['UBEN'], usergroups: [] }).blocks[0];
      return told?.type === 'section' ? told.text?.text : undefined;
    }
    if (at === undefined) return tellLine(incident, event);
    const found = tryOf(incident, at);
    if (!found?.last) return undefined;
    if (event.type === 'approval_requested' && found.one.requested?.aloneAllowed) return undefined;
    const { run, one } = found;
    const approvers = { users: ['UBEN'], usergroups: [] };
    const message = waitMessage({ incident, run, one, at, event, approvers });
    const key = `${incident.number}.${at.run}.${at.step}.${at.try}`;
    if (message && waits(one)) this.#waiting.set(key, { incident: incident.number, at });
    const sections = (message?.blocks ?? []).flatMap((block) =>
      block.type === 'section' && block.text ? [block.text.text] : [],
    );
    return sections[1];
  }
}

const names: Record<string, string> = { UANA: 'Ana', UBEN: 'Ben', UCLEO: 'Cleo' };

/** As it reads on the screen, without pictures and marks. */
export function plain(text: string): string {
  return text
    .replaceAll(/<@([A-Z]+)>/g, (_, id: string) => `@${names[id] ?? id}`)
    .replaceAll(/<!date\^[^|]*\|([^>]*)>/g, '$1')
    .replaceAll(/:[a-z_]+: ?/g, '')
    .replaceAll(/[*`_~]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
