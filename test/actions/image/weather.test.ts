/** A registry in bad weather: every answer ends in words, and no login goes where it does not belong. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegistryRefused, troubleInWords } from '../../../src/actions/image/answers.ts';
import type { Login } from '../../../src/actions/image/login.ts';
import { lookAt } from '../../../src/actions/image/look.ts';
import { Registry } from '../../../src/actions/image/registry.ts';
import { type OddRegistry, startOddRegistry } from '../../support/registry/odd-registry.ts';

const login: Login = { secret: 'artifactory', username: 'bob', password: 'hush' };

describe('a registry', () => {
  let odd: OddRegistry;
  let elsewhere: OddRegistry;

  beforeEach(async () => {
    odd = await startOddRegistry();
    elsewhere = await startOddRegistry();
  });
  afterEach(async () => {
    await odd.close();
    await elsewhere.close();
  });

  async function trouble(with_?: Login, signal = AbortSignal.timeout(20_000)) {
    const reference = { registry: odd.host, repository: 'team/app', tag: 'v1' };
    const registry = new Registry(reference, { login: with_, signal, secret: () => {} });
    try {
      return { found: await lookAt(registry, reference) };
    } catch (error) {
      if (!(error instanceof RegistryRefused)) throw error;
      return error.trouble;
    }
  }
  const json = (
    response: ServerResponse,
    code: number,
    body: unknown,
    headers: Record<string, string> = {},
  ) => response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

  it('that forbids', async () => {
    odd.answer = (_request, response) => json(response, 403, { errors: [{ code: 'DENIED' }] });
    expect(await trouble(login)).toEqual({ kind: 'not allowed' });
  });

  it('that asks to wait says how long', async () => {
    odd.answer = (_request, response) =>
      json(response, 429, { errors: [{ code: 'TOOMANYREQUESTS' }] }, { 'retry-after': '90' });
    expect(await trouble()).toEqual({ kind: 'asked to wait', seconds: 90 });
  });

  it('whose token service asks to wait', async () => {
    elsewhere.answer = (_request, response) => response.writeHead(429).end();
    odd.answer = (_request, response) =>
      response
        .writeHead(401, { 'www-authenticate': `Bearer realm="http://${elsewhere.host}/t",service="s"` })
        .end();
    expect(await trouble()).toEqual({ kind: 'asked to wait' });
  });

  it('that is a web page', async () => {
    odd.answer = (_request, response) => response.end('<html>Welcome</html>');
    expect(await trouble()).toMatchObject({
      kind: 'no answer',
      why: expect.stringContaining('no container image'),
    });
  });

  it('that has a problem of its own', async () => {
    odd.answer = (_request, response) => response.writeHead(503).end('<html>');
    expect(await trouble()).toEqual({ kind: 'no answer', why: 'it answered 503' });
  });

  it('that sends something else than its digest says', async () => {
    const other = createHash('sha256').update('other').digest('hex');
    odd.answer = (_request, response) =>
      json(response, 200, { config: {} }, { 'docker-content-digest': `sha256:${other}` });
    expect(await trouble()).toMatchObject({ why: expect.stringContaining('digest') });
  });

  it('that never ends its answer is cut off', async () => {
    odd.answer = (_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, 'x')));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await trouble()).toEqual({ kind: 'no answer', why: 'its answer is far too long' });
  });

  it('that breaks off', async () => {
    odd.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{');
      setImmediate(() => response.destroy());
    };
    expect(await trouble()).toEqual({ kind: 'no answer', why: 'its answer broke off' });
  });

  it('that hangs ends with the step', async () => {
    odd.answer = () => {};
    expect(await trouble(undefined, AbortSignal.timeout(200))).toEqual({
      kind: 'no answer',
      why: `${odd.host} did not answer in time`,
    });
  });

  it('that is not there', async () => {
    await odd.close();
    expect(await trouble()).toMatchObject({ why: expect.stringContaining('ECONNREFUSED') });
    odd = await startOddRegistry();
  });

  it('that sends in circles', async () => {
    odd.answer = (request, response) => response.writeHead(307, { location: request.url ?? '' }).end();
    expect(await trouble()).toEqual({ kind: 'no answer', why: 'it sends in circles' });
  });

  it('gets the login, and those it sends to do not', async () => {
    odd.answer = (request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="r"' }).end();
        return;
      }
      response.writeHead(307, { location: `http://${elsewhere.host}/kept` }).end();
    };
    elsewhere.answer = (_request, response) => json(response, 404, {});
    await trouble(login);
    expect(odd.asked.some((one) => one.authorization?.startsWith('Basic '))).toBe(true);
    expect(elsewhere.asked.length).toBeGreaterThan(0);
    expect(elsewhere.asked.every((one) => one.authorization === undefined)).toBe(true);
  });

  it('that wants the login sent in the open does not get it', async () => {
    odd.answer = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="http://10.0.0.1/token"' }).end();
    expect(await trouble(login)).toMatchObject({ why: expect.stringContaining('not encrypted') });
    odd.answer = (_request, response) =>
      response.writeHead(401, { 'www-authenticate': 'Bearer realm="file:///etc/passwd"' }).end();
    expect(await trouble(login)).toMatchObject({ kind: 'no answer' });
  });

  it('that gives its tags in pages is asked for each, and stops where it says nothing more', async () => {
    odd.answer = (request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      const page = Number(url.searchParams.get('page') ?? 0);
      const link = `</v2/team/app/tags/list?page=${page + 1}>; rel="next"`;
      json(response, 200, { tags: [`z${page}`, `a${page}`] }, page < 2 ? { link } : {});
    };
    const reference = { registry: odd.host, repository: 'team/app', tag: 'v1' };
    const registry = new Registry(reference, { signal: AbortSignal.timeout(20_000), secret: () => {} });
    expect(await registry.tags(100)).toEqual({ tags: ['z0', 'a0', 'z1', 'a1', 'z2', 'a2'], more: false });
    expect(await registry.tags(3)).toEqual({ tags: ['z0', 'a0', 'z1'], more: true });
    odd.answer = (_request, response) =>
      json(response, 200, { tags: ['x'] }, { link: '<https://evil.example/v2/>; rel="next"' });
    await expect(registry.tags(100)).rejects.toThrow(RegistryRefused);
  });

  it('whose challenge is nonsense', async () => {
    for (const challenge of ['', 'Bearer', 'Bearer realm="no url"', 'Negotiate', 'Bearer realm=""']) {
      odd.answer = (_request, response) => response.writeHead(401, { 'www-authenticate': challenge }).end();
      expect(await trouble(login)).toMatchObject({ kind: 'no answer' });
    }
  });
});

describe('what a person is told', () => {
  it.each([
    [{ kind: 'absent tag' } as const, 'no such tag'],
    [{ kind: 'absent repository' } as const, 'no such repository'],
    [{ kind: 'hollow', missing: 'its manifest' } as const, 'no complete image behind it'],
    [{ kind: 'needs login' } as const, 'no pull secret'],
    [{ kind: 'login refused' } as const, 'Renew the pull secret'],
    [{ kind: 'not allowed' } as const, '403'],
    [{ kind: 'asked to wait', seconds: 90 } as const, 'again in 90 s'],
    [{ kind: 'no answer', why: 'it answered 503' } as const, 'could not be asked: it answered 503'],
  ])('%o', (trouble, words) => {
    const said = troubleInWords(trouble, 'r.example/app:1', 'r.example');
    expect(said).toContain(words);
    expect(said).toMatch(/^[A-Zr].*\.$/);
  });
});
