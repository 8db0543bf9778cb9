/** `http.check`: does an address answer, how fast, with which certificate; and what its status means. */
import { z } from 'zod';
import { reading } from '../define.ts';
import { word } from '../kubernetes/by-hand.ts';
import { addressOf, addressParams, shown, WRITTEN } from './address.ts';
import { type Asked, ask, type Phase, REASONS, type Reason } from './ask.ts';
import { certificate, certificateWords } from './certificate.ts';
import { isFromCdn, meaningOf } from './status-words.ts';

const params = z.object({
  ...addressParams,
  method: z.enum(['GET', 'HEAD']).default('GET'),
  timeout_seconds: z.int().min(1).max(60).default(10),
});
type Params = z.output<typeof params>;

const output = z.object({
  /** What was asked, without what follows its path. */
  url: z.string(),
  /** Some HTTP answer came, whatever it says. */
  answered: z.boolean(),
  /** A status of 200 to 299, and nothing wrong with the certificate. */
  ok: z.boolean(),
  status: z.int().optional(),
  /** Until the answer began, or until it was clear that none comes: name, connection, TLS and the server's own time. */
  latency_ms: z.int(),
  /** Why no answer came. */
  problem: z.enum(REASONS),
  /** Where a redirect leads; it is not followed. */
  redirects_to: z.string().optional(),
  /** A status with which a CDN speaks of the server behind it: 520 to 527, 530. */
  from_cdn: z.boolean(),
  /** What the status means, where it needs words. */
  means: z.string().optional(),
  /** Absent where nothing is encrypted, or no connection came about. */
  certificate: certificate.optional(),
  /** All of it in a sentence or two. */
  says: z.string(),
});

export const check = reading({
  name: 'http.check',
  version: 1,
  params,
  written: WRITTEN,
  output,
  rights: { kubernetes: [], postgres: [] },
  byHand,
  async run(call) {
    const { method, timeout_seconds: seconds } = call.params;
    const address = addressOf(call);
    const { signal, now } = call;
    const asked = await ask(address, { method, limitMs: seconds * 1000, signal, now });
    return answerOf(address, asked, seconds);
  },
});

function answerOf(address: URL, asked: Asked, seconds: number): z.output<typeof output> {
  const url = shown(address);
  const wrong = asked.certificate && certificateWords(asked.certificate);
  const about = {
    url,
    latency_ms: asked.latencyMs,
    problem: asked.reason,
    ...(asked.certificate ? { certificate: asked.certificate } : {}),
  };
  const say = (words: string) => (wrong === undefined ? words : `${words} ${wrong}`);
  if (asked.reason !== 'none') {
    const says = say(`${url} ${noAnswer(asked.reason, asked.while, seconds)}${codeWords(asked.code)}.`);
    return { ...about, answered: false, ok: false, from_cdn: false, says };
  }
  const { status } = asked;
  const means = meaningOf(status);
  const to = redirect(address, asked);
  const words = [
    `${url} answered ${status} after ${asked.latencyMs} ms`,
    ...(means ? [`: ${means}`] : []),
    ...(to ? [` and sends on to ${to}, which was not asked`] : []),
  ].join('');
  return {
    ...about,
    answered: true,
    ok: status >= 200 && status < 300 && wrong === undefined,
    status,
    from_cdn: isFromCdn(status),
    ...(means ? { means } : {}),
    ...(to ? { redirects_to: to } : {}),
    says: say(`${words}.`),
  };
}

function redirect(address: URL, { status, location }: Asked & { reason: 'none' }): string | undefined {
  if (location === undefined || status < 300 || status > 399) return undefined;
  const to = URL.parse(location, address.href);
  return to ? shown(to) : 'a place that is no address';
}

function noAnswer(reason: Exclude<Reason, 'none'>, phase: Phase, seconds: number): string {
  switch (reason) {
    case 'no-address':
      return 'was not asked: there is no address for its name';
    case 'refused':
      return 'refuses connections: nothing listens there, or a firewall says no';
    case 'unreachable':
      return 'cannot be reached from here';
    case 'timeout':
      return `did not answer within ${seconds} s (it was ${phase})`;
    case 'tls':
      return 'did not agree on TLS: it may speak plain HTTP on this port, or an old version';
    case 'closed':
      return 'took the request and closed the connection without an answer';
    case 'not-http':
      return 'answered something that is no HTTP';
  }
}

function codeWords(code: string): string {
  return /^[A-Z][A-Z0-9_]+$/.test(code) && code !== 'TIMEOUT' ? ` (${code})` : '';
}

function byHand(p: Partial<Params>): string[] {
  const base = p.url === undefined ? undefined : URL.parse(p.url);
  const url = base && p.path ? new URL(p.path, base.origin) : base;
  const target = url ? word(url.href, '<url>') : '<url>';
  const named = `# <url> is the address ${word(p.address, '<address>')} in handrail.yaml`;
  const head = p.method === 'HEAD' ? ' --head' : '';
  const format = "-w '%{http_code} after %{time_total} s, redirects to: %{redirect_url}\\n'";
  const lines = [
    ...(url ? [] : [named]),
    `curl -sS${head} -o /dev/null --max-time ${p.timeout_seconds ?? 10} ${format} ${target}`,
  ];
  if (url && url.protocol !== 'https:') return lines;
  const host = url ? word(url.hostname, '<host>') : '<host>';
  const port = url?.port || '443';
  return [
    ...lines,
    `openssl s_client -connect ${host}:${port} -servername ${host} </dev/null | openssl x509 -noout -subject -issuer -dates`,
  ];
}
