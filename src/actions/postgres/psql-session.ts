/** A session by psql inside the server's pod: as a role of the catalogue, or as the pod's own, mostly a superuser. */
import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import type { Call } from '../action.ts';
import { shortWords } from '../redact/short-words.ts';
import { type Inside, runScript, script } from './in-pod.ts';
import { sqlFailed } from './login-problem.ts';
import { APPLICATION } from './network-session.ts';
import { DEFAULT_LIMIT_MS, type Question, type Session, SqlFailed } from './session.ts';

/**
 * As in psql.ts; `:'argument'` is quoted by psql itself. The limits are shorter: this is one of several ways in, and a
 * step has 15 s for all of them.
 */
const ASK = script`
  PGUSER=\${1:-\${PGUSER:-postgres}} PGDATABASE=$2 PGAPPNAME=${APPLICATION} PGCONNECT_TIMEOUT=3 PGCLIENTENCODING=UTF8
  PGOPTIONS="$PGOPTIONS -c default_transaction_read_only=on -c statement_timeout=$5"
  export PGUSER PGDATABASE PGAPPNAME PGCONNECT_TIMEOUT PGCLIENTENCODING PGOPTIONS
  command -v psql >/dev/null 2>&1 || { echo 'no psql' >&2; exit 127; }
  limit=
  command -v timeout >/dev/null 2>&1 && limit="timeout $6"
  printf '%s' "$3" | $limit psql -XAtqw -v ON_ERROR_STOP=1 -v argument="$4" -f -
`;

type Reaching = Pick<Call, 'reach' | 'signal' | 'namespace'>;

/** Opens nothing by itself: each question is a psql of its own. `role` undefined: PGUSER of the pod, else postgres. */
export function psqlSession(
  call: Reaching,
  where: Pick<Inside, 'pod' | 'container'>,
  login: { role: string | undefined; database: string },
): Session {
  let answered = false;
  return {
    way: 'psql in the pod',
    async ask(question) {
      for (let again = 0; ; again += 1) {
        try {
          const answer = await ask(question);
          answered = true;
          return answer;
        } catch (error) {
          // The psql before this one may not have given the last slot back yet.
          const taken = answered && error instanceof SqlFailed && error.problem === 'no slot';
          if (!taken || again >= 5) throw error;
          await wait(200, undefined, { signal: call.signal });
        }
      }
    },
    end: () => undefined,
  };

  async function ask<S extends z.ZodType>(question: Question<S>): Promise<z.output<S>> {
    const limit = question.limitMs ?? DEFAULT_LIMIT_MS;
    const seconds = Math.ceil(limit / 1000) + 1;
    const late = AbortSignal.timeout((seconds + 2) * 1000);
    const signal = AbortSignal.any([call.signal, late]);
    const ran = await runScript({ ...call, signal }, where, ASK, [
      login.role ?? '',
      login.database,
      question.sql.replaceAll('$1', ":'argument'"),
      JSON.stringify(question.argument ?? null),
      `${Math.round(limit)}`,
      `${seconds}`,
    ]).catch((error: unknown) => {
      if (!late.aborted || call.signal.aborted) throw error;
      throw new SqlFailed(`it did not answer within ${seconds + 2} s`, {
        problem: 'silent',
        lost: true,
        cause: error,
      });
    });
    if (ran.code === 127) {
      throw new SqlFailed(`psql is not in container ${where.container} of pod ${where.pod}`, {
        problem: 'unreachable',
        lost: true,
      });
    }
    if (ran.code === 124) {
      throw new SqlFailed(`it did not answer within ${seconds} s`, { problem: 'silent', lost: true });
    }
    if (ran.code !== 0) throw sqlFailed(complaintOf(ran.stderr), false);
    try {
      return question.schema.parse(JSON.parse(ran.stdout));
    } catch (error) {
      throw new SqlFailed(`psql printed something unexpected: ${shortWords(ran.stdout || ran.stderr, 100)}`, {
        problem: 'other',
        cause: error,
      });
    }
  }
}

/** The lines that say why, without psql's own `psql: error: connection to server on socket …`. */
function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => /\b(FATAL|ERROR|PANIC):/.test(line)) ?? lines.join(' ');
  return said.replace(/^.*?\b((FATAL|ERROR|PANIC):)/, '$1');
}
