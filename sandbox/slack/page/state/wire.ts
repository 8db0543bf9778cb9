// Asks the local Slack, for one person. An answer that does not come is an answer too: the page never throws for it.

import type {
  PageAct,
  PageEvent,
  PageHistory,
  PageOutcome,
  PageSession,
  PageSnapshot,
} from '../../page-protocol.ts';

const GONE = 'The local Slack does not answer. Is it still running?';

/** The server said no in words, or could not be reached. */
export class Refused extends Error {}

async function ask<T>(path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(
      path,
      body === undefined
        ? {}
        : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    );
  } catch {
    throw new Refused(GONE);
  }
  const said = (await answer.json().catch(() => ({}))) as T & { error?: string };
  if (!answer.ok) throw new Refused(said.error ?? `${GONE} (${answer.status})`);
  return said;
}

const query = (fields: Record<string, string | number | undefined>): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  ).toString();

export const loadSession = (): Promise<PageSession> => ask('/page/api/session');

export interface HistoryWish {
  thread_ts?: string;
  before?: string;
  limit?: number;
}

export interface Wire {
  load(): Promise<PageSnapshot>;
  history(channel: string, wish?: HistoryWish): Promise<PageHistory>;
  act(act: PageAct): Promise<PageOutcome>;
  fileAddress(id: string): string;
  fileText(id: string): Promise<string>;
  /** Calls `onOpen` at every (re)connection, `onLost` when it breaks; the browser tries again by itself. */
  listen(on: { open: () => void; event: (event: PageEvent) => void; lost: (forGood: boolean) => void }): void;
}

/** As people write: with a capital letter and a full stop. */
export const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…)]$/.test(begun) ? begun : `${begun}.`;
};

/** @param as the id of the person. */
export function wireFor(as: string): Wire {
  return {
    load: () => ask('/page/api/load', { as }),
    history: (channel, wish = {}) => ask(`/page/api/history?${query({ as, channel, ...wish })}`),
    async act(act) {
      try {
        const outcome = await ask<PageOutcome>('/page/api/act', { as, act });
        return outcome.text === undefined ? outcome : { ...outcome, text: sentence(outcome.text) };
      } catch (error) {
        return { ok: false, text: sentence((error as Error).message) };
      }
    },
    fileAddress: (id) => `/page/api/files/${encodeURIComponent(id)}?${query({ as })}`,
    async fileText(id) {
      const answer = await fetch(this.fileAddress(id)).catch(() => undefined);
      if (answer?.ok !== true) throw new Refused('The file cannot be read any more.');
      return answer.text();
    },
    listen({ open, event, lost }) {
      const source = new EventSource(`/page/live?${query({ as })}`);
      source.onopen = open;
      source.onmessage = ({ data }) => event(JSON.parse(data) as PageEvent);
      source.onerror = () => lost(source.readyState === EventSource.CLOSED);
    },
  };
}
