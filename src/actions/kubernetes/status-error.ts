/** What an API server, or the way to it, answers when it does not do what was asked: in words for a person. */
import { sentence } from '../../incidents/sentence.ts';
import { ActionFailed } from '../action.ts';
import { shortWords } from '../redact/short-words.ts';
import { NotTheApi } from './checked-answers.ts';

interface Answer {
  readonly code: number;
  readonly message: string;
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

/**
 * The HTTP answer inside an error of client-node, or undefined for anything else. Its `body` is a JSON string for
 * codes that the API's specification does not list, and undefined for 401 (measured with 2.0.1).
 */
export function answerOf(error: unknown): Answer | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  // A DOMException has a number as code too: 23 is a timeout.
  if (typeof error.code !== 'number' || error.code < 100 || error instanceof NotTheApi) return undefined;
  const body = statusOf('body' in error ? error.body : undefined);
  const headers = 'headers' in error ? (error.headers as Record<string, string> | undefined) : undefined;
  const wait = Number(headers?.['retry-after'] ?? body.details?.retryAfterSeconds ?? Number.NaN);
  return {
    code: error.code,
    message: body.message ?? '',
    ...(body.reason ? { reason: body.reason } : {}),
    ...(Number.isFinite(wait) ? { retryAfterSeconds: wait } : {}),
  };
}

interface StatusBody {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

function statusOf(body: unknown): StatusBody {
  if (typeof body === 'object' && body !== null) return body;
  if (typeof body !== 'string') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return { message: body.slice(0, 3000) };
  }
}

/** The HTTP code of an error, when it is an answer of the API server. */
export function statusCode(error: unknown): number | undefined {
  return answerOf(error)?.code;
}

/**
 * Turns any failure of a request into ActionFailed. `doing` completes "… while" ("reading deployment web").
 * `nothingHappened` is set where it is proved: the server refused the request (4xx), or it was never sent.
 * A lost connection, a timeout and a 5xx prove nothing: the write may have been made.
 */
export function inWords(error: unknown, doing: string): ActionFailed {
  if (error instanceof ActionFailed) return error;
  if (error instanceof NotTheApi) {
    return new ActionFailed(
      `What answered is not the Kubernetes API but ${error.message}, while ${doing}. A proxy or a login page may stand in between: check the server's address in the kubeconfig and the network, then try again.`,
      { cause: error },
    );
  }
  const answer = answerOf(error);
  if (answer) {
    const refused = answer.code >= 400 && answer.code < 500 && answer.code !== 408;
    return new ActionFailed(answerInWords(answer, doing), { nothingHappened: refused, cause: error });
  }
  const { words, neverSent } = connectionInWords(error, doing);
  return new ActionFailed(words, { nothingHappened: neverSent, cause: error });
}

/** Waits for a request and turns its failure into words. */
export async function asked<T>(doing: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw inWords(error, doing);
  }
}

/** Like `asked`, but undefined for something that is not there (404). */
export async function askedIfThere<T>(doing: string, request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (statusCode(error) === 404) return undefined;
    throw inWords(error, doing);
  }
}

/** Like `asked`, for objects of an API that not every cluster has; `what` is their kind, for people. */
export async function askedOfApi<T>(what: string, doing: string, request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const answer = answerOf(error);
    // An API server that lacks the whole API answers with a text, and with these words when it lacks the kind alone.
    const unserved =
      answer?.reason === undefined || /could not find the requested resource/.test(answer.message);
    if (answer?.code === 404 && unserved) {
      throw new ActionFailed(`This cluster has no ${what}. Name the kind that the workload is of here.`, {
        nothingHappened: true,
        cause: error,
      });
    }
    throw inWords(error, doing);
  }
}

/**
 * For a part of an answer that may be missing: undefined, with a line in `unknowns`, when the right or the API is
 * missing. Every other failure is a failure of the whole. `ask`: who can see it, for what no namespace has.
 */
export async function askedOptionally<T>(
  what: string,
  request: Promise<T>,
  unknowns: string[],
  ask?: string,
): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    const code = statusCode(error);
    if (code === 403) note(unknowns, `no right to see ${what}${ask === undefined ? '' : `: ask ${ask}`}`);
    else if (code === 404) note(unknowns, `this cluster does not have ${what}`);
    else throw inWords(error, `reading ${what}`);
    return undefined;
  }
}

