/** What a server's certificate says, and what is wrong with it. */
import { checkServerIdentity, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { z } from 'zod';

const DAY_MS = 86_400_000;

const problem = z.enum(['expired', 'not-yet-valid', 'wrong-host', 'self-signed', 'untrusted']);
type Problem = z.output<typeof problem>;

export const certificate = z.object({
  /** Whom it was made for: its common name, else its first name. */
  subject: z.string(),
  issuer: z.string(),
  /** ISO 8601, UTC. */
  expires: z.string(),
  /** Whole days; negative once it has expired. */
  days_left: z.int(),
  /** Empty when a browser would take it. */
  problems: z.array(problem),
});
export type Certificate = z.output<typeof certificate>;

/** Undefined when the server showed none. */
export function certificateOf(socket: TLSSocket, host: string, now: Date): Certificate | undefined {
  const shown: DetailedPeerCertificate = socket.getPeerCertificate(true);
  // An empty object when there is none.
  if (Object.keys(shown).length === 0) return undefined;
  const expires = new Date(shown.valid_to);
  const problems = new Set<Problem>();
  if (expires <= now) problems.add('expired');
  if (new Date(shown.valid_from) > now) problems.add('not-yet-valid');
  if (checkServerIdentity(host, shown) !== undefined) problems.add('wrong-host');
  const refused = socket.authorized ? undefined : trustProblem(String(socket.authorizationError));
  if (refused) problems.add(refused);
  return {
    subject: nameIn(shown.subject) ?? firstName(shown.subjectaltname) ?? 'nobody',
    issuer: nameIn(shown.issuer) ?? 'nobody',
    expires: expires.toISOString(),
    days_left: Math.floor((expires.getTime() - now.getTime()) / DAY_MS),
    problems: [...problems],
  };
}

/** OpenSSL reports the first thing that it finds; dates and names were looked at above. */
function trustProblem(code: string): Problem | undefined {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'expired';
    case 'CERT_NOT_YET_VALID':
      return 'not-yet-valid';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return undefined;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return 'self-signed';
  }
  return 'untrusted';
}

function nameIn(about: DetailedPeerCertificate['subject'] | undefined): string | undefined {
  const [name] = [about?.CN, about?.O, about?.OU].flat().filter((one) => one !== undefined);
  return name;
}

/** `DNS:example.org, IP Address:127.0.0.1` */
function firstName(names: string | undefined): string | undefined {
  return names
    ?.split(',')[0]
    ?.replace(/^[^:]*:/, '')
    .trim();
}

const WORDS: Readonly<Record<Problem, string>> = {
  expired: 'it has expired',
  'not-yet-valid': 'it is not valid yet (or the clock here is wrong)',
  'wrong-host': 'it was made for another host',
  'self-signed': 'it is self-signed',
  untrusted: 'nobody that is trusted here vouches for it',
};

/** "its certificate: it has expired (2026-11-01), it was made for another host (shop.example.org)" */
export function certificateWords({ problems, expires, subject }: Certificate): string | undefined {
  if (problems.length === 0) return undefined;
  const detail = (one: Problem) => {
    if (one === 'expired') return `${WORDS[one]} (${expires.slice(0, 10)})`;
    return one === 'wrong-host' ? `${WORDS[one]} (${subject})` : WORDS[one];
  };
  return `Its certificate is not right: ${problems.map(detail).join(', ')}.`;
}
