/** One GET to a member's REST API, directly or through the API server's port-forward, within its own time. */
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { V1Pod } from '@kubernetes/client-node';
import type { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { forwardedPort } from '../kubernetes/port-forward.ts';
import { shortWords } from '../redact/short-words.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: string };

/** What one member may cost: a hanging one costs this once, beside the others. */
const MEMBER_TIMEOUT_MS = 3000;
const LIMIT_BYTES = 1024 * 1024;
const PATRONI_PORT = 8008;

/** The port that the pod names for Patroni, else 8008. */
export function restPort(pod: V1Pod): number {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  const named = ports.find((port) => /^(patroni|patroni-?api|rest-?api)$/.test(port.name ?? ''));
  return named?.containerPort ?? PATRONI_PORT;
}

/** Never throws: a member that does not answer is an answer. */
export async function ask<S extends z.ZodType>(
  call: Pick<Call, 'reach' | 'signal'>,
  pod: V1Pod,
  path: '/patroni' | '/cluster' | '/history',
  schema: S,
): Promise<Answer<z.output<S>>> {
  const [name, namespace] = [pod.metadata?.name ?? '', pod.metadata?.namespace ?? ''];
  const port = restPort(pod);
  const ip = pod.status?.podIP ?? '';
  const limit = AbortSignal.timeout(MEMBER_TIMEOUT_MS);
  const signal = AbortSignal.any([call.signal, limit]);
  let through: Duplex | undefined;
  try {
    const address = call.reach.podAddress({ namespace, name, ip, port });
    if (address === undefined) {
      through = await forwardedPort({ reach: call.reach, signal }, { namespace, pod: name, port });
    }
    const text = await get(path, address ?? { host: ip || name, port }, through, signal);
    const parsed = schema.safeParse(json(text));
    if (parsed.success) return { ok: true, value: parsed.data };
    return { ok: false, why: `what it answers is not what Patroni answers (${shortWords(text, 80)})` };
  } catch (error) {
    if (limit.aborted) return { ok: false, why: `no answer within ${MEMBER_TIMEOUT_MS / 1000} s` };
    return { ok: false, why: wordsOf(error, `port ${port} of pod ${name}`) };
  } finally {
    through?.destroy();
  }
}

function get(
  path: string,
  address: { host: string; port: number },
  through: Duplex | undefined,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A refusal may have come in the same packet as the opening: a stream that is over never ends a request.
    if (through?.destroyed) return reject(through.errored ?? new Error('the forwarded port was closed'));
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    // An answer that is already on its way to `end` comes first.
    through?.once('close', () =>
      setImmediate(() => reject(through.errored ?? new Error('the forwarded port was closed'))),
    );
    const asked = request(
      {
        ...address,
        path,
        method: 'GET',
        headers: { Accept: 'application/json', Connection: 'close' },
        signal,
        ...(through ? { createConnection: () => through } : {}),
      },
      (response) => {
        const parts: Buffer[] = [];
        let length = 0;
        response.on('data', (part: Buffer) => {
          length += part.length;
          parts.push(part);
          if (length > LIMIT_BYTES) response.destroy(new Error('the answer is too long'));
        });
        response.on('error', reject);
        response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** Bodies of errors are plain words or HTML (facts): those read as undefined. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsOf(error: unknown, where: string): string {
  if (error instanceof ActionFailed) return error.says;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNREFUSED') return `nothing listens on ${where}`;
  if (code === 'ECONNRESET') return 'it closed the connection';
  return error instanceof Error ? error.message : String(error);
}
