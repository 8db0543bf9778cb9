/** Sends JSON once to somebody else's server, and says what is proved when it does not work. */
import { type ClientRequest, type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { ActionFailed } from '../action.ts';
import { addressesOf, pinnedTo } from '../http/addresses.ts';
import { shortWords } from '../redact/short-words.ts';

const LIMIT_MS = 15_000;
/** More is not read: only what went wrong is taken from it. */
const MOST_BYTES = 64 * 1024;

export interface Message {
  readonly method: 'POST' | 'GET';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Who is asked, for words: "PagerDuty". */
  readonly whom: string;
}

export interface Answer {
  readonly status: number;
  /** Undefined when it is no JSON. */
  readonly body: unknown;
  /** Seconds that it asks to wait. */
  readonly wait?: number;
}

/**
 * One request; certificates are checked, redirects are not followed, nothing is repeated.
 * @throws ActionFailed, with `nothingHappened` while no connection stood: then not one byte of it has left
 */
export async function send(message: Message): Promise<Answer> {
  const { url, whom } = message;
  const signal = AbortSignal.any([message.signal, AbortSignal.timeout(LIMIT_MS)]);
  const on: Progress = { connected: false, answered: false };
  try {
    const found = await addressesOf(url, signal);
    const response = await answerTo({ ...message, signal }, pinnedTo(found), on);
    const wait = Number(response.headers['retry-after'] ?? Number.NaN);
    // What follows the status adds words only: it is settled by now, whatever becomes of the rest.
    const text = await textOf(response).catch(() => '');
    return {
      status: response.statusCode ?? 0,
      body: parsed(text),
      ...(Number.isFinite(wait) ? { wait } : {}),
    };
  } catch (error) {
    if (error instanceof ActionFailed) throw error;
    throw failed(whom, error, on, signal);
  }
}

interface Progress {
  connected: boolean;
  answered: boolean;
}

function answerTo(
  { method, url, headers, body, signal }: Message,
  lookup: ReturnType<typeof pinnedTo>,
  on: Progress,
): Promise<IncomingMessage> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const secure = url.protocol === 'https:';
  const options = {
    method,
    signal,
    agent: false,
    lookup,
    headers: {
      'user-agent': 'handrail',
      accept: 'application/json',
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    },
  } as const;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = secure ? overHttps(url, options) : overHttp(url, options);
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        on.connected = true;
      });
    });
    request.on('response', (response) => {
      on.answered = true;
      resolve(response);
    });
    request.on('error', reject);
    request.end(text);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES) break;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failed(whom: string, error: unknown, on: Progress, signal: AbortSignal): ActionFailed {
  const code = codeOf(error);
  const why = signal.aborted ? 'no answer in time' : code;
  return on.connected
    ? new ActionFailed(
        `${whom} did not say whether it took the message (${why}). It may have been told: ask there before you try again.`,
        { cause: error },
      )
    : new ActionFailed(`${whom} cannot be reached (${why}): nobody was told.`, {
        nothingHappened: true,
        cause: error,
      });
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'no reason given';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  if (first !== undefined) return codeOf(first);
  return error instanceof Error ? shortWords(error.message, 100) : 'no reason given';
}

/**
 * Gives nothing for an answer that accepts the message.
 * @throws ActionFailed, with `nothingHappened` for a refusal (4xx). A 5xx, a redirect and a 408 prove nothing.
 */
export function mustAccept(whom: string, { status, body, wait }: Answer): void {
  if (status >= 200 && status < 300) return;
  const said = wordsIn(body);
  const words = said === '' ? '' : `: ${said}`;
  if (status === 429) {
    const time = wait === undefined ? '' : ` ${wait} s`;
    throw new ActionFailed(`${whom} asks to wait${time} (429): nobody was told. Try again after that.`, {
      nothingHappened: true,
    });
  }
  if (status >= 400 && status < 500 && status !== 408) {
    throw new ActionFailed(`${whom} refuses the message (${status})${words}. Nobody was told.`, {
      nothingHappened: true,
    });
  }
  throw new ActionFailed(
    `${whom} answered ${status}${words}. It may have been told all the same: ask there before you try again.`,
  );
}

/** What PagerDuty (`message`, `errors`) and Opsgenie (`message`) say of a mistake. */
function wordsIn(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const parts = ['message' in body ? body.message : '', 'errors' in body ? body.errors : ''];
  const texts = parts.flat().filter((one) => typeof one === 'string' && one !== '');
  return shortWords(texts.join('; '), 200);
}
