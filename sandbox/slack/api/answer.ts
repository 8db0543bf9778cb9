// Answers one Web API call: faults, token, scopes, rate limits and arguments in that order, then the method itself.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Json } from '../blocks/rule.ts';
import type { FaultState } from '../faults.ts';
import { bytesOf, fieldsOf } from '../http-body.ts';
import type { Workspace } from '../state/workspace.ts';
import { keep, type WireLog } from '../wire-log.ts';
import { documented } from './documented.ts';
import type { Limiter } from './limits.ts';
import { type Call, fail, type Method, SlackError } from './method.ts';
import { methods } from './methods.ts';

export interface Api {
  ws: Workspace;
  faults: FaultState;
  log: WireLog;
  limiter: Limiter;
  tokens: { bot: string; app: string };
  granted: ReadonlySet<string>;
  socketUrl: () => string;
  /** An error of ours: a method answered a code that Slack does not document for it, or broke. */
  onBug: (error: Error) => void;
}

interface Answered {
  status: number;
  body: Json;
  headers: Record<string, string>;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function tokenOf(request: IncomingMessage, fields: Json): string | undefined {
  const header = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return header ?? (typeof fields.token === 'string' ? fields.token : undefined);
}

function checkToken(api: Api, method: Method, token: string | undefined): void {
  if (method.token === 'none') return;
  if (token === undefined || token === '') return fail('not_authed');
  if (token !== api.tokens.bot && token !== api.tokens.app) return fail('invalid_auth');
  if (token !== api.tokens[method.token]) fail('not_allowed_token_type');
}

function complaints(error: z.ZodError, fields: Json): string[] {
  return error.issues.slice(0, 20).map((issue) => {
    const path = issue.path.map(String);
    const missing = path.length === 1 && fields[path[0] ?? ''] === undefined;
    return missing
      ? `missing required field: ${path[0]} [json-pointer:/${path[0]}]`
      : `${issue.message} [json-pointer:/${path.join('/')}]`;
  });
}

async function run(
  api: Api,
  name: string,
  method: Method,
  token: string | undefined,
  fields: Json,
): Promise<Json> {
  checkToken(api, method, token);
  const need = (anyOf: readonly string[]) => {
    if (anyOf.length > 0 && !anyOf.some((scope) => api.granted.has(scope)))
      fail('missing_scope', { needed: anyOf.join(','), provided: [...api.granted].join(',') });
  };
  const injected = api.faults.takeError(name);
  if (injected !== undefined) fail(injected);
  need(method.scopes);
  const parsed = method.args.safeParse(fields);
  if (!parsed.success)
    return fail('invalid_arguments', {
      response_metadata: { messages: complaints(parsed.error, fields).map((each) => `[ERROR] ${each}`) },
    });
  const call: Call = {
    ws: api.ws,
    bot: api.ws.app.botUserId,
    granted: api.granted,
    need,
    has: (scope) => api.granted.has(scope),
    socketUrl: api.socketUrl,
  };
  return method.run(parsed.data, call);
}

async function answerTo(api: Api, name: string, token: string | undefined, fields: Json): Promise<Answered> {
  const scopes = { 'x-oauth-scopes': [...api.granted].join(',') };
  const no = (code: string, details: Json = {}): Answered => ({
    status: 200,
    body: { ok: false, error: code, ...details },
    headers: scopes,
  });
  const method = methods.get(name);
  const wait =
    api.faults.takeRateLimit(name) ?? (method && api.limiter.take(name, method.tier, fields.channel));
  if (wait !== undefined)
    return { ...no('ratelimited'), status: 429, headers: { ...scopes, 'retry-after': String(wait) } };
  if (method === undefined) return no('unknown_method', { req_method: name });
  try {
    const body = await run(api, name, method, token, fields);
    const accepted = { 'x-accepted-oauth-scopes': method.scopes.join(',') };
    return { status: 200, body: { ok: true, ...structuredClone(body) }, headers: { ...scopes, ...accepted } };
  } catch (error) {
    if (error instanceof SlackError && documented(name, error.code)) return no(error.code, error.details);
    api.onBug(
      error instanceof SlackError
        ? new Error(`${name} answered ${error.code}, which is not documented`)
        : (error as Error),
    );
    return no('fatal_error');
  }
}

/** Serves `/api/<method>`. Never rejects; a dropped call ends with its connection. */
export async function serveApi(
  api: Api,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await bytesOf(request);
  const fields = await fieldsOf(request, body);
  const { token: _, ...args } = fields ?? {};
  const call = keep(api.log.calls, {
    method: name,
    args,
    at: api.ws.clock(),
    answer: 'waiting',
    httpStatus: 0,
  });
  const drop = api.faults.takeDrop(name);
  if (drop === 'before') {
    call.answer = 'dropped';
    request.socket.destroy();
    return;
  }
  const slowness = api.faults.slowness(name);
  if (slowness > 0) await sleep(slowness);
  const answered: Answered =
    fields === undefined
      ? { status: 200, body: { ok: false, error: 'invalid_form_data' }, headers: {} }
      : await answerTo(api, name, tokenOf(request, fields), fields);
  call.answer = answered.body.ok === true ? 'ok' : String(answered.body.error);
  call.httpStatus = answered.status;
  if (drop === 'after') {
    call.answer = `dropped after ${call.answer}`;
    request.socket.destroy();
    return;
  }
  response.writeHead(answered.status, {
    'content-type': 'application/json; charset=utf-8',
    ...answered.headers,
  });
  response.end(JSON.stringify(answered.body));
}
