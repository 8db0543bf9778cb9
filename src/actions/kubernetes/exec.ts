/** Runs one command inside a container and waits for its end: exit code, output and errors, with a limit on both. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import WebSocket from 'ws';
import { sentence } from '../../incidents/sentence.ts';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { shortWords } from '../redact/short-words.ts';
import { webPage } from './checked-answers.ts';
import { inWords } from './status-error.ts';

export interface Command {
  readonly namespace: string;
  readonly pod: string;
  /** The pod's only or default container when absent. */
  readonly container?: string;
  /** The program and its arguments. Never a shell line built from what somebody typed. */
  readonly argv: readonly string[];
  /** For each of output and errors; what is longer is cut and `truncated` says so. Default 1 MiB. */
  readonly limitBytes?: number;
}

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Newest first. v4 is what a 1.20 kubelet speaks; both end with a status on channel 3. */
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];
const CHANNEL = { output: 1, errors: 2, status: 3 } as const;
const MIB = 1024 * 1024;

/**
 * Throws ActionFailed: with `nothingHappened` when the command was not started (refused, no such pod, no such
 * program), without it when the connection ended before the exit code arrived: the command may have run, and may still.
 *
 * The socket is opened here and not by client-node's Exec: that one loses code and body of a refusal, throws out of
 * an event listener on an unknown channel, and cannot be aborted (facts: traps 2 and 3). Standard input is never
 * sent: on v4 its end cannot be told without losing the exit code.
 */
export async function exec(call: Pick<Call, 'reach' | 'signal'>, command: Command): Promise<Ended> {
  const doing = `running ${command.argv[0]} in pod ${command.pod}`;
  const config = await call.reach.kubernetes();
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new ActionFailed('No cluster is configured.', { nothingHappened: true });
  if (call.signal.aborted) {
    throw new ActionFailed(`Out of time before ${doing}.`, {
      nothingHappened: true,
      cause: call.signal.reason,
    });
  }
  const url = new URL(
    `${server.replace(/\/$/, '').replace(/^http/, 'ws')}/api/v1/namespaces/${encodeURIComponent(command.namespace)}/pods/${encodeURIComponent(command.pod)}/exec`,
  );
  for (const word of command.argv) url.searchParams.append('command', word);
  if (command.container) url.searchParams.set('container', command.container);
  for (const wanted of ['stdout', 'stderr']) url.searchParams.set(wanted, 'true');
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return await converse(url, options, call.signal, doing, command.limitBytes ?? MIB);
}

function converse(
  url: URL,
  options: RequestOptions,
  signal: AbortSignal,
  doing: string,
  limit: number,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, PROTOCOLS, options);
    const output = new Collected(limit);
    const errors = new Collected(limit);
    let opened = false;
    let settled = false;
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', onAbort);
      how();
      socket.terminate();
    };
    const fail = (error: ActionFailed): void => settle(() => reject(error));
    const onAbort = (): void => {
      const words =
        signal.reason instanceof Error && signal.reason.name === 'TimeoutError' ? 'Out of time' : 'Stopped';
      fail(
        new ActionFailed(
          opened
            ? `${words} while ${doing}: it is not known whether the command ended.`
            : `${words} while ${doing}.`,
          { cause: signal.reason },
        ),
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    // It may have been aborted while the credentials were read; no event comes for that.
    if (signal.aborted) onAbort();
    socket.on('open', () => {
      opened = true;
    });
    socket.on('unexpected-response', (_request: ClientRequest, response: IncomingMessage) => {
      readRefusal(response).then(
        (body) => fail(refused(response, body, doing)),
        (error: unknown) => fail(inWords(error, doing)),
      );
    });
    socket.on('error', (error) => {
      fail(inWords(error, doing));
    });
    socket.on('message', (data) => {
      const frame = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
      const body = frame.subarray(1);
      if (body.length === 0) return;
      if (frame[0] === CHANNEL.output) output.add(body);
      else if (frame[0] === CHANNEL.errors) errors.add(body);
      else if (frame[0] === CHANNEL.status) {
        settle(() => {
          const ended = readStatus(body.toString('utf8'));
          if (ended.code === undefined) {
            reject(new ActionFailed(notStarted(ended.message, doing), { nothingHappened: true }));
            return;
          }
          resolve({
            code: ended.code,
            stdout: output.text(),
            stderr: errors.text(),
            truncated: output.truncated || errors.truncated,
          });
        });
      }
    });
    socket.on('close', () => {
      fail(
        new ActionFailed(
          `The connection closed while ${doing}, before the exit code arrived: it is not known whether the command ended.`,
        ),
      );
    });
  });
}

class Collected {
  private readonly parts: Buffer[] = [];
  private size = 0;
  private readonly limit: number;
  truncated = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(part: Buffer): void {
    const room = this.limit - this.size;
    if (part.length > room) this.truncated = true;
    if (room <= 0) return;
    this.parts.push(part.subarray(0, room));
    this.size += Math.min(part.length, room);
  }

  text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}

/** A kubelet answers 500 for a container that is not running; nothing was started then. */
function refused(response: IncomingMessage, body: string, doing: string): ActionFailed {
  if (/container not found|is not created or running|cannot exec in a stopped/i.test(body)) {
    return new ActionFailed(
      `The container is not running now, so nothing can be run in it (${doing}). Look at how it last ended.`,
      { nothingHappened: true },
    );
  }
  const { statusCode: code = 0, headers } = response;
  // No command is started without the change of protocol.
  const page = webPage(code, headers, body);
  if (page) return new ActionFailed(inWords(page, doing).says, { nothingHappened: true, cause: page });
  return inWords({ code, body, headers }, doing);
}

async function readRefusal(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of response) {
    text += String(part);
    if (text.length > 10_000) break;
  }
  return text;
}

/** The status channel's last message: an exit code, or why there is none. */
function readStatus(text: string): { code?: number; message: string } {
  let status: { status?: string; message?: string; reason?: string; details?: { causes?: Cause[] } };
  try {
    status = JSON.parse(text) as typeof status;
  } catch {
    return { message: shortWords(text, 300) };
  }
  if (status.status === 'Success') return { code: 0, message: '' };
  const cause = status.details?.causes?.find((c) => c.reason === 'ExitCode');
  const code = cause ? Number(cause.message) : Number.NaN;
  return { ...(Number.isInteger(code) ? { code } : {}), message: status.message ?? 'no reason given' };
}

interface Cause {
  readonly reason?: string;
  readonly message?: string;
}

function notStarted(message: string, doing: string): string {
  const why = /executable file not found|no such file or directory|ENOENT/i.test(message)
    ? 'the container does not have this program'
    : shortWords(message, 300);
  return `The command was not started while ${doing}: ${sentence(why)}`;
}
