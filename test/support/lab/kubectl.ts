// kubectl on a lab, as a person at a terminal has it.
import { spawn } from 'node:child_process';
import { programOf } from '../real-programs.ts';

export interface Kubectl {
  /** Resolves with its output without the last line feed; throws with what it said when it fails. */
  (...args: readonly string[]): Promise<string>;
  /** The same with something at its input. */
  fed(input: string, ...args: readonly string[]): Promise<string>;
}

/** ms after which a kubectl that has not ended is ended: whoever waits by asking again must get an answer. */
const LIMIT_MS = 180_000;

/** In `namespace`, unless an argument says otherwise. Needs the requirement `kubectl`. */
export function kubectlOf(kubeconfig: string, namespace: string, cache: string): Kubectl {
  const run = (input: string | undefined, args: readonly string[]): Promise<string> =>
    new Promise((done, fail) => {
      const words = ['--kubeconfig', kubeconfig, '--namespace', namespace, '--cache-dir', cache, ...args];
      const child = spawn(programOf('kubectl', 'kubectl'), words, { stdio: ['pipe', 'pipe', 'pipe'] });
      const [said, complained]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => complained.push(chunk));
      child.on('error', fail);
      const late = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
      child.on('close', (code) => {
        clearTimeout(late);
        const text = Buffer.concat(said).toString('utf8').trimEnd();
        if (code === 0) return done(text);
        const problem = Buffer.concat(complained).toString('utf8').trim();
        fail(new Error(`kubectl ${args.join(' ')} ended with ${code ?? 'SIGKILL'}: ${problem}\n${text}`));
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(input ?? '');
    });
  return Object.assign((...args: readonly string[]) => run(undefined, args), {
    fed: (input: string, ...args: readonly string[]) => run(input, args),
  });
}
