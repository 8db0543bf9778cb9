// Asks a cluster as plainly as possible, so that codes and bodies are seen as they are sent.
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import {
  AppsV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  Exec,
  type KubeConfig,
  RbacAuthorizationV1Api,
  type V1Status,
} from '@kubernetes/client-node';

export interface Said {
  readonly code: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- any JSON that a server sends
  readonly body: any;
}

export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';

/** One request with the configuration's own credentials. */
export async function ask(
  config: KubeConfig,
  method: string,
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<Said> {
  const options = { method, headers: {} as Record<string, string> };
  await config.applyToHTTPSOptions(options);
  const server = config.getCurrentCluster()?.server ?? '';
  const send = server.startsWith('https') ? secure : plain;
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return await new Promise((resolve, reject) => {
    const sent = send(server + path, {
      ...options,
      headers: {
        ...options.headers,
        'Content-Type': contentType,
        // Node sends a body of DELETE without a length, which no server reads.
        ...(payload === undefined ? {} : { 'Content-Length': Buffer.byteLength(payload) }),
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      text(response).then((said) => {
        let read: unknown = said;
        try {
          read = JSON.parse(said);
        } catch {
          // Text.
        }
        resolve({ code: response.statusCode ?? 0, body: read });
      }, reject);
    });
    sent.end(payload);
  });
}

export function clients(config: KubeConfig) {
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    rbac: config.makeApiClient(RbacAuthorizationV1Api),
    authorization: config.makeApiClient(AuthorizationV1Api),
  };
}

export interface Ran {
  readonly status: V1Status;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command through client-node's own Exec. */
export async function run(
  config: KubeConfig,
  pod: string,
  command: string[],
  namespace = 'default',
): Promise<Ran> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const outputs = Promise.all([buffer(stdout), text(stderr)]);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, 'main', command, stdout, stderr, null, false, resolve)
      .then((socket) => socket.on('close', () => reject(new Error('closed without a status'))), reject);
  });
  const [out, err] = await outputs;
  return { status, stdout: out.toString('utf8'), stderr: err };
}
