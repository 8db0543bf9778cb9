/** What may become of a command in a pod, and of a forwarded port, after the API server has let it through or not. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Weather } from './weathers.ts';

const OUT = 1;
const ERRORS = 2;
const STATUS = 3;

const upgrades = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => [...offered][0] ?? false,
});

/** The WebSocket is opened as for a command that has begun. */
function begun(then: (socket: WebSocket) => void) {
  return {
    answer: () => undefined,
    upgrade(raw: Duplex, request: IncomingMessage) {
      upgrades.handleUpgrade(request, raw, Buffer.alloc(0), (socket) => {
        socket.on('error', () => undefined);
        then(socket);
      });
    },
  };
}

const frame = (channel: number, data: Buffer | string) =>
  Buffer.concat([Buffer.from([channel]), Buffer.from(data as string)]);
const status = (body: object) => frame(STATUS, JSON.stringify({ metadata: {}, ...body }));
const SUCCESS = status({ status: 'Success' });
const exit = (code: number) =>
  status({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });

const refusal = (code: number, message: string) => ({
  answer: () => undefined,
  upgrade(socket: Duplex) {
    const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code });
    socket.end(
      `HTTP/1.1 ${code} Weather\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  },
});

/** Twenty megabytes in pieces, as fast as they are taken; then `last`. */
function flood(socket: WebSocket, last: Buffer): void {
  const piece = frame(OUT, Buffer.alloc(256 * 1024, 'x'));
  const send = (left: number): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (left === 0) socket.send(last, () => socket.close(1000));
    else socket.send(piece, () => send(left - 1));
  };
  send(80);
}

/** The command was not run, or nobody knows its end: no answer can be made of any of these. */
export const FAILING_COMMANDS: readonly Weather[] = [
  {
    name: 'a refusal (403)',
    ...refusal(
      403,
      'pods "db-0" is forbidden: User "handrail" cannot create resource "pods/exec" in API group "" in the namespace "default"',
    ),
  },
  { name: 'a pod that is gone', ...refusal(404, 'pods "db-0" not found') },
  { name: 'a pod without a node', ...refusal(400, 'pod db-0 does not have a host assigned') },
  { name: 'a container that is gone', ...refusal(500, 'container not found ("main")') },
  {
    name: 'a node that does not answer',
    ...refusal(500, 'error dialing backend: dial tcp 10.0.0.7:10250: i/o timeout'),
  },
  { name: 'a limit on commands', ...refusal(429, 'too many requests') },
  {
    name: 'an end without a status',
    ...begun((socket) => socket.close(1000)),
  },
  {
    name: 'an end without a status after some output',
    ...begun((socket) => socket.send(frame(OUT, 'half a li'), () => socket.close(1000))),
  },
  {
    name: 'a pod that goes in mid-command',
    ...begun((socket) => socket.send(frame(OUT, '{"half": '), () => socket.terminate())),
  },
  {
    name: 'a status that is no JSON',
    ...begun((socket) => socket.send(frame(STATUS, 'command terminated'), () => socket.close(1000))),
  },
  {
    name: 'a container runtime that fails',
    ...begun((socket) =>
      socket.send(
        status({
          status: 'Failure',
          reason: 'InternalError',
          message: 'error executing command in container: context deadline exceeded',
        }),
        () => socket.close(1000),
      ),
    ),
  },
  {
    name: 'a container without the program',
    ...begun((socket) =>
      socket.send(
        status({ status: 'Failure', message: 'exec: "psql": executable file not found in $PATH: unknown' }),
        () => socket.close(1000),
      ),
    ),
  },
  {
    name: 'a command that is killed',
    ...begun((socket) => {
      socket.send(frame(ERRORS, 'Killed\n'));
      socket.send(exit(137), () => socket.close(1000));
    }),
  },
  {
    name: 'twenty megabytes and no status',
    ...begun((socket) => flood(socket, frame(OUT, 'end'))),
  },
];

/** It ended well, and what it wrote is nonsense: only who reads nothing of it may go on. */
export const ODD_OUTPUT: readonly Weather[] = [
  { name: 'twenty megabytes', ...begun((socket) => flood(socket, SUCCESS)) },
  {
    name: 'binary output',
    ...begun((socket) => {
      const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) % 256));
      socket.send(frame(OUT, bytes));
      socket.send(frame(ERRORS, bytes));
      socket.send(SUCCESS, () => socket.close(1000));
    }),
  },
  {
    name: 'no output',
    ...begun((socket) => socket.send(SUCCESS, () => socket.close(1000))),
  },
  {
    name: 'a web page as output',
    ...begun((socket) => {
      socket.send(frame(OUT, '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>\n'));
      socket.send(SUCCESS, () => socket.close(1000));
    }),
  },
  {
    name: 'a channel that does not exist',
    ...begun((socket) => {
      socket.send(frame(9, 'hello'));
      socket.send('a text frame');
      socket.send(Buffer.alloc(0));
      socket.send(SUCCESS, () => socket.close(1000));
    }),
  },
];

/** Ends with the time of the call only. */
export const HANGING_COMMAND: Weather = { name: 'a command that hangs', ...begun(() => undefined) };
