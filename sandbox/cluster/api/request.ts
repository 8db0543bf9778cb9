/** Reads the address of a request: which resource, which object, which subresource, in which namespace. */
import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { badRequest } from './refusal.ts';
import { isRecord } from './wire.ts';

export interface Address {
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  readonly plural: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** `/api/v1/namespaces/x/pods/y/log`, `/apis/apps/v1/deployments`; undefined for what is no resource. */
export function addressOf(path: string): Address | undefined {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const core = parts[0] === 'api';
  const [group = '', version = ''] = core ? ['', parts[1]] : [parts[1], parts[2]];
  const rest = parts.slice(core ? 2 : 3);
  if ((!core && parts[0] !== 'apis') || version === '' || rest.length === 0) return undefined;
  const at = { group, version };
  const [first = '', second, third, fourth, fifth] = rest;
  const own = new Set([undefined, 'status', 'finalize']);
  if (first === 'namespaces' && !own.has(third) && second !== undefined) {
    return { ...at, namespace: second, plural: third ?? '', ...optional(fourth, fifth) };
  }
  return { ...at, plural: first, ...optional(second, third) };
}

function optional(name: string | undefined, subresource: string | undefined) {
  return { ...(name === undefined ? {} : { name }), ...(subresource === undefined ? {} : { subresource }) };
}

/** The text of a request's body. */
export async function bodyText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A body that must be an object: JSON, or YAML where the type says so. Throws a Refusal (400). */
export function readBody(text: string, contentType: string): Record<string, unknown> {
  let read: unknown;
  try {
    read = /yaml/.test(contentType) ? parse(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `the object provided is unrecognized (must be of type json or yaml): ${(error as Error).message}`,
    );
  }
  if (!isRecord(read)) throw badRequest('the object provided is unrecognized (must be of type json or yaml)');
  return read;
}

/** True for `1` and `true`. */
export function isOn(query: URLSearchParams, name: string): boolean {
  return ['1', 'true'].includes(query.get(name) ?? '');
}
