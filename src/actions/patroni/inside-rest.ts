/** One request to a member's REST API from inside its pod. */
import type { V1Pod } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Call } from '../action.ts';
import { ActionFailed } from '../action.ts';
import { exec } from '../kubernetes/exec.ts';
import { databaseContainer } from '../postgres/in-pod.ts';
import { shortWords } from '../redact/short-words.ts';
import { restPort } from './ask.ts';
import { REST_SCRIPT } from './rest-script.ts';

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: '/patroni' | '/config' | '/switchover' | '/restart' | '/reinitialize';
  readonly body?: object;
  /** The database that it must be about: a member of another one is not written to. */
  readonly system?: string | undefined;
  /** How long the answer may take. Default 20 s. */
  readonly seconds?: number;
}

export interface RestAnswer {
  readonly code: number;
  /** JSON, plain words or HTML (facts: patroni-postgres, 3d). */
  readonly body: string;
}

const printed = z.union([
  z.object({ code: z.int(), body: z.string() }),
  z.object({ unsent: z.string() }),
  z.object({ lost: z.string() }),
]);

/**
 * Any code is an answer. Throws ActionFailed: with `nothingHappened` when nothing was sent, without it when no answer
 * came.
 */
export async function insideRest(
  call: Pick<Call, 'reach' | 'signal' | 'namespace'>,
  pod: V1Pod,
  request: RestRequest,
): Promise<RestAnswer> {
  const name = pod.metadata?.name ?? '';
  const container = databaseContainer(pod);
  const seconds = String(request.seconds ?? 20);
  const address = `${pod.status?.podIP ?? '127.0.0.1'}:${restPort(pod)}`;
  const body = request.body === undefined ? '' : JSON.stringify(request.body);
  const ran = await exec(call, {
    namespace: call.namespace,
    pod: name,
    ...(container ? { container } : {}),
    argv: [
      'python3',
      '-c',
      REST_SCRIPT,
      request.method,
      request.path,
      body,
      request.system ?? '',
      address,
      seconds,
    ],
  });
  const said = printed.safeParse(json(ran.stdout));
  if (!said.success) {
    const why = shortWords(ran.stderr || ran.stdout, 300) || `code ${ran.code}`;
    throw new ActionFailed(`The program that asks Patroni in pod ${name} failed: ${why}`, {
      nothingHappened: request.method === 'GET',
    });
  }
  if ('unsent' in said.data) {
    throw new ActionFailed(`${name} was not asked: ${shortWords(said.data.unsent, 300)}.`, {
      nothingHappened: true,
    });
  }
  if ('lost' in said.data) {
    throw new ActionFailed(
      `${name} gave no answer (${shortWords(said.data.lost, 200)}): it is not known whether it did what was asked.`,
      { nothingHappened: request.method === 'GET' },
    );
  }
  return said.data;
}

/** The answer in words for a person: the plain text of an error, or the title of its page. */
export function answerWords({ code, body }: RestAnswer): string {
  const text = body
    .replace(/<(style|script|head)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .trim();
  return `${code}${text === '' ? '' : ` ${shortWords(text, 200)}`}`;
}

/** 401 and 403: no or a wrong login; the rest of 4xx: refused. Nothing was changed by any of them. */
export function refusedBy(answer: RestAnswer, doing: string): ActionFailed | undefined {
  if (answer.code < 400 || answer.code > 499 || answer.code === 408) return undefined;
  const isLogin = answer.code === 401 || answer.code === 403;
  const remedy = isLogin
    ? 'The login of its REST API was not found in its pod (PATRONI_RESTAPI_USERNAME and _PASSWORD, or restapi.authentication of its settings). Use the commands by hand.'
    : 'Nothing was changed. Look at the cluster, then plan again.';
  return new ActionFailed(`Patroni refused ${doing} (${answerWords(answer)}). ${remedy}`, {
    nothingHappened: true,
    planChanged: answer.code === 412,
  });
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
