// The one place through which everything leaves that an action gives.
import { expect, it } from 'vitest';
import { redact } from '../../src/actions/redact.ts';
import { canonical, sha256 } from '../../src/incidents/hash.ts';
import type { Plan } from '../../src/incidents/plan.ts';
import { keptOf } from '../../src/perform/evidence.ts';
import { leavingOf } from '../../src/perform/leaving.ts';

const leaving = () => leavingOf({ redact }, { params: { workload: 'web-api' }, namespace: 'shop-prod' });
const plan: Plan = {
  target: { kind: 'Deployment', namespace: 'shop-prod', name: 'web-api', uid: 'u1' },
  changes: [{ field: 'env PASSWORD', before: 'PASSWORD=hunter22', after: 'none' }],
  values: { path: '/backups/1704900000.dump', replicas: 3 },
  notes: ['jane@example.org changed it last'],
  unknowns: [],
};

it('keeps names as they are and redacts text, sensitive fields as text whole', () => {
  const out = {
    sha256: 'd36670f078491d541822d3e9f574ff59a12ca81cd1762a2aeff2ae1c277db04e',
    salt: '9f86d081884c7d659a2feaa0c55ad015',
    says: 'salt 9f86d081884c7d659a2feaa0c55ad015',
    ready: true,
    bytes: 1704900000,
    members: [{ name: 'prod-patroni-0', state: 'failed: password=x1y2z3' }],
  };
  expect(leaving().out(out, ['salt'])).toEqual({
    ...out,
    salt: '[redacted]',
    says: 'salt [redacted]',
    members: [{ name: 'prod-patroni-0', state: 'failed: password=[redacted]' }],
  });
});

it('takes out the values of Secrets, unless it was called with them', () => {
  const one = leaving();
  one.seen.secret('Lamplight 73', 'web-api', 'shop-prod');
  expect(one.words('web-api in shop-prod says Lamplight 73')).toBe('web-api in shop-prod says [redacted]');
  expect(one.out({ host: 'web-api' }, [])).toEqual({ host: 'web-api' });
});

it('hashes the text that was read, before anything is taken out, else the whole answer', () => {
  const out = { text: 'password=hunter22' };
  const one = leaving();
  expect(one.hash(out)).toBe(sha256(canonical(out)));
  one.seen.raw('2024-01-10T17:34:01Z password=hunter22\n');
  expect(one.hash(out)).toBe(sha256('2024-01-10T17:34:01Z password=hunter22\n'));
});

it('cleans a plan, twice the same, and leaves what a call needs', () => {
  const one = leaving();
  const clean = one.plan(plan);
  expect(clean).toEqual({
    ...plan,
    changes: [{ field: 'env PASSWORD', before: 'PASSWORD=[redacted]', after: 'none' }],
    notes: ['[redacted] changed it last'],
  });
  expect(one.plan(clean)).toEqual(clean);
});

it('gives no way back that would write "[redacted]" into the world', () => {
  const undo = { workload: 'web-api', value: 'postgres://web:hunter22@db/web' };
  const clean = leaving().plan({ ...plan, undo });
  expect(clean.undo).toBeUndefined();
  expect(clean.unknowns.join()).toContain('by hand');
  expect(leaving().plan({ ...plan, undo: { replicas: 2 } }).undo).toEqual({ replicas: 2 });
});

it('cleans an error and its causes, and drops what libraries hang on it', () => {
  const cause = Object.assign(new Error('login of jane@example.org'), {
    headers: { authorization: 'Bearer abcdefgh' },
  });
  const error = Object.assign(new Error('no way to postgres://web:hunter22@db'), {
    cause,
    code: 'ECONNRESET',
  });
  const clean = leaving().error(error) as Error & { code: string; cause: Error };
  expect(clean.message).toBe('no way to postgres://[redacted]@db');
  expect(clean.code).toBe('ECONNRESET');
  expect(clean.cause.message).toBe('login of [redacted]');
  expect(JSON.stringify([clean.stack, clean.cause, Object.entries(clean.cause)])).not.toMatch(
    /hunter22|abcdefgh|jane/,
  );
});

it('keeps only the named fields, cut to a length', () => {
  expect(keptOf(['log', 'missing'], { log: 'x'.repeat(5000), other: 1 })).toEqual({
    kept: { log: `${'x'.repeat(4000)} …` },
  });
  expect(keptOf(['missing'], { log: 'x' })).toEqual({});
  expect(keptOf([], { log: 'x' })).toEqual({});
});
