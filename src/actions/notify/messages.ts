/** What is sent to each kind of receiver. */
import type { ChangingCall } from '../action.ts';
import type { Message } from './send.ts';
import type { Way } from './which-contact.ts';

export const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

const PRIORITIES = { critical: 'P1', error: 'P2', warning: 'P3', info: 'P4' } as const;

export interface Escalation {
  readonly contact: string;
  readonly severity: Severity;
  /** As people confirmed it. */
  readonly text: string;
  /** The same key is the same alert, for a receiver that looks at keys. */
  readonly key: string;
}

type Sent = Pick<Message, 'url' | 'headers' | 'body'>;
type Where = Pick<ChangingCall, 'incident' | 'namespace'>;

/**
 * PagerDuty: Events API v2 (developer.pagerduty.com, "Send an Alert Event"): `dedup_key`, summary up to 1,024
 * characters. Opsgenie: Alert API, "Create Alert": `alias`, message up to 130 characters. A webhook gets `text`, which
 * is what incoming webhooks of chats read, and the rest beside it.
 */
export function messageTo(way: Exclude<Way, { by: 'slack' }>, about: Escalation, at: Where): Sent {
  const { text, severity, key } = about;
  const incident = `INC-${at.incident}`;
  switch (way.by) {
    case 'pagerduty':
      return {
        url: new URL('/v2/enqueue', way.url),
        body: {
          routing_key: way.key,
          event_action: 'trigger',
          dedup_key: key,
          client: 'Handrail',
          payload: {
            summary: text.slice(0, 1024),
            source: at.namespace,
            severity,
            custom_details: { incident, contact: about.contact, text },
          },
        },
      };
    case 'opsgenie':
      return {
        url: new URL('/v2/alerts', way.url),
        headers: { authorization: `GenieKey ${way.key}` },
        body: {
          message: text.length > 130 ? `${text.slice(0, 129)}…` : text,
          alias: key,
          description: text,
          priority: PRIORITIES[severity],
          source: `Handrail, ${at.namespace}`,
          tags: ['handrail', incident],
          details: { incident, contact: about.contact, namespace: at.namespace },
        },
      };
    case 'webhook':
      return {
        url: way.url,
        headers: { 'idempotency-key': key },
        body: {
          text,
          event: 'escalation',
          incident,
          severity,
          namespace: at.namespace,
          contact: about.contact,
          key,
        },
      };
  }
}

/** Where Opsgenie tells what became of an alert, by the key that it was made with. */
export function alertByKey(way: { url: URL; key: string }, key: string): Sent {
  return {
    url: new URL(`/v2/alerts/${encodeURIComponent(key)}?identifierType=alias`, way.url),
    headers: { authorization: `GenieKey ${way.key}` },
  };
}
