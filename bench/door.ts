/** The door of this process over a database: what a command costs without Slack. */

import type pg from 'pg';
import { register } from '../src/actions/index.ts';
import type { Answer, Asker, Command } from '../src/incidents/commands.ts';
import type { Knowledge } from '../src/incidents/draft.ts';
import { handle } from '../src/incidents/handle.ts';
import { languageOf } from '../src/runbooks/language.ts';
import { Store } from '../src/store/store.ts';
import { ANA, declared } from './long-incident.ts';

const asker: Asker = { person: ANA, levels: ['observe', 'operate'], groups: [] };

const knows: Knowledge = {
  language: languageOf(register),
  runbook: () => undefined,
  mayApprove: () => false,
  samePerson: (a, b) => a === b,
  otherApprovers: () => 0,
  aloneAfterMs: 300_000,
  executeWithinMs: 300_000,
};

export interface BenchDoor {
  readonly store: Store;
  /** Opens an incident and gives its number. */
  declare(): Promise<number>;
  note(incident: number): Promise<void>;
}

let sent = 0;

export function doorOver(pool: pg.Pool): BenchDoor {
  const store = new Store(pool, () => undefined);
  const send = async (command: Omit<Command, 'id' | 'by' | 'now'>): Promise<Answer> => {
    sent += 1;
    const answer = await handle(store, knows, {
      id: `bench:${sent}`,
      by: asker,
      now: Date.now(),
      ...command,
    });
    if (!answer.ok) throw new Error(`the door refused: ${answer.says}`);
    return answer;
  };
  return {
    store,
    async declare() {
      if (declared.type !== 'incident_declared') throw new Error('a declaration is expected');
      const answer = await send({ what: { do: 'declare', body: declared.body } });
      return answer.ok ? answer.incident : 0;
    },
    async note(incident) {
      const body = {
        entry: `bench-${sent}`,
        kind: 'note' as const,
        text: 'pods are on new nodes, the leader is db-2, nothing else changed',
        at: Date.now(),
        precision: 'exact' as const,
        source: { kind: 'slack' as const, channel: 'C0BENCH' },
      };
      await send({ incident, what: { do: 'note', body } });
    },
  };
}
