// Where the page is: what the address says, and the address that says it. Slack's own form of the paths.

export interface Place {
  channel?: string;
  /** The message to scroll to and mark. */
  ts?: string;
  /** The thread that is open beside the channel. */
  thread?: string;
  tab?: 'home';
}

const digits = (ts: string): string => `p${ts.replace('.', '')}`;

/** @param address of this page, whole or from the first slash. What is no place in it is left out. */
export function placeOf(address: string): Place & { as?: string } {
  const url = new URL(address, 'http://localhost');
  const [, channel, message] = /^\/archives\/([A-Z0-9]+)(?:\/p(\d{7,}))?\/?$/.exec(url.pathname) ?? [];
  const as = url.searchParams.get('as');
  const thread = url.searchParams.get('thread_ts');
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(message === undefined ? {} : { ts: `${message.slice(0, -6)}.${message.slice(-6)}` }),
    ...(thread !== null && /^\d+\.\d+$/.test(thread) ? { thread } : {}),
    ...(url.searchParams.get('tab') === 'home' ? { tab: 'home' as const } : {}),
    ...(as === null || as === '' ? {} : { as }),
  };
}

/** @param as the name of the person one acts as. */
export function addressOf({ channel, ts, thread, tab }: Place, as: string): string {
  const query = new URLSearchParams({
    as,
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...(tab === undefined ? {} : { tab }),
  });
  const path =
    channel === undefined ? '/' : `/archives/${channel}${ts === undefined ? '' : `/${digits(ts)}`}`;
  return `${path}?${query}`;
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The place a link leads to when it leads into this page. The page and its links may name this machine differently. */
export function placeInside(url: string, here: string): Place | undefined {
  if (!URL.canParse(url, here)) return undefined;
  const [to, from] = [new URL(url, here), new URL(here)];
  const same =
    to.host === from.host ||
    (to.port === from.port && loopback.has(to.hostname) && loopback.has(from.hostname));
  if (!same || !to.pathname.startsWith('/archives/')) return undefined;
  const { as: _, ...place } = placeOf(to.pathname + to.search);
  return place;
}
