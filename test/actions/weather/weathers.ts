/** What an API server, or something on the way to it, may answer instead of the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Answers, or breaks off: `real` is what the API server itself would have said. */
export interface Weather {
  readonly name: string;
  /** An answer that only means something for what is there: nothing can be told from it alone. */
  readonly plausible?: boolean;
  answer(request: IncomingMessage, response: ServerResponse, real: Real): void;
  /** Instead of a WebSocket (commands in pods, forwarded ports). */
  upgrade?(socket: Duplex, request: IncomingMessage): void;
}

export interface Real {
  readonly code: number;
  readonly body: Buffer;
}

const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Welcome</h1><form></form></body></html>';
const status = (code: number, reason: string, message: string, more: object = {}) =>
  JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...more,
  });

const json = 'application/json';

function says(code: number, type: string, body: string, headers: Record<string, string> = {}) {
  return {
    answer(_request: IncomingMessage, response: ServerResponse) {
      response.writeHead(code, { 'content-type': type, ...headers }).end(body);
    },
    upgrade(socket: Duplex) {
      const lines = Object.entries({
        'content-type': type,
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
        ...headers,
      }).map(([name, value]) => `${name}: ${value}`);
      socket.end(`HTTP/1.1 ${code} Weather\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
    },
  };
}

const refusing: readonly Weather[] = [
  {
    name: '401',
    ...says(401, json, status(401, 'Unauthorized', 'Unauthorized')),
  },
  {
    name: '403',
    ...says(
      403,
      json,
      status(
        403,
        'Forbidden',
        'things.apps is forbidden: User "handrail" cannot list resource "things" in API group "apps" in the namespace "default"',
      ),
    ),
  },
  { name: '403 of a web proxy', ...says(403, 'text/html', PAGE) },
  {
    name: '404',
    plausible: true,
    ...says(404, json, status(404, 'NotFound', 'things.apps "thing" not found')),
  },
  { name: '404 of a web proxy', plausible: true, ...says(404, 'text/html', PAGE) },
  {
    name: '410',
    ...says(410, json, status(410, 'Expired', 'too old resource version: 1 (2)')),
  },
  {
    name: '422',
    ...says(422, json, status(422, 'Invalid', 'things.apps "thing" is invalid: spec: Invalid value')),
  },
  {
    name: '429',
    ...says(429, json, status(429, 'TooManyRequests', 'too many requests'), { 'retry-after': '7' }),
  },
];

const failing: readonly Weather[] = [
  {
    name: '500',
    ...says(500, json, status(500, 'InternalError', 'etcdserver: leader changed')),
  },
  { name: '502 of a web proxy', ...says(502, 'text/html', PAGE) },
  { name: '503', ...says(503, 'text/plain', 'no healthy upstream') },
  { name: '504', ...says(504, json, status(504, 'Timeout', 'request timed out')) },
];

/** What looks like success and is none. */
const pretending: readonly Weather[] = [
  { name: 'a web page', ...says(200, 'text/html', PAGE) },
  { name: 'a web page that calls itself JSON', ...says(200, json, PAGE) },
  { name: 'a login page elsewhere', ...says(302, 'text/html', PAGE, { location: '/page' }) },
  { name: 'an empty answer', ...says(200, json, '') },
  { name: 'null', ...says(200, json, 'null') },
  { name: 'an empty object', ...says(200, json, '{}') },
  { name: 'a list', ...says(200, json, '[]') },
  {
    name: 'another kind',
    ...says(200, json, '{"kind":"APIVersions","apiVersion":"v1","versions":["v1"]}'),
  },
  {
    name: 'a success without anything',
    ...says(200, json, '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}'),
  },
];

const breaking: readonly Weather[] = [
  {
    name: 'cut in mid-body',
    answer: (_request, response, { code, body }) => {
      response.writeHead(code, { 'content-type': json, 'content-length': body.length + 100 });
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
    },
    upgrade: (socket) => socket.end('HTTP/1.1 101 Switch'),
  },
  {
    name: 'cut before a word',
    answer: (request) => void request.socket.destroy(),
    upgrade: (socket) => void socket.destroy(),
  },
];

const hanging: readonly Weather[] = [
  { name: 'silence', answer: () => undefined, upgrade: () => undefined },
  {
    name: 'very slow headers',
    answer: (request) => {
      const { socket } = request;
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
      const drip = setInterval(() => (socket.destroyed ? clearInterval(drip) : socket.write('.')), 100);
      socket.once('close', () => clearInterval(drip));
    },
    upgrade: (socket) => void socket.write('HTTP/1.1 101 Swit'),
  },
  {
    name: 'silence in mid-body',
    answer: (_request, response, { code, body }) => {
      response.writeHead(code, { 'content-type': json, 'content-length': body.length + 100 });
      response.write(body.subarray(0, Math.ceil(body.length / 2)));
    },
    upgrade: () => undefined,
  },
];

/** All that end by themselves; a hanging one only ends with the time of the call. */
export const PROMPT: readonly Weather[] = [...refusing, ...failing, ...pretending, ...breaking];
export const HANGING = hanging;
export const WEATHERS: readonly Weather[] = [...PROMPT, ...HANGING];
/** One of each sort, for what is tried at every request of a call. */
export const SAMPLE: readonly Weather[] = PROMPT.filter(({ name }) =>
  ['403', '404 of a web proxy', '500', 'a web page', 'another kind', 'cut in mid-body'].includes(name),
);
/** After these nobody knows what became of a write. */
export const UNCERTAIN: readonly Weather[] = PROMPT.filter(({ name }) =>
  [
    '502 of a web proxy',
    '504',
    'a web page',
    'another kind',
    'cut in mid-body',
    'cut before a word',
  ].includes(name),
);
