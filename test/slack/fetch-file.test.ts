// A file is fetched from Slack's own address only, whatever is answered; what is no file is told in words.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webApi } from '@slack/bolt';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fetchFile } from '../../src/slack/fetch-file.ts';

const TOKEN = 'xoxb-test-token';
const MOST = 1000;
const bytes = Buffer.from('\x89PNG\0 bytes');

let slack: Server;
let other: Server;
let api: string;
let elsewhere: string;
/** What `files.info` says, and how the file's address answers. */
let info: Record<string, unknown>;
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let askedOther: string[];

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

beforeAll(async () => {
  slack = createServer((request, response) => {
    request.resume();
    if (!request.url?.startsWith('/api/')) return serve(request, response);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify('error' in info ? { ok: false, ...info } : { ok: true, file: info }));
  });
  other = createServer((request, response) => {
    askedOther.push(`${request.url} ${request.headers.authorization}`);
    response.end('elsewhere');
  });
  api = await listening(slack);
  elsewhere = await listening(other);
});
afterAll(() => {
  for (const server of [slack, other]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(() => {
  askedOther = [];
  info = { id: 'F1', mimetype: 'image/png', size: bytes.length, url_private: `${api}/files-pri/a.png` };
  serve = (request, response) => {
    const right = request.headers.authorization === `Bearer ${TOKEN}`;
    response
      .writeHead(200, { 'content-type': right ? 'image/png' : 'text/html' })
      .end(right ? bytes : '<html>');
  };
});

const fetched = (apiUrl: string | undefined = `${api}/api/`) =>
  fetchFile(
    {
      client: new webApi.WebClient(TOKEN, {
        slackApiUrl: `${api}/api/`,
        retryConfig: { retries: 0 },
        logLevel: webApi.LogLevel.ERROR,
      }),
      token: TOKEN,
      apiUrl,
    },
    'F1',
    MOST,
    AbortSignal.timeout(60_000),
  );
const html = (page: string) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);

it('gets the bytes with the token', async () => {
  expect(await fetched()).toEqual({ ok: true, content: bytes, mimetype: 'image/png' });
  info.url_private_download = `${api}/files-pri/download/a.png`;
  expect(await fetched()).toMatchObject({ ok: true });
});

it('asks nobody but files.slack.com for a file of slack.com', async () => {
  const outcome = await fetchFile(
    {
      client: new webApi.WebClient(TOKEN, { slackApiUrl: `${api}/api/`, retryConfig: { retries: 0 } }),
      token: TOKEN,
    },
    'F1',
    MOST,
    AbortSignal.timeout(60_000),
  );
  expect(outcome).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('https://files.slack.com'),
  });
});

it.each([
  ['another port', () => `${elsewhere}/files-pri/a.png`],
  ['another scheme', () => api.replace('http:', 'https:')],
  [
    'a name in front of another host',
    () => `${api.replace('http://', 'http://files.slack.com@')}.example.org/a`,
  ],
  ['no address', () => 'files-pri/a.png'],
  ['a script', () => 'javascript:alert(1)'],
  ['a file of this machine', () => 'file:///etc/passwd'],
])('an address elsewhere is not asked: %s', async (_, address) => {
  info.url_private = address();
  expect(await fetched()).toMatchObject({ ok: false, again: false });
  expect(askedOther).toEqual([]);
});

it('a redirect is followed at the same address, and never to another host', async () => {
  const first = serve;
  serve = (request, response) => {
    if (request.url === '/there') return first(request, response);
    response.writeHead(302, { location: '/there' }).end();
  };
  expect(await fetched()).toMatchObject({ ok: true });
  serve = (_, response) => void response.writeHead(302, { location: `${elsewhere}/signin` }).end();
  expect(await fetched()).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('sign-in page'),
  });
  serve = (_, response) => void response.writeHead(302, { location: '/again' }).end();
  expect(await fetched()).toMatchObject({ ok: false, again: false });
  expect(askedOther).toEqual([]);
});

it('a sign-in page is no file, not even in place of a page', async () => {
  serve = html('<!DOCTYPE html><title>Sign in</title>');
  expect(await fetched()).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('sign-in page'),
  });
  info.mimetype = 'text/html';
  expect(await fetched()).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('sign-in page'),
  });
  const page = '<p>a page that somebody shared</p>';
  info.size = page.length;
  serve = html(page);
  expect(await fetched()).toMatchObject({ ok: true, content: Buffer.from(page) });
});

it('too large is not read to its end, whatever Slack says of its size', async () => {
  info.size = MOST + 1;
  expect(await fetched()).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('more than'),
  });
  delete info.size;
  serve = (_, response) => {
    response.writeHead(200, { 'content-type': 'image/png' });
    // Without an end.
    const more = setInterval(() => response.write(Buffer.alloc(600)), 5);
    response.on('close', () => clearInterval(more));
  };
  expect(await fetched()).toMatchObject({
    ok: false,
    again: false,
    says: expect.stringContaining('more than'),
  });
});

it('what may pass is tried again: a break, other bytes than announced, an error of the server', async () => {
  serve = (_, response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': 500 });
    response.write(bytes);
    setImmediate(() => response.destroy());
  };
  expect(await fetched()).toMatchObject({ ok: false, again: true });
  serve = (_, response) => void response.writeHead(200, { 'content-type': 'image/png' }).end('short');
  expect(await fetched()).toMatchObject({ ok: false, again: true });
  serve = (_, response) => void response.writeHead(503).end();
  expect(await fetched()).toMatchObject({ ok: false, again: true });
  serve = (_, response) => void response.writeHead(404).end();
  expect(await fetched()).toMatchObject({ ok: false, again: false });
});

it.each([
  ['missing_scope', 'files:read'],
  ['file_not_found', 'not in Slack any more'],
  ['some_new_code', 'some_new_code'],
])('%s is told in words', async (error, words) => {
  info = { error };
  expect(await fetched()).toMatchObject({ ok: false, again: false, says: expect.stringContaining(words) });
});

it.each([{ mode: 'tombstone' }, { mode: 'hidden_by_limit' }, { is_external: true }, { url_private: '' }])(
  'nothing is asked for %o',
  async (more) => {
    Object.assign(info, more);
    serve = () => expect.unreachable();
    expect(await fetched()).toMatchObject({ ok: false, again: false });
  },
);
