/** Which network addresses a name leads to, and that a connection goes to exactly these. */
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { ActionFailed } from '../action.ts';
import { isForbidden } from './forbidden-addresses.ts';

export interface LookedUp {
  readonly address: string;
  readonly family: number;
}

/**
 * What the name leads to now.
 * @throws ActionFailed when that is an address that must not be asked; whatever the look-up, or the signal, says
 */
export async function addressesOf(address: URL, signal: AbortSignal): Promise<LookedUp[]> {
  const host = hostOf(address);
  const kind = isIP(host);
  const found = kind === 0 ? await lookedUp(host, signal) : [{ address: host, family: kind }];
  const forbidden = found.find((one) => isForbidden(one.address));
  if (forbidden) {
    const leads = kind === 0 ? `${host} leads to ${forbidden.address}, which` : host;
    throw new ActionFailed(
      `${leads} is never asked: link-local and metadata addresses give away the credentials of this machine.`,
      { nothingHappened: true },
    );
  }
  return found;
}

/** The system's own look-up cannot be stopped: it is left behind when time is up. */
async function lookedUp(host: string, signal: AbortSignal): Promise<LookedUp[]> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([lookup(host, { all: true }), ended]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** For a connection: what was looked up and found right, so that no second look-up leads elsewhere. */
export function pinnedTo(found: readonly LookedUp[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = found;
    if (options.all) done(null, [...found]);
    else done(null, first?.address ?? '', first?.family);
  };
}

/** Without the brackets of an IPv6 address. */
export function hostOf(address: URL): string {
  return address.hostname.replace(/^\[|\]$/g, '');
}
