// What a Web API method is: the scopes it needs, its arguments, how often it may be called, and what it does.

import { z } from 'zod';
import type { Json } from '../blocks/rule.ts';
import type { Channel } from '../state/channels.ts';
import type { Workspace } from '../state/workspace.ts';

/** An answer of Slack that is not ok. `code` must be documented for the method (`documented.ts`). */
export class SlackError extends Error {
  readonly code: string;
  readonly details: Json;
  constructor(code: string, details: Json = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}

export function fail(code: string, details: Json = {}): never {
  throw new SlackError(code, details);
}

/** `invalid_arguments` with the places, as Slack words them. */
export const invalidArguments = (messages: readonly string[]): never =>
  fail('invalid_arguments', { response_metadata: { messages: messages.map((each) => `[ERROR] ${each}`) } });

export type ScopesByKind = Record<Channel['kind'], readonly string[]>;

export interface Call {
  ws: Workspace;
  bot: string;
  granted: ReadonlySet<string>;
  /** @throws SlackError missing_scope unless one of these is granted. */
  need(anyOf: readonly string[]): void;
  has(scope: string): boolean;
  /** The next ticket for a Socket Mode connection. */
  socketUrl(): string;
}

/** Slack's rate tiers: calls a minute, per method; `post` is one a second and channel. */
export type Tier = 2 | 3 | 4 | 'post' | 'none';

export interface Method {
  token: 'bot' | 'app' | 'none';
  /** One of these must be granted before the arguments are looked at. Empty: no scope needed. */
  scopes: readonly string[];
  tier: Tier;
  args: z.ZodType;
  run(args: unknown, call: Call): Json | Promise<Json>;
}

export function method<S extends z.ZodType>(spec: {
  token?: Method['token'];
  scopes?: readonly string[];
  tier: Tier;
  args: S;
  run: (args: z.output<S>, call: Call) => Json | Promise<Json>;
}): Method {
  return {
    token: spec.token ?? 'bot',
    scopes: spec.scopes ?? [],
    tier: spec.tier,
    args: spec.args,
    run: (args, call) => spec.run(args as z.output<S>, call),
  };
}

// Arguments arrive as form fields (strings) or as JSON; both mean the same.

export const text = z.union([z.string(), z.number().transform(String)]);
export const flag = z.union([
  z.boolean(),
  z.literal(['true', '1']).transform(() => true),
  z.literal(['false', '0', '']).transform(() => false),
]);
export const whole = z.union([z.number().int(), z.string().regex(/^\d+$/).transform(Number)]);

/** A JSON value, perhaps as a string; a string that is no JSON stays one, for the method to refuse. */
export const json = z.unknown().transform((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
});

export const commaList = z
  .union([z.array(z.string()), z.string().transform((value) => value.split(','))])
  .transform((all) => all.map((each) => each.trim()).filter((each) => each !== ''));

/** Slack ignores arguments it does not know. */
export const args = <T extends z.ZodRawShape>(shape: T) => z.object(shape);
