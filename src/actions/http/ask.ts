/** Asks one address once and looks at how the answer begins; its body is never read. */
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { ActionFailed } from '../action.ts';
import { addressesOf, hostOf, type LookedUp, pinnedTo } from './addresses.ts';
import { type Certificate, certificateOf } from './certificate.ts';

export const REASONS = [
  'none',
  'no-address',
  'refused',
  'unreachable',
  'timeout',
  'tls',
  'closed',
  'not-http',
] as const;
export type Reason = (typeof REASONS)[number];

export type Asked = { readonly latencyMs: number; readonly certificate?: Certificate } & (
  | { readonly reason: 'none'; readonly status: number; readonly location?: string }
  | {
      readonly reason: Exclude<Reason, 'none'>;
      /** Node's or OpenSSL's own word for it. */
      readonly code: string;
      /** What it was about to do. */
      readonly while: Phase;
    }
);

/** How far a request has come. */
export type Phase = 'looking up its address' | 'connecting' | 'agreeing on TLS' | 'waiting for an answer';

export interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

/**
 * A certificate that is not right is told and does not end it: no login is sent, and whether the site answers behind it
 * is what people ask next. Redirects are not followed. Proxies of the environment are not used.
 * @throws ActionFailed when the address may not be asked, or the call has ended
 */
export async function ask(address: URL, question: Question): Promise<Asked> {
  const began = performance.now();
  const limit = AbortSignal.timeout(question.limitMs);
  const signal = AbortSignal.any([question.signal, limit]);
  const seen: Progress = { phase: 'looking up its address' };
  const latencyMs = () => Math.round(performance.now() - began);
  try {
    const lookedUp = await addressesOf(address, signal);
    seen.phase = 'connecting';
    const response = await responseOf(address, lookedUp, { ...question, signal }, seen);
    const { statusCode: status = 0, headers } = response;
    response.destroy();
    return {
      reason: 'none',
      latencyMs: latencyMs(),
      status,
      ...(headers.location === undefined ? {} : { location: headers.location }),
      ...(seen.certificate ? { certificate: seen.certificate } : {}),
    };
  } catch (error) {
    if (error instanceof ActionFailed) throw error;
    if (question.signal.aborted) {
      const { reason } = question.signal;
      throw reason instanceof ActionFailed ? reason : new ActionFailed(`Stopped while ${seen.phase}.`);
    }
    const code = limit.aborted ? 'TIMEOUT' : codeOf(error);
    return {
      reason: reasonOf(code, seen.phase),
      code,
      while: seen.phase,
      latencyMs: latencyMs(),
      ...(seen.certificate ? { certificate: seen.certificate } : {}),
    };
  }
}

interface Progress {
  phase: Phase;
  certificate?: Certificate | undefined;
}

function responseOf(
  address: URL,
  found: readonly LookedUp[],
  { method, signal, now }: Question,
  seen: Progress,
): Promise<IncomingMessage> {
  const host = hostOf(address);
  const secure = address.protocol === 'https:';
  const options = {
    method,
    signal,
    agent: false,
    lookup: pinnedTo(found),
    headers: { 'user-agent': 'handrail', accept: '*/*', connection: 'close' },
  } as const;
  return new Promise((resolve, reject) => {
    const request = secure
      ? overHttps(address, { ...options, rejectUnauthorized: false })
      : overHttp(address, options);
    request.on('socket', (socket) => {
      socket.once('connect', () => {
        seen.phase = secure ? 'agreeing on TLS' : 'waiting for an answer';
      });
      socket.once('secureConnect', () => {
        seen.phase = 'waiting for an answer';
        seen.certificate = certificateOf(socket as TLSSocket, host, now());
      });
    });
    request.on('response', resolve);
    // A server that answers with another protocol has answered: it is no use here.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    // Stays for good: what breaks after the answer began is nobody's concern.
    request.on('error', reject);
    request.end();
  });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first === undefined ? 'unknown' : codeOf(first);
}

function reasonOf(code: string, phase: Phase): Exclude<Reason, 'none'> {
  if (code === 'TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'ENODATA') return 'no-address';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code.startsWith('HPE_')) return 'not-http';
  if (code === 'EPROTO' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return 'tls';
  if (phase === 'agreeing on TLS') return 'tls';
  return phase === 'waiting for an answer' ? 'closed' : 'unreachable';
}
