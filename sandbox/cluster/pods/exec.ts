/** A kubelet's exec over WebSocket: channels v4 and v5, a program at the other end. */
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { WebSocket } from 'ws';
import type { PathMap } from './path-map.ts';

const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3 } as const;
/** Only in v5: the next byte names a channel whose sender has ended it. */
const CLOSE = 255;

export interface ExecQuestion {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export function execQuestion(query: URLSearchParams): ExecQuestion {
  const on = (name: string) => ['1', 'true'].includes(query.get(name) ?? '');
  return { command: query.getAll('command'), stdin: on('stdin'), stdout: on('stdout'), stderr: on('stderr') };
}

/** Joins a program to the socket until it ends, then sends its Status and closes. */
export function serveExec(
  socket: WebSocket,
  question: ExecQuestion,
  begin: () => { child: ChildProcess; room: { paths: PathMap } },
): void {
  const send = (channel: number, data: Buffer | string, sent: () => void = () => {}) => {
    if (socket.readyState !== socket.OPEN) return sent();
    socket.send(Buffer.concat([Buffer.from([channel]), Buffer.from(data as string)]), sent);
  };
  const finish = (status: Record<string, unknown>) => {
    send(CHANNEL.status, JSON.stringify({ metadata: {}, ...status }));
    socket.close(1000);
  };
  // A kubelet opens each channel with an empty frame.
  for (const name of ['stdin', 'stdout', 'stderr'] as const) if (question[name]) send(CHANNEL[name], '');
  send(CHANNEL.status, '');

  const program = question.command[0] ?? '';
  let started: ReturnType<typeof begin>;
  try {
    started = begin();
  } catch (problem) {
    return finish(notStarted(program, (problem as Error).message));
  }
  const { child, room } = started;
  const forward = (stream: ChildProcess['stdout'], channel: number, asked: boolean): Promise<void> =>
    new Promise((ended) => {
      if (!stream) return ended();
      const shown = stream.pipe(room.paths.outward());
      shown.on('data', (chunk: Buffer) => {
        if (!asked || socket.readyState !== socket.OPEN || chunk.length === 0) return;
        // A slow reader slows the program down instead of filling memory.
        shown.pause();
        send(channel, chunk, () => shown.resume());
      });
      shown.on('end', ended);
    });
  const outputs = [
    forward(child.stdout, CHANNEL.stdout, question.stdout),
    forward(child.stderr, CHANNEL.stderr, question.stderr),
  ];
  child.on('error', (problem: NodeJS.ErrnoException) => {
    finish(
      notStarted(program, problem.code === 'ENOENT' ? 'executable file not found in $PATH' : problem.message),
    );
  });
  child.on('close', (code, signal) => {
    if (child.pid === undefined) return;
    const exitCode = signal ? 128 + constants.signals[signal] : (code ?? 0);
    void Promise.all(outputs).then(() => finish(exitCode === 0 ? { status: 'Success' } : failed(exitCode)));
  });

  child.stdin?.on('error', () => {});
  child.stdin?.on('drain', () => socket.resume());
  if (!question.stdin) child.stdin?.end();
  socket.on('message', (data) => {
    const frame = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
    if (frame[0] === CHANNEL.stdin) {
      if (child.stdin?.write(frame.subarray(1)) === false) socket.pause();
    } else if (frame[0] === CLOSE && frame[1] === CHANNEL.stdin) child.stdin?.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => child.stdin?.end());
}

function failed(exitCode: number): Record<string, unknown> {
  return {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit code ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

function notStarted(program: string, why: string): Record<string, unknown> {
  const message = `error executing command in container: OCI runtime exec failed: exec: "${program}": ${why}: unknown`;
  return {
    status: 'Failure',
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    code: 500,
  };
}
