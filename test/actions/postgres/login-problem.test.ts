/** What refusals mean, with the texts that PostgreSQL really writes: by code, and by text where psql gives no code. */
import { describe, expect, it } from 'vitest';
import { sqlFailed } from '../../../src/actions/postgres/login-problem.ts';
import { statementKind } from '../../../src/actions/postgres/query-words.ts';

const TEXTS = [
  ['53300', 'remaining connection slots are reserved for non-replication superuser connections', 'no slot'],
  ['53300', 'remaining connection slots are reserved for roles with the SUPERUSER attribute', 'no slot'],
  [
    '53300',
    'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
    'no slot',
  ],
  ['53300', 'sorry, too many clients already', 'no slot'],
  ['53300', 'too many connections for role "site"', 'own limit'],
  ['53300', 'too many connections for database "app"', 'own limit'],
  ['28P01', 'password authentication failed for user "watcher"', 'login'],
  ['28000', 'no pg_hba.conf entry for host "10.1.2.3", user "watcher", database "app", no encryption', 'tls'],
  [
    '28000',
    'no pg_hba.conf entry for host "10.1.2.3", user "watcher", database "app", SSL encryption',
    'login',
  ],
  ['3D000', 'database "nope" does not exist', 'login'],
  ['57P03', 'the database system is starting up', 'not ready'],
  ['57P03', 'the database system is not yet accepting connections', 'not ready'],
  ['57P01', 'terminating connection due to administrator command', 'not ready'],
  ['42501', 'permission denied for database "app"', 'right'],
  ['57014', 'canceling statement due to statement timeout', 'silent'],
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432 (connection refused)', 'unreachable'],
] as const;

describe('a refusal', () => {
  it.each(TEXTS)('%s %s: %s', (code, text, problem) => {
    expect(sqlFailed(Object.assign(new Error(text), { code }), true)).toMatchObject({
      problem,
      code,
      lost: true,
    });
  });
  it.each(TEXTS.filter(([code]) => /^\w{5}$/.test(code)))(
    '%s as psql writes it: %s',
    (_code, text, problem) => {
      expect(sqlFailed(`FATAL:  ${text}`, false).problem).toBe(problem);
    },
  );
  it('in another language has its code', () => {
    const german = Object.assign(new Error('tut mir leid, schon zu viele Verbindungen'), { code: '53300' });
    expect(sqlFailed(german, true)).toMatchObject({ problem: 'no slot' });
    const other = Object.assign(new Error('Passwort-Authentifizierung fehlgeschlagen'), { code: '28P01' });
    expect(sqlFailed(other, true)).toMatchObject({ problem: 'login' });
  });
  it('says no password that a driver put into its message', () => {
    expect(sqlFailed(new Error('cannot parse postgres://a:hunter2222@db/x'), true).message).not.toContain(
      'hunter2222',
    );
  });
});

describe('the kind of a statement', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['  /* app:web */ -- who\n UPDATE people set name = 1', 'UPDATE'],
    ['with x as (select 1) delete from y', 'WITH'],
    ['<insufficient privilege>', 'a statement'],
    ['', 'a statement'],
  ])('%s: %s', (text, kind) => {
    expect(statementKind(text)).toBe(kind);
  });
});
