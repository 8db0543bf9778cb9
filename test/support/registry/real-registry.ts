/** A real registry (CNCF Distribution) on loopback, open, with logins of its own, or with tokens from a token service. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endAll, start, startWatchdog } from '../control-plane/processes.ts';
import { waitUntil } from '../control-plane/waiting.ts';
import { programOf } from '../real-programs.ts';
import { freePort } from '../redis.ts';
import { startTokenService } from './token-service.ts';

/** bcrypt of `let me in`, cost 5: the registry takes no other kind. */
const HASH = '$2b$05$bUREmtOTYUuz0RVHaqY3DOo1lnSVxRVWNCf5J5xZTRi4K2w.ullo2';
export const LOGIN = { username: 'puller', password: 'let me in' };

export interface RealRegistry {
  /** `127.0.0.1:PORT`, as images are named. */
  readonly host: string;
  /** Where it keeps everything: `docker/registry/v2/...`. */
  readonly storage: string;
  /** Repositories that the token service gives nobody a token for. */
  readonly denied: Set<string>;
  close(): Promise<void>;
}

/** Starts it and waits until it answers. */
export async function startRegistry(auth: 'none' | 'basic' | 'token' = 'none'): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'handrail-registry-'));
  const watchdog = startWatchdog(folder);
  const storage = join(folder, 'storage');
  mkdirSync(storage);
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const denied = new Set<string>();
  let tokens: { url: string; close(): Promise<void> } | undefined;
  const sections: Record<string, unknown> = {};
  if (auth === 'basic') {
    const file = join(folder, 'htpasswd');
    writeFileSync(file, `${LOGIN.username}:${HASH}\n`);
    sections['auth'] = { htpasswd: { realm: 'tests', path: file } };
  } else if (auth === 'token') {
    const key = join(folder, 'token.key');
    const certificate = join(folder, 'token.crt');
    const subject = ['-subj', '/CN=tokens', '-days', '30', '-nodes'];
    await promisify(execFile)(programOf('registry', 'openssl'), [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      ...subject,
      '-keyout',
      key,
      '-out',
      certificate,
    ]);
    tokens = await startTokenService({ key, certificate, service: host, login: LOGIN, denied });
    sections['auth'] = {
      token: { realm: tokens.url, service: host, issuer: 'tokens', rootcertbundle: certificate },
    };
  }
  const config = join(folder, 'config.yml');
  // YAML is a superset of JSON.
  writeFileSync(
    config,
    JSON.stringify({
      version: 0.1,
      log: { accesslog: { disabled: true }, level: 'error' },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      http: { addr: host },
      ...sections,
    }),
  );
  start(folder, programOf('registry', 'docker-registry'), ['serve', config], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
  });
  await waitUntil('the registry answers', async () => {
    const response = await fetch(`http://${host}/v2/`).catch(() => undefined);
    return response?.status === 200 || response?.status === 401;
  });
  return {
    host,
    storage,
    denied,
    close: async () => {
      await tokens?.close();
      await endAll(folder);
      watchdog.kill('SIGKILL');
    },
  };
}
