// A kubelet's exec over WebSocket: channels v4 and v5, a real process at the other end.
import type { ChildProcess } from 'node:child_process';
import type { V1Status } from '@kubernetes/client-node';
import type { WebSocket } from 'ws';
import { exitCodeOf } from './ending.ts';

const stdin = 0;
const stdout = 1;
const stderr = 2;
const error = 3;
/** Only in v5: the next byte names a channel whose sender has ended it. */
const closeChannel = 255;

export interface ExecQuestion {
  readonly command: readonly string[];
  readonly input: boolean;
  readonly output: boolean;
  readonly errors: boolean;
  readonly tty: boolean;
}

export function execQuestion(query: URLSearchParams): ExecQuestion {
  const on = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  return {
    command: query.getAll('command'),
    input: on('input'),
    output: on('output'),
    errors: on('error'),
    tty: on('tty'),
  };
}

/**
 * Joins a process to the socket until it ends, then sends its Status and closes. A socket that closes earlier ends
 * the process's input and nothing else: as with a real container runtime, the process itself lives on.
 */
export function serveExec(
  socket: WebSocket,
  question: ExecQuestion,
  begin: (program: string, args: readonly string[]) => ChildProcess,
): void {
  const send = (channel: number, data: Buffer | string, sent: () => void = () => {}) => {
    if (socket.readyState !== socket.OPEN) return sent();
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data as string)]), sent);
  };
  const finish = (status: Readonly<Pick<V1Status, 'status' | 'reason' | 'message' | 'details' | 'code'>>) => {
    send(error, JSON.stringify({ metadata: {}, ...status }));
    socket.close(1000);
  };
  // A kubelet opens each channel with an empty frame.
  if (question.input) send(stdin, '');
  if (question.output) send(stdout, '');
  if (question.errors && !question.tty) send(stderr, '');
  send(error, '');

  const [program = '', ...args] = question.tty ? underTerminal(question.command) : question.command;
  let child: ChildProcess;
  try {
    child = begin(program, args);
  } catch (problem) {
    return finish(notStarted(program, (problem as Error).message));
  }
  // A slow reader slows the process down instead of filling memory.
  const forward = (stream: ChildProcess['stdout'], channel: number, asked: boolean) =>
    stream?.on('data', (chunk: Buffer) => {
      if (!asked || socket.readyState !== socket.OPEN) return;
      stream.pause();
      send(channel, chunk, () => stream.resume());
    });
  forward(child.stdout, stdout, question.output);
  forward(child.stderr, stderr, question.errors);
  child.on('error', (problem: NodeJS.ErrnoException) => {
    const missing = problem.code === 'ENOENT';
    finish(notStarted(program, missing ? 'executable file not found in $PATH' : problem.message));
  });
  child.on('close', (code, signal) => {
    // Not started (the error told it).
    if (child.pid === undefined) return;
    const exitCode = exitCodeOf({ code, signal });
    finish(exitCode === 0 ? { status: 'Success' } : failed(exitCode));
  });

  child.stdin?.on('error', () => {});
  child.stdin?.on('drain', () => socket.resume());
  if (!question.input) child.stdin?.end();
  socket.on('message', (data) => {
    const frame = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (frame[0] === stdin) {
      if (child.stdin?.write(frame.subarray(1)) === false) socket.pause();
    } else if (frame[0] === closeChannel && frame[1] === stdin) {
      child.stdin?.end();
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => child.stdin?.end());
}

/** util-linux' script gives a command a terminal. */
function underTerminal(command: readonly string[]): string[] {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  return ['script', '-qefc', quoted, '/dev/null'];
}

function failed(exitCode: number): V1Status {
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

function notStarted(program: string, why: string): V1Status {
  const message = `error executing command in container: OCI runtime exec failed: exec: "${program}": ${why}: unknown`;
  return {
    status: 'Failure',
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    code: 500,
  };
}
