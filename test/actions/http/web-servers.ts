/** Servers on this machine's own addresses, with certificates made for the test. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as httpServer, type RequestListener, type Server } from 'node:http';
import { createServer as httpsServer } from 'node:https';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programOf } from '../../support/requirements.ts';

const execute = promisify(execFile);

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** Of the authority that vouches for all but the self-signed one. */
  readonly authority: string;
  readonly good: Pair;
  readonly expired: Pair;
  readonly otherHost: Pair;
  readonly selfSigned: Pair;
}

/** `good` is for localhost, 127.0.0.1 and ::1, for 90 days. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'handrail-certificates-'));
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execute(programOf('controlPlane', 'openssl'), args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1';
  const pair = async (name: string): Promise<Pair> => ({
    key: await readFile(at(`${name}.key`), 'utf8'),
    cert: await readFile(at(`${name}.crt`), 'utf8'),
  });
  const root = async (name: string, subject: string, more: string[] = []) =>
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-subj',
      `/CN=${subject}`,
      '-days',
      '90',
      ...more,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.crt`),
    );
  const leaf = async (name: string, subject: string, days: number, extensions: string): Promise<Pair> => {
    await writeFile(at(`${name}.ext`), `${extensions}\n`);
    const request = ['req', '-new', ...newKey, '-subj', `/CN=${subject}`];
    await openssl(...request, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`));
    await openssl(
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      '-CA',
      at('ca.crt'),
      '-CAkey',
      at('ca.key'),
      '-set_serial',
      String(days + 100),
      '-days',
      String(days),
      '-extfile',
      at(`${name}.ext`),
      '-out',
      at(`${name}.crt`),
    );
    return pair(name);
  };
  try {
    await root('ca', 'Test Authority');
    await root('self', 'self.example.org', ['-addext', names]);
    return {
      authority: await readFile(at('ca.crt'), 'utf8'),
      good: await leaf('good', 'good.example.org', 90, names),
      expired: await leaf('expired', 'old.example.org', -1, names),
      otherHost: await leaf('other', 'shop.example.org', 91, 'subjectAltName=DNS:shop.example.org'),
      selfSigned: await pair('self'),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Everything that a test has opened, closed at once. */
export class Servers {
  private readonly closers: (() => Promise<void>)[] = [];

  /** Gives `http://127.0.0.1:port`, `https` with a certificate. */
  async web(answer: RequestListener, options: { pair?: Pair; host?: string } = {}): Promise<string> {
    const { pair, host = '127.0.0.1' } = options;
    const server: Server = pair ? httpsServer(pair, answer) : httpServer(answer);
    const port = await this.opened(server, host);
    const name = host.includes(':') ? `[${host}]` : host;
    return `${pair ? 'https' : 'http'}://${name}:${port}`;
  }

  /** Listens and gives the port; closed with its connections by `close`. */
  async opened(server: NetServer, host = '127.0.0.1'): Promise<number> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, host, resolve);
    });
    this.closers.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await Promise.all(this.closers.splice(0).map((close) => close()));
  }
}
