/** Between actions and a real API server: each course of requests has an address, a record, and weather of its own. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request as plain, type ServerResponse } from 'node:http';
import { type RequestOptions, request as secure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { KubeConfig } from '@kubernetes/client-node';
import type { Real, Weather } from './weathers.ts';

/** One request as it came by. */
export interface Passed {
  readonly method: string;
  /** Without the course's own part. */
  readonly path: string;
  /** Was answered by the weather. */
  readonly spoiled: boolean;
  /** A write that makes nothing: a dry run, or a question in the shape of a write. */
  tried?: boolean;
  /** What the API server itself said; absent when it was never asked. */
  real?: number;
}

export interface Course {
  readonly config: KubeConfig;
  readonly passed: readonly Passed[];
  /** The API server took a write, whatever the caller was told. Commands in pods do not count. */
  changed(): boolean;
}

/** The weather for the request of this number (from 0). */
export type Forecast = (at: number, request: { method: string; path: string }) => Weather | undefined;

export interface Options {
  /** The API server gets a write whose answer is spoiled. */
  readonly reached?: boolean;
  /** Every write reaches it as a dry run: it checks it, answers as if it had made it, and changes nothing. */
  readonly rehearsal?: boolean;
  /** What was read once is read again in the same words: nodes write the status of their pods all the time. */
  readonly still?: boolean;
  /** How far the API server's clock is before that of this machine. */
  readonly aheadMs?: number;
}

export interface StormyProxy {
  course(forecast: Forecast, options?: Options): Course;
  stop(): Promise<void>;
}

interface Sky extends Options {
  readonly passed: Passed[];
  readonly forecast: Forecast;
}

interface Answered extends Real {
  readonly headers: IncomingMessage['headers'];
}

/** Cut in half where the weather cuts an answer that nobody was asked for. */
const NOT_ASKED: Real = { code: 200, body: Buffer.from('{"kind":"Thing","metadata":{') };

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A question in the shape of a write, and a write that is only tried. */
function isQuestion(path: string): boolean {
  return /accessreviews\b|dryRun=All/.test(path);
}

/** Not the login of the one who asks, nor what belongs to this connection. */
function onward({ headers }: IncomingMessage): IncomingMessage['headers'] {
  const own = new Set(['host', 'authorization', 'content-length', 'transfer-encoding']);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}

function asDryRun(path: string): string {
  if (isQuestion(path)) return path;
  return `${path}${path.includes('?') ? '&' : '?'}dryRun=All`;
}

/** With a body of its own a deletion reads nothing from the address. */
function dryBody(method: string | undefined, body: Buffer): Buffer {
  if (method !== 'DELETE' || body.length === 0) return body;
  return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString('utf8')), dryRun: ['All'] }));
}

/** Without a kubeconfig there is no API server: only weather answers. */
export async function startStormyProxy(kubeconfig: string | undefined): Promise<StormyProxy> {
  const skies = new Map<string, Sky>();
  const open = new Set<Duplex>();
  const admin = new KubeConfig();
  const login: RequestOptions = {};
  if (kubeconfig) {
    admin.loadFromString(readFileSync(kubeconfig, 'utf8'));
    await admin.applyToHTTPSOptions(login);
  }
  const upstream = new URL(admin.getCurrentCluster()?.server ?? 'https://127.0.0.1:9');
  const ask = upstream.protocol === 'https:' ? secure : plain;

  const skyOf = (request: IncomingMessage): { sky: Sky; path: string } | undefined => {
    const [, id = '', path = ''] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? [];
    const sky = skies.get(id);
    return sky && { sky, path };
  };
  const pass = (sky: Sky, request: IncomingMessage, path: string) => {
    const method = request.method ?? 'GET';
    const weather = sky.forecast(sky.passed.length, { method, path });
    const passed: Passed = { method, path, spoiled: weather !== undefined };
    sky.passed.push(passed);
    return { weather, passed };
  };
  const forward = (request: IncomingMessage, path: string, body: Buffer) =>
    new Promise<Answered>((resolve, reject) => {
      const headers = { ...onward(request), ...(login.headers as Record<string, string>) };
      const asked = ask(
        {
          ...login,
          hostname: upstream.hostname,
          port: upstream.port,
          path,
          method: request.method,
          headers,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              code: response.statusCode ?? 0,
              body: Buffer.concat(parts),
              headers: response.headers,
            }),
          );
        },
      );
      asked.on('error', reject);
      // A deletion's body is not sent otherwise.
      if (body.length > 0) asked.setHeader('content-length', body.length);
      asked.end(body);
    });

  const memory = new Map<string, Promise<Answered>>();
  const remembered = (request: IncomingMessage, path: string) => {
    const known = memory.get(path) ?? forward(request, path, Buffer.alloc(0));
    memory.set(path, known);
    return known;
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const found = skyOf(request);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (!found) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
      return;
    }
    const { sky, path } = found;
    const { weather, passed } = pass(sky, request, path);
    const isWrite = WRITES.has(passed.method);
    const sent = Buffer.concat(parts);
    passed.tried = isQuestion(path) || /"dryRun":\["All"\]/.test(sent.toString('utf8'));
    if (weather && (!kubeconfig || (isWrite && !sky.reached))) {
      weather.answer(request, response, NOT_ASKED);
      return;
    }
    const real = await (isWrite
      ? sky.rehearsal
        ? forward(request, asDryRun(path), dryBody(request.method, sent))
        : forward(request, path, sent)
      : sky.still
        ? remembered(request, path)
        : forward(request, path, sent));
    passed.real = real.code;
    if (weather) weather.answer(request, response, real);
    else
      response
        .writeHead(real.code, {
          'content-type': real.headers['content-type'] ?? 'application/json',
          date: new Date(Date.now() + (sky.aheadMs ?? 0)).toUTCString(),
        })
        .end(real.body);
  }

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    serve(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    const found = skyOf(request);
    if (!found) return void socket.destroy();
    const { weather, passed } = pass(found.sky, request, found.path);
    if (weather) {
      if (weather.upgrade) weather.upgrade(socket, request);
      else socket.destroy();
      return;
    }
    const headers = { ...onward(request), ...(login.headers as Record<string, string>) };
    const asked = ask({
      ...login,
      hostname: upstream.hostname,
      port: upstream.port,
      path: found.path,
      headers,
    });
    const lines = (answer: IncomingMessage) =>
      answer.rawHeaders
        .flatMap((name, i, all) => (i % 2 === 0 ? [`${name}: ${all[i + 1]}`] : []))
        .join('\r\n');
    asked.on('upgrade', (answer, through) => {
      passed.real = 101;
      open.add(through);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines(answer)}\r\n\r\n`);
      through.pipe(socket).pipe(through);
      for (const [one, other] of [
        [socket, through],
        [through, socket],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    asked.on('response', (answer) => {
      passed.real = answer.statusCode ?? 0;
      socket.write(`HTTP/1.1 ${answer.statusCode} Refused\r\n${lines(answer)}\r\n\r\n`);
      answer.pipe(socket);
    });
    asked.on('error', () => socket.destroy());
    asked.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  let courses = 0;
  return {
    course(forecast, options = {}) {
      courses += 1;
      const sky: Sky = { passed: [], forecast, ...options };
      skies.set(String(courses), sky);
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: 'c', server: `http://127.0.0.1:${port}/${courses}`, skipTLSVerify: true },
        { name: 'u', token: 'planted-token' },
      );
      return {
        config,
        passed: sky.passed,
        changed: () =>
          sky.passed.some(
            ({ method, tried, real = 0 }) => WRITES.has(method) && !tried && real >= 200 && real < 300,
          ),
      };
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
