/** Asks one registry over the Distribution project's HTTP API (OCI Distribution Specification 1.1): reads only. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { RegistryRefused, type Trouble } from './answers.ts';
import type { Login } from './login.ts';
import { type ImageReference, originOf } from './reference.ts';

/** A registry that has not answered one request by then is said not to answer; the step's own timeout is longer. */
const REQUEST_LIMIT_MS = 10_000;
/** The specification asks registries to take manifests of 4 MiB at least; a configuration is smaller. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_REDIRECTS = 3;

export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

export interface Answer {
  readonly body: Buffer;
  readonly headers: Headers;
}

interface Asked {
  readonly accept?: readonly string[];
  readonly method?: 'GET' | 'HEAD';
}

export class Registry {
  private readonly reference: ImageReference;
  private readonly login: Login | undefined;
  private readonly signal: AbortSignal;
  private readonly secret: (value: string) => void;
  private authorization: string | undefined;

  /** `secret` is told every value that must not be shown to anybody. */
  constructor(
    reference: ImageReference,
    options: { login?: Login | undefined; signal: AbortSignal; secret: (value: string) => void },
  ) {
    this.reference = reference;
    this.login = options.login;
    this.signal = options.signal;
    this.secret = options.secret;
  }

  /**
   * A manifest or index by tag or digest, its bytes held to its digest.
   * @throws RegistryRefused
   */
  async manifest(name: string): Promise<{ body: unknown; digest: string }> {
    const { body, headers } = await this.ask(`manifests/${name}`, { accept: MANIFESTS });
    const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    const said = name.startsWith('sha256:') ? name : headers.get('docker-content-digest');
    if (said?.startsWith('sha256:') && said !== digest) {
      throw this.refused({ kind: 'no answer', why: 'what it sent is not what its digest says' });
    }
    return { body: parsed(body), digest };
  }

  /** A small blob, such as an image's configuration. @throws RegistryRefused */
  async blob(digest: string): Promise<unknown> {
    return parsed((await this.ask(`blobs/${digest}`, {})).body);
  }

  /** Is this blob there? @throws RegistryRefused for everything but yes and no */
  async has(digest: string): Promise<boolean> {
    try {
      await this.ask(`blobs/${digest}`, { method: 'HEAD' });
      return true;
    } catch (error) {
      if (error instanceof RegistryRefused && error.trouble.kind.startsWith('absent')) return false;
      throw error;
    }
  }

  /**
   * The tags of the repository, page after page, `most` of them at most, in the registry's own order, which is often
   * none (measured with Distribution 2.8); `more` says whether there are others. @throws RegistryRefused
   */
  async tags(most: number): Promise<{ tags: string[]; more: boolean }> {
    const tags: string[] = [];
    let next: string | undefined = 'tags/list?n=1000';
    while (next !== undefined && tags.length <= most) {
      const answer: Answer = await this.ask(next, {});
      const page = z.object({ tags: z.array(z.string()).nullish() }).safeParse(parsed(answer.body)).data;
      tags.push(...(page?.tags ?? []));
      // RFC 5988, as the specification asks: `</v2/…/tags/list?…>; rel="next"`.
      const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '')?.[1];
      next = page?.tags?.length ? link : undefined;
    }
    return { tags: tags.slice(0, most), more: next !== undefined || tags.length > most };
  }

  private async ask(path: string, asked: Asked): Promise<Answer> {
    const origin = originOf(this.reference.registry);
    const url = new URL(path, `${origin}/v2/${this.reference.repository}/`);
    if (url.origin !== origin) throw this.refused({ kind: 'no answer', why: `it sends to ${url.host}` });
    let response = await this.send(url, asked, this.authorization);
    if (response.status === 401 && this.authorization === undefined) {
      const challenge = response.headers.get('www-authenticate') ?? '';
      await response.body?.cancel();
      this.authorization = await this.authorize(challenge);
      response = await this.send(url, asked, this.authorization);
    }
    return await this.answer(response, asked.method ?? 'GET');
  }

  /** Blobs are often kept elsewhere: followed, and the login stays with the host that it is for. */
  private async send(url: URL, asked: Asked, authorization: string | undefined): Promise<Response> {
    let at = url;
    for (let hop = 0; ; hop++) {
      const response = await this.fetched(at, {
        method: asked.method ?? 'GET',
        headers: {
          ...(asked.accept ? { accept: asked.accept.join(', ') } : {}),
          ...(authorization !== undefined && at.origin === url.origin ? { authorization } : {}),
        },
      });
      const to = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (to === null) return response;
      await response.body?.cancel();
      if (hop === MOST_REDIRECTS) throw this.refused({ kind: 'no answer', why: 'it sends in circles' });
      at = this.safe(new URL(to, at));
    }
  }

  /** Nothing of an exchange that began encrypted goes on in the open. */
  private safe(url: URL): URL {
    if (url.protocol === 'https:' || url.origin === originOf(url.host)) return url;
    throw this.refused({ kind: 'no answer', why: `it sends to ${url.host}, which is not encrypted` });
  }

  private async fetched(url: URL, init: RequestInit): Promise<Response> {
    const limit = AbortSignal.timeout(REQUEST_LIMIT_MS);
    try {
      return await fetch(url, {
        ...init,
        redirect: 'manual',
        signal: AbortSignal.any([this.signal, limit]),
      });
    } catch (error) {
      throw this.refused({ kind: 'no answer', why: this.whyNot(error, limit, url.host) });
    }
  }

  private whyNot(error: unknown, limit: AbortSignal, host: string): string {
    if (this.signal.aborted || limit.aborted) return `${host} did not answer in time`;
    const cause = error instanceof Error ? error.cause : undefined;
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    if (/CERT|SELF_SIGNED|UNABLE_TO/.test(code)) {
      return `the certificate of ${host} is not accepted (${code}); give its authority in NODE_EXTRA_CA_CERTS`;
    }
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `there is no address for ${host}`;
    return `no connection to ${host}${code === '' ? '' : ` (${code})`}`;
  }

  /** Basic, or a token from where the registry says (Distribution's token authentication). */
  private async authorize(challenge: string): Promise<string> {
    const scheme = challenge.trim().split(' ', 1)[0]?.toLowerCase();
    if (scheme === 'basic') {
      if (this.login === undefined) throw this.refused({ kind: 'needs login' });
      return this.basic(this.login);
    }
    const realm = /realm="([^"]*)"/.exec(challenge)?.[1];
    if (scheme !== 'bearer' || realm === undefined || !URL.canParse(realm)) {
      throw this.refused({ kind: 'no answer', why: 'it wants a login and does not say which kind' });
    }
    const url = this.safe(new URL(realm));
    const service = /service="([^"]*)"/.exec(challenge)?.[1];
    if (service !== undefined) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${this.reference.repository}:pull`);
    const headers = new Headers();
    if (this.login !== undefined) headers.set('authorization', this.basic(this.login));
    const response = await this.fetched(url, { headers });
    if (response.status === 401 || response.status === 403) {
      await response.body?.cancel();
      throw this.refused({ kind: this.login === undefined ? 'needs login' : 'login refused' });
    }
    const { body } = await this.answer(response, 'GET');
    const given = z
      .object({ token: z.string().optional(), access_token: z.string().optional() })
      .safeParse(parsed(body)).data;
    const token = given?.token ?? given?.access_token;
    if (token === undefined) throw this.refused({ kind: 'no answer', why: `${url.host} gave no token` });
    this.secret(token);
    return `Bearer ${token}`;
  }

  private basic(login: Login): string {
    const pair = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    this.secret(login.password);
    this.secret(pair);
    return `Basic ${pair}`;
  }

  private async answer(response: Response, method: 'GET' | 'HEAD'): Promise<Answer> {
    const body = method === 'HEAD' ? Buffer.alloc(0) : await this.whole(response);
    if (response.status === 200) return { body, headers: response.headers };
    throw this.refused(this.troubleOf(response, body));
  }

  private troubleOf(response: Response, body: Buffer): Trouble {
    const codes = errorCodes(body);
    const wait = Number(response.headers.get('retry-after') ?? Number.NaN);
    switch (response.status) {
      case 401:
        return { kind: this.login === undefined ? 'needs login' : 'login refused' };
      case 403:
        return { kind: 'not allowed' };
      case 404:
        // A proxy or a web page at this host answers 404 too, without the specification's codes.
        return { kind: codes.includes('MANIFEST_UNKNOWN') ? 'absent tag' : 'absent repository' };
      case 429:
        return { kind: 'asked to wait', ...(Number.isFinite(wait) ? { seconds: wait } : {}) };
      default:
        return { kind: 'no answer', why: `it answered ${response.status}` };
    }
  }

  private async whole(response: Response): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        const piece = chunk as Uint8Array;
        size += piece.length;
        if (size > MOST_BYTES) break;
        chunks.push(piece);
      }
    } catch {
      throw this.refused({ kind: 'no answer', why: 'its answer broke off' });
    }
    if (size > MOST_BYTES) throw this.refused({ kind: 'no answer', why: 'its answer is far too long' });
    return Buffer.concat(chunks);
  }

  private refused(trouble: Trouble): RegistryRefused {
    return new RegistryRefused(trouble);
  }
}

/** Undefined for what is no JSON, such as a web page. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function errorCodes(body: Buffer): string[] {
  const shape = z.object({ errors: z.array(z.object({ code: z.string() })) });
  return shape.safeParse(parsed(body)).data?.errors.map((one) => one.code) ?? [];
}
