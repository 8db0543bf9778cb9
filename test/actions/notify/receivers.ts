/** Receivers of escalations: real servers of the test, and contacts that are told by them. */
import type { RequestListener, ServerResponse } from 'node:http';
import type { Contact } from '../../../src/catalog/catalog.ts';
import type { Servers } from '../http/web-servers.ts';
import { type Around, type Received, received } from './stage.ts';

export const KEY = 'planted-key-0123456789';
const secrets = { PAGER_KEY: KEY, GENIE_KEY: KEY };
export const base = { name: 'Platform', what: 'the cluster', phone: '+1 555 0100' };
export const asked = { contact: 'Platform', text: 'The database is down and nobody here may restart it.' };
export const TEXT = `INC-7: ${asked.text}`;

/** A server that keeps what it gets and answers with `answer`. */
export async function receiver(
  servers: Servers,
  answer: (response: ServerResponse, got: Received) => void,
): Promise<{ url: string; got: Received[] }> {
  const got: Received[] = [];
  const listener: RequestListener = (request, response) => {
    received(request).then(
      (one) => {
        got.push(one);
        answer(response, one);
      },
      () => response.destroy(),
    );
  };
  return { url: await servers.web(listener), got };
}
export const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) => response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const kinds = ['pagerduty', 'opsgenie', 'webhook'] as const;
/** A contact that is told this way, at a server of the test. */
export function by(kind: (typeof kinds)[number], url: string): Around {
  const escalations: Record<(typeof kinds)[number], Contact['escalate']> = {
    pagerduty: { by: 'pagerduty', keyFrom: 'PAGER_KEY', url },
    opsgenie: { by: 'opsgenie', keyFrom: 'GENIE_KEY', url },
    webhook: { by: 'webhook', urlFrom: 'HOOK' },
  };
  const escalation = escalations[kind];
  return {
    contacts: [{ ...base, ...(escalation ? { escalate: escalation } : {}) }],
    secrets: { ...secrets, HOOK: `${url}/hooks/planted-path` },
  };
}
