/** What a status code means for somebody who looks for the place of a fault. */

/**
 * 520 to 527 and 530 are not in the standard: a CDN (Cloudflare, and those that took its codes over) answers with them
 * in place of the server behind it. https://developers.cloudflare.com/support/troubleshooting/http-status-codes/
 */
const CDN: Readonly<Record<number, string>> = {
  520: 'the server behind the CDN answered something that the CDN does not understand (it may crash in the middle)',
  521: 'the server behind the CDN refuses connections: it is down, or its firewall keeps the CDN out',
  522: 'the CDN gets no connection to the server behind it: overloaded, gone, or a firewall drops its packets',
  523: 'the CDN finds no way to the server behind it: its address or the route to it is wrong',
  524: 'the CDN has a connection to the server behind it and gets no answer in time: something there takes too long',
  525: 'the TLS handshake between the CDN and the server behind it fails',
  526: 'the certificate of the server behind the CDN is not valid',
  527: 'the connection between the CDN and the server behind it broke off',
  530: 'the CDN cannot resolve or reach the server behind it: often a name or tunnel that is gone',
};

const OTHERS: Readonly<Record<number, string>> = {
  401: 'it wants a login',
  403: 'it refuses this address or whoever asks; a firewall in front answers like this, too',
  404: 'there is nothing under this path: a wrong path, or a route that leads to nothing',
  408: 'it waited for us and gave up',
  429: 'it asks to wait: too many requests',
  500: 'the application failed at this request',
  502: 'what stands in front got no proper answer from the application behind it',
  503: 'what stands in front has nothing behind it that is ready, or is closed on purpose',
  504: 'what stands in front got no answer in time from the application behind it',
};

/** True for a code with which a CDN speaks of the server behind it. */
export function isFromCdn(status: number): boolean {
  return Object.hasOwn(CDN, status);
}

/** Undefined for codes that speak for themselves. */
export function meaningOf(status: number): string | undefined {
  return CDN[status] ?? OTHERS[status];
}
