/** What a token, secret or address looks like. Every answer is words only: the value itself is never in it. */

type Wrong = readonly [what: string, todo: string];

/** SLACK_BOT_TOKEN: one workspace, not rotated; a user token would act with a person's rights. */
export function botTokenProblem(value: string): Wrong | undefined {
  if (/^["']/.test(value)) return QUOTES;
  if (value.startsWith('xapp-')) return ['holds an app-level token (xapp-)', 'move it to SLACK_APP_TOKEN'];
  if (value.startsWith('xoxp-')) return ['holds a user token (xoxp-)', 'use the bot token (xoxb-...)'];
  if (value.startsWith('xoxe')) {
    return [
      'holds a token that expires (token rotation)',
      'turn rotation off for the app, use its bot token (xoxb-...)',
    ];
  }
  if (!/^xoxb-[A-Za-z0-9-]{8,}$/.test(value)) {
    return ['is no bot token', 'copy the whole token (xoxb-...) from OAuth & Permissions'];
  }
  return undefined;
}

/** SLACK_APP_TOKEN: for Socket Mode, with the scope connections:write. */
export function appTokenProblem(value: string): Wrong | undefined {
  if (/^["']/.test(value)) return QUOTES;
  if (value.startsWith('xox'))
    return ['holds no app-level token', 'move it to SLACK_BOT_TOKEN if it starts with xoxb-'];
  if (!/^xapp-[A-Za-z0-9-]{8,}$/.test(value)) {
    return [
      'is no app-level token',
      'copy the whole token (xapp-...) from Basic Information, App-Level Tokens',
    ];
  }
  return undefined;
}

export function signingSecretProblem(value: string): Wrong | undefined {
  if (/^["']/.test(value)) return QUOTES;
  if (/^x(app|ox)/.test(value)) return ['holds a token', 'copy the Signing Secret from Basic Information'];
  if (!/^\S{16,}$/.test(value)) {
    return [
      'is no signing secret',
      'copy the whole Signing Secret (32 letters and digits) from Basic Information',
    ];
  }
  return undefined;
}

/** An address with one of these protocols and, but for PostgreSQL on a socket, a host. */
export function addressProblem(value: string, protocols: readonly string[]): Wrong | undefined {
  if (/^["']/.test(value)) return QUOTES;
  const address = URL.parse(value);
  const examples = protocols.map((protocol) => `${protocol}//`).join(' or ');
  if (!address) {
    return ['is no address', `start with ${examples}; write % : / @ of a password as %25 %3A %2F %40`];
  }
  if (!protocols.includes(address.protocol)) return ['has another protocol', `start with ${examples}`];
  if (address.hostname === '' && !address.searchParams.has('host')) {
    return ['names no host', `write ${protocols[0]}//host...`];
  }
  return undefined;
}

const QUOTES: Wrong = ['has quotes around it', 'take the quotes away: this way they are part of the value'];
