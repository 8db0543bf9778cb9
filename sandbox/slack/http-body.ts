// Reads a request's body: bytes with a limit, form fields, JSON or multipart.

import type { IncomingMessage } from 'node:http';
import { isRecord, type Json } from './blocks/rule.ts';

export class BodyTooLarge extends Error {}

/** @throws BodyTooLarge past `most` bytes. */
export async function bytesOf(request: IncomingMessage, most = 64 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw new BodyTooLarge(`more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function formOf(body: Buffer, type: string): Promise<FormData> {
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

/** The fields of a call, whichever way they were sent; undefined when the body cannot be read so. */
export async function fieldsOf(request: IncomingMessage, body: Buffer): Promise<Json | undefined> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const query = Object.fromEntries(url.searchParams);
  const type = request.headers['content-type'] ?? '';
  if (body.length === 0) return query;
  try {
    if (type.startsWith('application/json')) {
      const parsed: unknown = JSON.parse(body.toString('utf8'));
      return isRecord(parsed) ? { ...query, ...parsed } : undefined;
    }
    if (type.startsWith('multipart/form-data')) {
      const form = await formOf(body, type);
      const fields = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      return { ...query, ...Object.fromEntries(fields) };
    }
    return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
  } catch {
    return undefined;
  }
}

/** The bytes of an uploaded file: the first file of a form, or the body as it is. */
export async function uploadOf(request: IncomingMessage, body: Buffer): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  for (const [, value] of await formOf(body, type))
    if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer());
  return Buffer.alloc(0);
}
