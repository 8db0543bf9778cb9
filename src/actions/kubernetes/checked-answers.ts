/** Holds what answers to what the Kubernetes API answers: a login page, half an answer or another object is no answer. */
import type { HttpLibrary, RequestContext, ResponseContext } from '@kubernetes/client-node';

/**
 * What stands at the server's address, or before it, is not the Kubernetes API, or has sent something else than what
 * was asked for. Without this a page with code 200 reads as an empty list: the typed client takes any JSON, and a 404
 * of a web proxy as "there is no such object".
 */
export class NotTheApi extends Error {
  /** Completes "What answered is not the Kubernetes API: ". */
  readonly sent: string;
  readonly code: number;

  constructor(sent: string, code: number) {
    super(`${sent} (${code})`);
    this.name = 'NotTheApi';
    this.sent = sent;
    this.code = code;
  }
}

/** An answer that a web server gives, never the API server: undefined for anything else. */
export function webPage(
  code: number,
  headers: Readonly<Record<string, unknown>>,
  body = '',
): NotTheApi | undefined {
  const type = headers['content-type'];
  const page = (typeof type === 'string' && /\bhtml\b/i.test(type)) || /^\s*<(!doctype|html)\b/i.test(body);
  return page ? new NotTheApi('a web page', code) : undefined;
}

type ToObservable = typeof import('@kubernetes/client-node').wrapHttpLibrary;

/**
 * The client's way to the server, with every answer held to its request. Rejects with NotTheApi. `dated` is told the
 * time that stands on an answer.
 */
export function checkedAnswers(
  http: HttpLibrary,
  wrap: ToObservable,
  dated: (at: Date) => void,
): HttpLibrary {
  return wrap({
    send: async (request) => {
      const answer = await http.send(request).toPromise();
      const at = new Date(answer.headers['date'] ?? Number.NaN);
      if (!Number.isNaN(at.getTime())) dated(at);
      return await held(request, answer);
    },
  });
}

async function held(request: RequestContext, answer: ResponseContext): Promise<ResponseContext> {
  const { httpStatusCode: code, headers } = answer;
  const page = webPage(code, headers);
  if (page) throw page;
  if (code < 200 || code > 299) return answer;
  const path = pathOf(request.getUrl());
  if (!path) return answer;
  if (path.part === 'log') {
    if (/^text\/plain\b/.test(headers['content-type'] ?? 'text/plain')) return answer;
    throw new NotTheApi('something that is no log', code);
  }
  const text = await answer.body.text();
  const problem = problemOf(request, path, text);
  if (problem) throw new NotTheApi(problem, code);
  answer.body.text = async () => text;
  return answer;
}

interface Path {
  /** Absent: all of a kind. */
  readonly name?: string;
  /** `log`, `scale`, `status` and so on. */
  readonly part?: string;
}

const PATH =
  /\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/[^/]+\/)?(?<plural>[^/]+)(?:\/(?<name>[^/]+))?(?:\/(?<part>[^/]+))?$/;

function pathOf(url: string): Path | undefined {
  const found = PATH.exec(new URL(url).pathname)?.groups;
  if (!found) return undefined;
  const { name, part } = found;
  return { ...(name ? { name: decodeURIComponent(name) } : {}), ...(part ? { part } : {}) };
}

interface Sent {
  readonly kind?: unknown;
  readonly metadata?: { readonly name?: unknown };
  readonly items?: unknown;
  readonly status?: unknown;
}

/** What was sent instead; undefined when it is what the request asks for. */
function problemOf(request: RequestContext, path: Path, text: string): string | undefined {
  if (text.trim() === '') return 'an empty answer';
  const sent = parsed(text);
  if (sent === undefined) return webPage(200, {}, text)?.sent ?? 'something that is no JSON';
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
    return 'something else than an object';
  const { kind, metadata, items, status } = sent as Sent;
  if (typeof kind !== 'string' || kind === '') return 'an object without a kind';
  const method: string = request.getHttpMethod();
  if (method === 'GET' && path.name === undefined)
    return Array.isArray(items) ? undefined : `an object of kind ${kind} instead of a list`;
  if (method === 'POST') {
    const asked = kindOf(request.getBody());
    return path.part !== undefined || asked === undefined || asked === kind
      ? undefined
      : `an object of kind ${kind} instead of ${asked}`;
  }
  // A deletion is answered by the object or by a Status.
  if (method === 'DELETE' && kind === 'Status')
    return status === 'Success' ? undefined : 'a Status without a success';
  return metadata?.name === path.name ? undefined : `an object of kind ${kind} that is not ${path.name}`;
}

function kindOf(body: unknown): string | undefined {
  const sent = typeof body === 'string' ? parsed(body) : undefined;
  if (typeof sent !== 'object' || sent === null || !('kind' in sent)) return undefined;
  return typeof sent.kind === 'string' ? sent.kind : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