/** Adds a line once. */
export function note(lines: string[], line: string): void {
  if (!lines.includes(line)) lines.push(line);
}

const FORBIDDEN =
  /User "(?<who>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)"(?: in API group "(?<group>[^"]*)")?(?: in the namespace "(?<ns>[^"]*)")?/;

function answerInWords(answer: Answer, doing: string): string {
  const said = answer.message ? `: ${shortWords(answer.message, 300)}` : '';
  switch (answer.code) {
    case 401:
      return `The cluster does not accept the login of this bot (401) while ${doing}. Its token or certificate has expired or is wrong: renew it, then try again.`;
    case 403: {
      const right = FORBIDDEN.exec(answer.message)?.groups;
      if (!right)
        return `The cluster refused (403) while ${sentence(`${doing}${said}`)} A rule of the cluster forbids it: ask the platform team.`;
      const resource = right['group'] ? `${right['resource']}.${right['group']}` : right['resource'];
      const where = right['ns'] ? `in namespace ${right['ns']}` : 'in the whole cluster';
      return `${right['who']} has no right to ${right['verb']} ${resource} ${where} (while ${doing}). "handrail rbac" prints the Role that is needed.`;
    }
    case 404:
      return `Not found while ${doing}${said}. Check the name and the namespace.`;
    case 409:
      return `Somebody else changed it at the same moment (409) while ${doing}${said}. Read it again.`;
    case 410:
      return `The cluster no longer has what was asked for (410) while ${sentence(`${doing}${said}`)} Try again.`;
    case 422:
      return `The cluster does not accept this change (422) while ${sentence(`${doing}${said}`)} Correct it, then plan again.`;
    case 429:
      return `The cluster asks to wait${answer.retryAfterSeconds === undefined ? '' : ` ${answer.retryAfterSeconds} s`} (429) while ${doing}. Try again after that.`;
  }
  if (answer.code >= 500) {
    return `The API server has a problem of its own (${answer.code}) while ${doing}${said}. Try again; if it stays, tell the platform team.`;
  }
  return `The cluster answered ${answer.code} while ${sentence(`${doing}${said}`)} Try again; if it stays, tell the platform team.`;
}

/** Codes of Node and undici for a connection that was never made: no byte of the request has left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

function connectionInWords(error: unknown, doing: string): { words: string; neverSent: boolean } {
  const names = chain(error);
  if (names.includes('TimeoutError')) {
    return {
      words: `The cluster did not answer in time while ${doing}. Look again; if it stays, tell the platform team.`,
      neverSent: false,
    };
  }
  if (names.includes('AbortError')) return { words: `Stopped while ${doing}.`, neverSent: false };
  const code = names.find((name) => /^[A-Z][A-Z_0-9]+$/.test(name));
  const neverSent = code !== undefined && NEVER_SENT.has(code);
  if (code?.includes('CERT') || code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE') {
    return {
      words: `The API server's certificate is not accepted (${code}) while ${doing}. Check the kubeconfig's certificate authority.`,
      neverSent,
    };
  }
  const why = code ?? shortWords(innermostWords(error), 300);
  return {
    words: neverSent
      ? `The cluster cannot be reached (${why}) while ${doing}. Check the network and the kubeconfig's server address.`
      : `The connection to the cluster broke (${why}) while ${doing}. Look again; if it stays, check the network.`,
    neverSent,
  };
}

/** `fetch failed` says nothing: its cause does. */
function innermostWords(error: unknown): string {
  let at = error;
  for (let depth = 0; depth < 10 && at instanceof Error && at.cause instanceof Error; depth++) at = at.cause;
  return at instanceof Error && at.message !== '' ? at.message : 'no reason given';
}

/** Names and codes of an error, of its causes, and of the errors that an AggregateError holds. */
function chain(error: unknown): string[] {
  const found: string[] = [];
  const queue: unknown[] = [error];
  for (let i = 0; i < queue.length && i < 20; i++) {
    const at = queue[i];
    if (typeof at !== 'object' || at === null) continue;
    if ('name' in at && typeof at.name === 'string') found.push(at.name);
    if ('code' in at && typeof at.code === 'string') found.push(at.code);
    if ('cause' in at) queue.push(at.cause);
    if (at instanceof AggregateError) queue.push(...at.errors);
  }
  return found;
}
