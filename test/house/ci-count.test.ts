// What .ci/run counts: nothing that failed twice passes, and what passed only at the second try is named.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'handrail-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tests = Readonly<Record<string, string>>;
const file = (name: string, tests: Tests, status?: string) => ({
  name: join(root, name),
  status: status ?? (Object.values(tests).includes('failed') ? 'failed' : 'passed'),
  assertionResults: Object.entries(tests).map(([fullName, each]) => ({ fullName, status: each })),
});

let made = 0;
function report(...files: ReturnType<typeof file>[]): string {
  made += 1;
  const path = join(folder, `${made}.json`);
  writeFileSync(path, JSON.stringify({ testResults: files }));
  return path;
}

function count(...given: string[]): { out: string; remarks: string } {
  const remarks = join(folder, 'remarks');
  const out = execFileSync(
    'sh',
    ['-c', `exec "$0" .ci/count.mjs "$@" 2>"${remarks}"`, process.execPath, ...given],
    { cwd: root, encoding: 'utf8' },
  );
  return { out: out.trim(), remarks: execFileSync('cat', [remarks], { encoding: 'utf8' }) };
}

const first = () =>
  report(
    file('test/a.test.ts', { one: 'passed', two: 'passed' }),
    file('test/b.test.ts', { three: 'failed', four: 'passed' }),
    file('test/b.test.ts', { three: 'passed', four: 'passed' }),
    file('test/c.test.ts', {}, 'failed'),
    file('test/d.test.ts', { 'five [cannot run here: no root]': 'skipped', six: 'skipped' }),
  );

describe('the count of a run', () => {
  it('names each file with a failure once, also one that failed before its first test', () => {
    expect(count('failing', first()).out.split('\n')).toEqual(['test/b.test.ts', 'test/c.test.ts']);
  });

  it('counts a file that never came to a test as one failure, and tells needless skips apart', () => {
    const { out, remarks } = count('summary', first());
    expect(out).toBe('5 2 2 1');
    expect(remarks).toContain('failed as a whole:');
    expect(remarks).toContain('skipped: six');
  });

  it('takes the second run of what failed, in every project, and says that there was one', () => {
    const again = report(
      file('test/b.test.ts', { three: 'passed', four: 'passed' }),
      file('test/b.test.ts', { three: 'passed', four: 'passed' }),
      file('test/c.test.ts', { seven: 'passed' }),
    );
    const { out, remarks } = count('summary', first(), again);
    expect(out).toBe('7 0 2 1');
    expect(remarks).toContain('failed beside the others, passed when run again alone: test/b.test.ts: three');
    expect(remarks).toContain('test/c.test.ts: before its first test');
  });

  it('keeps a failure that comes again', () => {
    const again = report(file('test/b.test.ts', { three: 'failed', four: 'passed' }));
    const { out, remarks } = count('summary', first(), again);
    expect(out.split(' ')[1]).toBe('2');
    expect(remarks).toContain('failed as well when run again alone: test/b.test.ts: three');
  });
});
