// Who may talk to the local Slack: this machine only, and no web page of another site.

const NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a Host header (name, perhaps with a port) names this machine: against DNS rebinding. */
export function isLoopback(host: string | undefined): boolean {
  if (host === undefined) return false;
  return NAMES.has(host.replace(/:\d+$/, '').toLowerCase());
}

/** Whether a browser's Origin is this server's own page; a request without one does not come from a foreign page. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || (isLoopback(host) && origin === `http://${host}`);
}
