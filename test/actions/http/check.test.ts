/** `http.check` against real servers on this machine: statuses, silence, and what is never asked. */
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ActionFailed } from '../../../src/actions/action.ts';
import { check } from '../../../src/actions/http/check.ts';
import { asked, refused, system } from './stage.ts';
import { Servers } from './web-servers.ts';

const servers = new Servers();
afterEach(() => servers.close());

describe('what is asked', () => {
  it('is an address of the catalogue, of the system in this namespace', async () => {
    const paths: (string | undefined)[] = [];
    const url = await servers.web((request, response) => {
      paths.push(request.url);
      response.end('hello');
    });
    const systems = [system('web', [{ name: 'public', url: `${url}/health?key=planted` }])];
    const found = await asked({ address: 'public' }, { systems });
    expect(found).toMatchObject({ answered: true, ok: true, status: 200, problem: 'none', from_cdn: false });
    expect(found.url).toBe(`${url}/health`);
    expect(JSON.stringify(found)).not.toContain('planted');
    expect(found.latency_ms).toBeGreaterThanOrEqual(0);
    await asked({ address: 'public', path: '/ready' }, { systems });
    expect(paths).toEqual(['/health?key=planted', '/ready']);
  });

  it('is of the named system, wherever that is', async () => {
    const url = await servers.web((_request, response) => response.writeHead(204).end());
    const systems = [system('sso', [{ name: 'public', url }], 'sso-prod')];
    expect(await asked({ address: 'public', system: 'sso' }, { systems })).toMatchObject({
      status: 204,
      ok: true,
    });
    expect(await refused({ address: 'public' }, { systems })).toMatch(/no address public.*addresses:/);
    expect(await refused({ address: 'admin', system: 'sso' }, { systems })).toContain('It has public.');
  });

  it('is never guessed', async () => {
    const systems = [
      system('a', [{ name: 'public', url: 'http://127.0.0.1:1/' }]),
      system('b', [{ name: 'public', url: 'http://127.0.0.1:2/' }]),
    ];
    expect(await refused({ address: 'public' }, { systems })).toContain('name the system');
    expect(await refused({})).toContain('address:');
  });

  it.each(['file:///etc/passwd', 'gopher://x/', 'http://u:p@127.0.0.1/', '/relative', 'http://a b/'])(
    'is no %s',
    (url) => {
      expect(check.params.safeParse({ url }).success).toBe(false);
    },
  );
  it.each(['//elsewhere.example.org/', '/\\elsewhere.example.org', 'health', '/a b'])(
    'has no path %s',
    (path) => {
      expect(check.params.safeParse({ address: 'public', path }).success).toBe(false);
    },
  );

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[fe80::a9fe:a9fe]/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://100.100.100.200/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0/',
  ])('is never %s', async (url) => {
    expect(await refused({ url })).toContain('never asked');
  });
});

describe('a status', () => {
  const answering = (status: number, headers: Record<string, string> = {}) =>
    servers.web((_request, response) => response.writeHead(status, headers).end('secret body'));

  it.each([520, 521, 522, 523, 524, 525, 526, 527, 530])('%i is of a CDN', async (status) => {
    const found = await asked({ url: await answering(status) });
    expect(found).toMatchObject({ answered: true, ok: false, status, from_cdn: true, problem: 'none' });
    expect(found.means).toContain('behind');
    expect(found.says).toContain(String(found.means));
  });

  it.each([401, 403, 404, 429, 500, 502, 503, 504])('%i has a meaning', async (status) => {
    const found = await asked({ url: await answering(status) });
    expect(found).toMatchObject({ ok: false, status, from_cdn: false });
    expect(found.means?.length).toBeGreaterThan(5);
  });

  it('that is a redirect says where to and does not go there', async () => {
    let second = 0;
    const to = await servers.web((_request, response) => {
      second++;
      response.end();
    });
    const url = await answering(302, { location: `${to}/login?token=planted#x` });
    const found = await asked({ url });
    expect(found).toMatchObject({ ok: false, answered: true, status: 302, redirects_to: `${to}/login` });
    expect(found.says).toContain(`${to}/login`);
    expect(JSON.stringify(found)).not.toContain('planted');
    expect(second).toBe(0);
    const same = await asked({ url: await answering(301, { location: '/other' }) });
    expect(same.redirects_to).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/other$/);
  });

  it('comes without the body, however long that is', async () => {
    const url = await servers.web((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000, 'x')));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(JSON.stringify(await asked({ url }))).not.toContain('xxx');
    expect(JSON.stringify(await asked({ url: await answering(200) }))).not.toContain('secret');
  });

  it('is asked for with the method that the step names, and no login', async () => {
    const seen: string[] = [];
    const url = await servers.web((request, response) => {
      seen.push(`${request.method} ${request.headers.authorization ?? '-'} ${request.headers.cookie ?? '-'}`);
      response.end();
    });
    await asked({ url });
    await asked({ url, method: 'HEAD' });
    expect(seen).toEqual(['GET - -', 'HEAD - -']);
  });

  it('comes over IPv6 as well', async () => {
    const url = await servers.web((_request, response) => response.end(), { host: '::1' });
    expect(await asked({ url })).toMatchObject({ ok: true, status: 200, url: `${url}/` });
  });
});

describe('no answer', () => {
  it('from a name without an address', async () => {
    const found = await asked({ url: 'http://nowhere.invalid/', timeout_seconds: 60 });
    expect(found).toMatchObject({ answered: false, ok: false, problem: 'no-address' });
    expect(found.status).toBeUndefined();
    expect(found.says).toContain('no address for its name');
  });

  it('from a port where nothing listens', async () => {
    expect(await asked({ url: 'http://127.0.0.1:1/' })).toMatchObject({
      answered: false,
      problem: 'refused',
    });
  });

  it('in time', async () => {
    const url = await servers.web(() => undefined);
    const found = await asked({ url, timeout_seconds: 1 });
    expect(found).toMatchObject({ answered: false, problem: 'timeout' });
    expect(found.says).toMatch(/within 1 s \(it was (connecting|waiting for an answer)\)/);
  });

  it('in time of a TLS handshake', async () => {
    const port = await servers.opened(createServer(() => undefined));
    const found = await asked({ url: `https://127.0.0.1:${port}/`, timeout_seconds: 1 });
    expect(found.problem).toBe('timeout');
    expect(found.says).toMatch(/it was (connecting|agreeing on TLS)/);
  });

  it('but the end of the connection', async () => {
    const port = await servers.opened(createServer((socket) => socket.once('data', () => socket.destroy())));
    expect(await asked({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ problem: 'closed' });
  });

  it('that is HTTP', async () => {
    const port = await servers.opened(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n\r\n')));
    expect(await asked({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ problem: 'not-http' });
  });

  it('to TLS on a port that speaks plain HTTP', async () => {
    const url = await servers.web((_request, response) => response.end());
    const found = await asked({ url: url.replace('http:', 'https:') });
    expect(found).toMatchObject({ answered: false, problem: 'tls' });
    expect(found.certificate).toBeUndefined();
  });

  it('once the step has ended', async () => {
    const url = await servers.web(() => undefined);
    const controller = new AbortController();
    const wait = refused({ url, timeout_seconds: 60 }, { signal: controller.signal });
    controller.abort(new ActionFailed('Somebody pressed Stop.'));
    expect(await wait).toBe('Somebody pressed Stop.');
    expect(await refused({ url }, { signal: AbortSignal.abort() })).toMatch(/Stopped while/);
  });
});
