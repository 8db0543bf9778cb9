/** A pod's port through the API server, as a stream. */
import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Duplex } from 'node:stream';
import WebSocket from 'ws';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { shortWords } from '../redact/short-words.ts';

/** Channels of the first and only port, each beginning with the port's number in two bytes. */
const DATA = 0;
const PROBLEM = 1;

/**
 * Opens the port. Throws ActionFailed when the API server refuses. The stream ends with an error when nothing listens
 * in the pod, which may be before anybody reads it: look at `destroyed` and `errored` first. The socket is opened here: client-node's PortForward cannot be aborted, and writes to a stream after its
 * end when the pod closes first.
 */
export async function forwardedPort(
  call: Pick<Call, 'reach' | 'signal'>,
  target: { namespace: string; pod: string; port: number },
): Promise<Duplex> {
  const config = await call.reach.kubernetes();
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new ActionFailed('No cluster is configured.');
  const path = `namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}/portforward`;
  const url = new URL(`${server.replace(/\/$/, '').replace(/^http/, 'ws')}/api/v1/${path}`);
  url.searchParams.set('ports', String(target.port));
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  call.signal.throwIfAborted();
  const socket = new WebSocket(url, ['v4.channel.k8s.io'], options);
  const stream = joined(socket, `nothing listens on port ${target.port} of pod ${target.pod}`);
  await opened(socket, call.signal);
  return stream;
}

function opened(socket: WebSocket, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      socket.terminate();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = (how: () => void): void => {
      signal.removeEventListener('abort', onAbort);
      how();
    };
    socket.on('open', () => settle(resolve));
    socket.on('error', (error) => settle(() => reject(error)));
    socket.on('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      const why =
        response.statusCode === 403
          ? 'no right to pods/portforward'
          : `the cluster answered ${response.statusCode}`;
      response.resume();
      settle(() => reject(new ActionFailed(`its port could not be forwarded: ${why}`)));
      socket.terminate();
    });
  });
}

/** `nobody`: what is said when the pod refuses the connection. */
function joined(socket: WebSocket, nobody: string): Duplex {
  const begun = new Set<number>();
  const stream = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) => socket.send(Buffer.concat([Buffer.from([DATA]), chunk]), done),
    // The other side's half cannot be told; the answer may still be coming.
    final: (done) => done(),
    destroy: (error, done) => {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data) => {
    const frame = Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer);
    const channel = frame[0] ?? PROBLEM;
    const isFirst = !begun.has(channel);
    begun.add(channel);
    const body = frame.subarray(isFirst ? 3 : 1);
    if (body.length === 0) return;
    if (channel === DATA) {
      if (!stream.push(body)) socket.pause();
    } else if (channel === PROBLEM) {
      const text = shortWords(body.toString('utf8'), 200);
      const refused = /refused/i.test(text);
      stream.destroy(new Error(refused ? nobody : text));
    }
  });
  socket.on('close', () => stream.push(null));
  // Once all has been read: what only ends would leave a writer waiting for an answer.
  stream.once('end', () => setImmediate(() => stream.destroy()));
  // A failed upgrade is told by `opened`; a later failure ends the stream.
  socket.on('error', (error) => stream.destroy(error));
  stream.on('error', () => undefined);
  return stream;
}
