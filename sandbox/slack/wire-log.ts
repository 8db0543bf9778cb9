// What went over the wire, kept for tests: the bot's API calls and Slack's deliveries with their acknowledgements.

import type { Json } from './blocks/rule.ts';

interface ApiCall {
  method: string;
  args: Json;
  at: number;
  /** `ok`, an error code, or `dropped`. */
  answer: string;
  httpStatus: number;
}

export type DeliveryKind = 'slash_commands' | 'interactive' | 'events_api';

export interface Delivery {
  kind: DeliveryKind;
  payload: Json;
  /** 0 for the first attempt. */
  attempt: number;
  at: number;
  /** Over Socket Mode. */
  envelopeId?: string;
  outcome: 'waiting' | 'acked' | 'timeout' | 'not_connected' | 'failed';
  ack?: unknown;
}

export interface WireLog {
  calls: ApiCall[];
  deliveries: Delivery[];
  /** Events that were given up after the last retry. */
  lost: Json[];
}

const MOST = 20_000;

export const createWireLog = (): WireLog => ({ calls: [], deliveries: [], lost: [] });

/** Appends; the oldest entries go when there are very many. */
export function keep<T>(list: T[], entry: T): T {
  list.push(entry);
  if (list.length > MOST) list.splice(0, MOST / 2);
  return entry;
}
