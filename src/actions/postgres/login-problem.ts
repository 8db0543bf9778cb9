/** What PostgreSQL's refusals mean, by SQLSTATE where the driver gives it and by their English texts where psql does not. */
import { shortWords } from '../redact/short-words.ts';
import { SqlFailed, type SqlProblem } from './session.ts';

interface Known {
  readonly code: RegExp;
  readonly text: RegExp;
  readonly problem: SqlProblem;
  readonly says: string;
}

/**
 * The first that fits. Both texts of 53300 come in the same minute of the same incident (facts: a stampede of 120 gave
 * 67 of the first and 32 of the second); PostgreSQL 16 words the second in two other ways.
 */
const KNOWN: readonly Known[] = [
  {
    code: /^53300$/,
    text: /too many connections for (role|database)/i,
    problem: 'own limit',
    says: 'the limit of connections of this role or database is reached',
  },
  {
    code: /^53300$/,
    text: /remaining connection slots are reserved|reserved for (roles with|non-replication)/i,
    problem: 'no slot',
    says: 'only the connections that are kept for superusers are left',
  },
  {
    code: /^53300$/,
    text: /too many clients already|too many connections|no more connections allowed/i,
    problem: 'no slot',
    says: 'every connection is taken, also those kept for superusers',
  },
  {
    code: /^28P01$/,
    text: /password authentication failed|no password supplied|SASL|client password must be a string/i,
    problem: 'login',
    says: 'the password is not accepted',
  },
  {
    code: /^28000$/,
    text: /no pg_hba\.conf entry.*no encryption|SSL (is )?required|connection requires a valid client certificate/i,
    problem: 'tls',
    says: 'the server wants TLS, or another kind of it',
  },
  {
    code: /^28/,
    text: /no pg_hba\.conf entry|is not permitted to log in|role ".*" does not exist|authentication failed/i,
    problem: 'login',
    says: 'this role may not log in from here (pg_hba.conf)',
  },
  {
    code: /^3D000$/,
    text: /database ".*" does not exist/i,
    problem: 'login',
    says: 'there is no such database',
  },
  {
    code: /^57P0[1-5]$/,
    text: /database system is (starting up|shutting down|not yet accepting|in recovery)|terminating connection due to/i,
    problem: 'not ready',
    says: 'the server is starting, stopping or recovering',
  },
  {
    code: /^42501$/,
    text: /permission denied/i,
    problem: 'right',
    says: 'a right is missing',
  },
  {
    code: /^57014$/,
    text: /canceling statement due to/i,
    problem: 'silent',
    says: 'it did not answer in time',
  },
  {
    code: /^(ETIMEDOUT|TimeoutError)$/,
    text: /timeout expired|timed out|did not answer|connection timeout/i,
    problem: 'silent',
    says: 'it accepts the connection and does not answer',
  },
  {
    // Where a byte for or against TLS should come, something else came.
    code: /^never$/,
    text: /error establishing an SSL connection/i,
    problem: 'other',
    says: 'what answers there does not speak as PostgreSQL does, or cannot start another session',
  },
  {
    code: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE)$/,
    text: /connection refused|nothing listens|no such file or directory|closed the connection|connection terminated|terminated unexpectedly|forwarded port was closed/i,
    problem: 'unreachable',
    says: 'nothing answers there',
  },
];

/** What a person does about it: nobody got in, and this is why. */
export const REMEDIES: Readonly<Record<SqlProblem, string>> = {
  'no slot': 'End sessions that nobody needs: runbook postgres-connection-surge.',
  'own limit': 'End sessions of this role, or raise its limit (ALTER ROLE ... CONNECTION LIMIT).',
  'not ready': 'Wait a minute and look again; if it stays, read its log.',
  login: 'Check the user, its password and the database in handrail.yaml, and pg_hba.conf.',
  right: 'Give the role what "handrail rbac" prints.',
  tls: 'Check the lines of pg_hba.conf for this role and address.',
  silent: 'Look at its pod, its node and its disk: it may hang.',
  unreachable: 'Look whether it runs, and whether this address leads to it.',
  other: 'Read its log.',
};

/** From an error of the driver, or from what psql wrote. `lost`: the session cannot be used any more. */
export function sqlFailed(error: unknown, lost: boolean): SqlFailed {
  if (error instanceof SqlFailed) return error;
  const text = typeof error === 'string' ? error : error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const known = KNOWN.find((one) => (code === undefined || one.code.test(code)) && one.text.test(text));
  const byCode = code === undefined ? undefined : KNOWN.find((one) => one.code.test(code));
  // A message in another language has the code all the same; of 53300 the last is the broadest.
  const meant = known ?? (code === '53300' ? KNOWN[2] : byCode);
  const said = shortWords(text, 200);
  return new SqlFailed(meant ? `${meant.says} (${said})` : said || 'it gave no reason', {
    problem: meant?.problem ?? 'other',
    lost,
    cause: error,
    ...(code === undefined ? {} : { code }),
  });
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && error.name === 'TimeoutError' ? 'TimeoutError' : undefined;
}
