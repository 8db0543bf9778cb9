// HTTP delivery: signed requests to the bot's own address, commands and interactions as forms, events as JSON.

import { createHmac, randomBytes } from 'node:crypto';
import { isRecord } from '../blocks/rule.ts';
import { isLoopback } from '../loopback.ts';
import type { Delivery } from '../wire-log.ts';
import type { Ack, Carrier } from './courier.ts';

export interface Requests extends Carrier {
  /** Sends `url_verification`; true when the bot answered with the challenge. */
  verify(): Promise<boolean>;
}

/** The header `X-Slack-Signature` of a body: version, timestamp and body under the signing secret. */
function signature(secret: string, timestamp: number, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
}

function bodyOf(delivery: Pick<Delivery, 'kind' | 'payload'>): { body: string; type: string } {
  if (delivery.kind === 'events_api')
    return { body: JSON.stringify(delivery.payload), type: 'application/json' };
  const fields =
    delivery.kind === 'slash_commands'
      ? (delivery.payload as Record<string, string>)
      : { payload: JSON.stringify(delivery.payload) };
  return { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded' };
}

/** An acknowledgement's body: JSON where it is JSON, plain text otherwise, nothing when empty. */
function said(text: string): unknown {
  if (text === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : text;
  } catch {
    return text;
  }
}

/** @param address of the bot's endpoint; asked anew for each delivery. @throws when it is not on this machine. */
export function createRequests(address: () => string, secret: string, clock: () => number): Requests {
  async function post(body: string, type: string, timeoutMs: number, headers: Record<string, string> = {}) {
    const url = new URL(address());
    if (!isLoopback(url.host))
      throw new Error(`the local Slack delivers to this machine only, not to ${url.host}`);
    const timestamp = Math.floor(clock() / 1000);
    return fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(timestamp),
        'x-slack-signature': signature(secret, timestamp, body),
        ...headers,
      },
    });
  }

  return {
    async send(delivery, timeoutMs, retry): Promise<Ack> {
      const { body, type } = bodyOf(delivery);
      try {
        const again: Record<string, string> =
          retry === undefined
            ? {}
            : { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason };
        const response = await post(body, type, timeoutMs, again);
        const text = await response.text();
        if (response.status >= 200 && response.status < 300) return { ok: true, payload: said(text) };
        const noRetry = response.headers.get('x-slack-no-retry') === '1';
        return { ok: false, error: 'dispatch_failed', reason: 'http_error', noRetry };
      } catch (error) {
        if (error instanceof DOMException && error.name === 'TimeoutError')
          return { ok: false, error: 'operation_timeout', reason: 'http_timeout' };
        return { ok: false, error: 'not_connected', reason: 'connection_failed' };
      }
    },
    async verify() {
      const challenge = randomBytes(20).toString('hex');
      const body = JSON.stringify({ type: 'url_verification', token: 'local', challenge });
      try {
        const response = await post(body, 'application/json', 3000);
        return (await response.text()).includes(challenge);
      } catch {
        return false;
      }
    },
    // Over HTTP there is nothing to wait for: the next attempt finds out.
    reachable: () => Promise.resolve(true),
    disconnect: () => {},
    close: () => Promise.resolve(),
  };
}
