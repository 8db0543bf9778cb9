/** Gives tokens as Distribution's token authentication wants them; the registry checks them by the certificate. */
import { createSign, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function startTokenService(options: {
  key: string;
  certificate: string;
  service: string;
  login: { username: string; password: string };
  denied: ReadonlySet<string>;
}): Promise<{ url: string; close(): Promise<void> }> {
  const key = readFileSync(options.key, 'utf8');
  const certificate = readFileSync(options.certificate, 'utf8').replace(/-----[^-]+-----|\s/g, '');
  const { username, password } = options.login;
  const login = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://tokens');
    if (request.headers.authorization !== undefined && request.headers.authorization !== login) {
      response.writeHead(401).end();
      return;
    }
    const [type = '', name = '', actions = ''] = (url.searchParams.get('scope') ?? '').split(':');
    const allowed = request.headers.authorization === login && !options.denied.has(name);
    const now = Math.floor(Date.now() / 1000);
    const token = signed(
      key,
      { typ: 'JWT', alg: 'RS256', x5c: [certificate] },
      {
        iss: 'tokens',
        sub: username,
        aud: options.service,
        exp: now + 300,
        nbf: now - 60,
        iat: now,
        jti: randomUUID(),
        access: allowed ? [{ type, name, actions: actions.split(',') }] : [],
      },
    );
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/token`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function signed(key: string, header: object, claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}
