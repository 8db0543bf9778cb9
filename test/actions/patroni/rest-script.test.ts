/** The program that asks a member's REST API inside its pod: where it finds login and address, and what it tells. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerWords, refusedBy } from '../../../src/actions/patroni/inside-rest.ts';
import { REST_SCRIPT } from '../../../src/actions/patroni/rest-script.ts';
import { describeWith } from '../../support/requirements.ts';

describeWith(['patroni'], 'the REST program', () => {
  let folder: string;
  let server: Server;
  let place: string;
  let seen: { request: IncomingMessage; body: string }[] = [];
  let answer: (request: IncomingMessage) => { code: number; body: string } | 'cut';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handrail-rest-'));
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        seen.push({ request, body });
        const said = answer(request);
        if (said === 'cut') return void request.socket.destroy();
        response.writeHead(said.code).end(said.body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    seen = [];
    answer = ({ method, url }) =>
      method === 'GET' && url === '/patroni'
        ? { code: 200, body: '{"database_system_identifier":"77"}' }
        : { code: 200, body: 'done' };
  });

  const ask = async (
    given: {
      method?: string;
      system?: string;
      address?: string;
      env?: Record<string, string>;
      bare?: boolean;
    } = {},
  ) => {
    const { method = 'POST', system = '', address = place, env = {}, bare = false } = given;
    // -S: without the packages of the system, such as PyYAML.
    const args = [
      ...(bare ? ['-S'] : []),
      '-c',
      REST_SCRIPT,
      method,
      '/restart',
      '{"role":"replica"}',
      system,
      address,
      '5',
    ];
    const { stdout } = await promisify(execFile)('/usr/bin/python3', args, {
      env: { HOSTNAME: 'a-pod-of-this-test', ...env },
    });
    return JSON.parse(stdout) as { code?: number; body?: string; unsent?: string; lost?: string };
  };
  const login = () => {
    const header = seen.at(-1)?.request.headers.authorization ?? '';
    return header.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString() : undefined;
  };
  const settings = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return { PATRONI_CONFIG_FILE: file };
  };
  const YAML = () => `
scope: prod
restapi:
  # where it listens
  listen: 0.0.0.0:${place.split(':')[1]}
  connect_address: ${place}
  authentication:
    username: patroni
    password: "s3cr:et"
postgresql:
  authentication: {superuser: {username: postgres, password: other}}
`;

  it('sends what it is given to the address that this bot knows, without a login where there is none', async () => {
    expect(await ask()).toEqual({ code: 200, body: 'done' });
    expect(seen.map(({ request, body }) => `${request.method} ${request.url} ${body}`)).toEqual([
      'POST /restart {"role":"replica"}',
    ]);
    expect(login()).toBeUndefined();
  });

  it('takes address and login from the settings file of Patroni, also where Python has no YAML', async () => {
    for (const bare of [false, true]) {
      const env = settings('patroni.yml', YAML());
      expect(await ask({ env, bare, address: '127.0.0.1:1' })).toEqual({ code: 200, body: 'done' });
      expect(login()).toBe('patroni:s3cr:et');
    }
  });

  it('takes the login from the environment first, and sends it only with what changes something', async () => {
    const env = {
      ...settings('patroni.yml', YAML()),
      PATRONI_RESTAPI_USERNAME: 'u',
      PATRONI_RESTAPI_PASSWORD: 'p',
    };
    await ask({ env });
    expect(login()).toBe('u:p');
    await ask({ env, method: 'GET' });
    expect(login()).toBeUndefined();
  });

  it('writes to no other database than the one that is meant', async () => {
    expect(await ask({ system: '78' })).toEqual({ unsent: 'another database answers at its REST address' });
    expect(seen).toHaveLength(1);
    expect(await ask({ system: '77' })).toEqual({ code: 200, body: 'done' });
    // A server that is stopped does not say which one it is.
    answer = () => ({ code: 200, body: '{"state":"stopped"}' });
    expect((await ask({ system: '77' })).code).toBe(200);
    answer = () => 'cut';
    expect((await ask({ system: '77' })).unsent).toMatch(/does not say which database/);
  });

  it('tells what was never sent from what got no answer', async () => {
    expect((await ask({ address: '127.0.0.1:1' })).unsent).toMatch(/cannot be reached from inside its pod/);
    answer = () => 'cut';
    expect((await ask()).lost).toMatch(/\w/);
  });

  it('gives every code and body as it is', async () => {
    answer = () => ({ code: 412, body: 'leader name does not match' });
    expect(await ask()).toEqual({ code: 412, body: 'leader name does not match' });
  });

  it('puts answers into words', () => {
    const page =
      '<!DOCTYPE HTML><html><head><title>Error</title></head><body><h1>Error response</h1></body></html>';
    expect(answerWords({ code: 400, body: page })).toBe('400 Error response');
    expect(answerWords({ code: 503, body: '' })).toBe('503');
    expect(refusedBy({ code: 401, body: 'not authenticated' }, 'the restart')).toMatchObject({
      says: expect.stringMatching(
        /^Patroni refused the restart \(401 not authenticated\)\. The login of its REST API was not found/,
      ),
      nothingHappened: true,
      planChanged: false,
    });
    expect(refusedBy({ code: 412, body: 'leader name does not match' }, 'it')?.planChanged).toBe(true);
    expect(refusedBy({ code: 503, body: 'Switchover status unknown' }, 'it')).toBeUndefined();
    expect(refusedBy({ code: 200, body: '' }, 'it')).toBeUndefined();
  });
});
